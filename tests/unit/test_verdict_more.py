"""The verdict's further witnesses, and what comes next when it is green."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.install.session import Home
from rancher_tui.install.state import Balancer, InstallState, Rke, Snapshots
from rancher_tui.operations.first_login import first_login
from rancher_tui.proofs.verdict import ping, quiet_limit_s, witnesses
from rancher_tui.rke.verdict import WITNESSES, verdict
from tests.unit.test_rke_adopt import CA, nodes, write_kubeconfig, write_state

NEW_LOG = (
    'time="2026-11-23T07:00:00Z" level=info msg="Running RKE version: v1.2.0"\n'
    'time="2026-11-23T07:00:00Z" level=info msg="Building Kubernetes cluster"\n'
    'time="2026-11-23T07:00:09Z" level=info msg="Finished building Kubernetes cluster successfully"\n'
)


def all_pass() -> list[Finding]:
    return [Finding(Status.PASS, code, "x", msg("x")) for code in WITNESSES]


@pytest.mark.parametrize("code", ["ingress-host", "state-file"])
def test_further_witnesses_spoil_a_verdict_and_are_not_missed(code: str) -> None:
    assert verdict(all_pass()) == "up"
    assert verdict([*all_pass(), Finding(Status.PASS, code, "x", msg("x"))]) == "up"
    assert verdict([*all_pass(), Finding(Status.FAIL, code, "x", msg("x"))]) == "not-up"
    assert verdict([*all_pass(), Finding(Status.UNKNOWN, code, "x", msg("x"))]) == "unknown"


async def state_file(tmp_path: Path, ca: str | None) -> str | None:
    """What the state file of a cluster built by rke v1.2.0 is told to be."""
    session = Home(tmp_path / "home").create("prod")
    run = session.path / "runs" / "0001"
    run.mkdir(parents=True)
    (run / "rke.log").write_text(NEW_LOG)
    (run / "status.json").write_text(json.dumps({"argv": ["/rke", "up"], "ended": "x", "exit_code": 0}))
    session.cluster_folder.mkdir(exist_ok=True)
    session.cluster_file.write_text("nodes:\n- {address: 10.0.0.1, user: rke, role: [etcd]}\n")
    write_kubeconfig(session.cluster_file, CA, server="https://127.0.0.1:1")
    if ca is not None:
        write_state(session.cluster_file, nodes("10.0.0.1"), ca)
    state = InstallState(fqdn="rancher.invalid")
    found = [finding async for finding in witnesses(session, state, {}, ca_pem=None)]
    session.close()
    return next((str(finding.status.value) for finding in found if finding.code == "state-file"), None)


@pytest.mark.parametrize(
    ("ca", "status"),
    [(CA, "pass"), (CA.replace("MIIB", "MIIC"), "fail"), (None, "fail")],
    ids=["whole", "of another cluster", "missing"],
)
async def test_the_state_file_of_a_newer_rke_is_a_witness(tmp_path: Path, ca: str | None, status: str) -> None:
    assert await state_file(tmp_path, ca) == status


def test_the_limit_of_silence_is_the_operators() -> None:
    assert quiet_limit_s(InstallState(rke=Rke(quiet_limit="90"))) == 90
    assert quiet_limit_s(InstallState(rke=Rke(quiet_limit="soon"))) == 300


def test_the_first_login_names_the_address_and_the_snapshots() -> None:
    told = "\n".join(map(str, first_login(InstallState(fqdn="rancher.example.com"))))
    assert "https://rancher.example.com" in told
    assert "/opt/rke/etcd-snapshots" in told and "are taken" not in told
    beside = InstallState(fqdn="rancher.example.com", balancer=Balancer(https_port="8443"))
    assert "Open https://rancher.example.com:8443 in" in "\n".join(map(str, first_login(beside)))
    without = InstallState(fqdn="x", etcd=Snapshots(enabled=False))
    assert "No etcd snapshots" in "\n".join(map(str, first_login(without)))


async def test_a_run_that_failed_tells_what_decided_it_and_what_to_do(tmp_path: Path) -> None:
    session = Home(tmp_path / "home").create("prod")
    run = session.path / "runs" / "0001"
    run.mkdir(parents=True)
    begin = 'time="2026-11-23T07:00:00Z" level=info msg="Building Kubernetes cluster"\n'
    words = "Failed to validate cluster: Authentication strategy [ldap] is not supported"
    (run / "rke.log").write_text(f'{begin}time="2026-11-23T07:00:01Z" level=fatal msg="{words}"\n')
    (run / "status.json").write_text(json.dumps({"argv": ["/rke", "up"], "ended": "x", "exit_code": 1}))
    state = InstallState(fqdn="rancher.invalid")
    found = {finding.code: finding async for finding in witnesses(session, state, {}, ca_pem=None)}
    session.close()
    ended = found["exit-code"]
    assert ended.title.english == "rke ended with 1: rke does not know this authentication strategy"
    assert "x509" in ended.remedy.english
    assert ended.evidence["line"] == 2


@pytest.mark.parametrize(("port", "url"), [("443", "https://r.invalid/ping"), ("1", "https://r.invalid:1/ping")])
async def test_the_ping_names_the_url_that_was_asked(tmp_path: Path, port: str, url: str) -> None:
    session = Home(tmp_path / "home").create("prod")
    state = InstallState(fqdn="r.invalid", balancer=Balancer(address="127.0.0.1", https_port=port))
    found = await ping(session, state, None)
    session.close()
    assert (found.subject, found.evidence["url"]) == (url, url)
