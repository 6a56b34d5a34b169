"""The engine's own checks in the practice world: all green in a good one, and each fault gives its code alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.dns.check import check as look_up
from rancher_tui.finding import Finding, Status
from rancher_tui.kubernetes.witnesses import witnesses
from rancher_tui.lab.faults import FAULTS
from rancher_tui.nodes import host_keys
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.preflight import preflight
from rancher_tui.transport.ssh import ConnectSettings
from tests.real.lab_world import CLUSTER_FILE, World, world

pytestmark = pytest.mark.real

AT_HOSTS = [name for name, fault in FAULTS.items() if fault.step == 1]


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("engine") / "lab") as made:
        yield made


@pytest.fixture
def good(one_lab: World) -> World:
    """A running world without faults, whatever an earlier test did to it."""
    one_lab.start()
    return one_lab


def bad(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings if finding.bad]


async def connect_settings(lab: World) -> ConnectSettings:
    """The lab's host keys pinned, as after the operator's yes."""
    settings = ConnectSettings(pins=lab.folder / "pins", known_hosts=[])
    states = await host_keys.scan(lab.state.nodes, settings)
    host_keys.pin(lab.folder / "pins", states)
    return ConnectSettings(pins=lab.folder / "pins", known_hosts=[])


async def judge_hosts(lab: World, settings: ConnectSettings) -> list[Finding]:
    expected = Expected(
        docker_versions=("17.03",),
        kubernetes="1.11",
        fqdn=lab.state.fqdn,
        balancer_addresses=(lab.state.balancer.address,),
    )
    return [finding async for finding in preflight(lab.state.nodes, settings, facts={}, expected=expected)]


async def judge_name(lab: World) -> list[Finding]:
    state = lab.state
    asked = look_up(state.fqdn, expected=[state.balancer.address], servers=state.dns.servers, timeout=5, facts={})
    return [finding async for finding in asked]


async def judge_cluster(lab: World) -> list[Finding]:
    names = [node.hostname_override for node in lab.state.nodes]
    return [finding async for finding in witnesses(lab.work / f"kube_config_{CLUSTER_FILE}", names, {})]


async def test_the_preflight_of_a_good_world_is_green(good: World) -> None:
    findings = await judge_hosts(good, await connect_settings(good))
    assert [(finding.code, finding.subject) for finding in findings if finding.status is not Status.PASS] == []
    assert len({finding.subject for finding in findings}) >= 3


async def test_the_name_of_a_good_world_resolves(good: World) -> None:
    assert bad(await judge_name(good)) == []


@pytest.mark.parametrize("fault", AT_HOSTS)
async def test_a_fault_at_a_host_gives_its_code_alone(good: World, fault: str) -> None:
    settings = await connect_settings(good)
    good.start(fault)
    assert bad(await judge_hosts(good, settings)) == [FAULTS[fault].code]
    assert bad(await judge_name(good)) == []


async def test_a_name_elsewhere_gives_its_code_alone(good: World) -> None:
    good.start("name-elsewhere")
    assert bad(await judge_name(good)) == [FAULTS["name-elsewhere"].code]


async def test_a_failed_job_is_seen_in_the_cluster_and_leaves_no_rancher(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "addon-job-fails") as lab:
        lab.cluster_file(addon_job_timeout=30)
        done = lab.up()
        assert done.returncode == 0
        assert "Failed to deploy addon execute job [rke-user-includes-addons]" in done.stderr
        assert set(bad(await judge_cluster(lab))) == {FAULTS["addon-job-fails"].code, "rancher-deployment"}
