"""Nodes held side by side, and this machine: what shows only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rancher_tui.finding import Finding, Status
from rancher_tui.install.state import Node
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.cross import judge_together
from rancher_tui.nodes.workstation import judge_surroundings
from tests.unit.nodes_case import case


def nodes(*changes: dict[str, Any], skews: tuple[float, ...] = ()) -> list[Case]:
    """Three different healthy hosts, and what is changed on each."""
    cases = []
    for number in range(1, 4):
        own = {
            "hostname": f"node{number}",
            "machine-id": str(number) * 32,
            "links": f"2: eth0: <BROADCAST,UP> mtu 1500 state UP\\    link/ether 02:00:00:00:00:0{number} brd ff",
            "addresses": f"2: eth0    inet 192.0.2.1{number}/24 brd 192.0.2.255 scope global eth0",
        }
        changed = changes[number - 1] if number <= len(changes) else {}
        skew = (skews[number - 1] if skews else 0.0, 0.1)
        node = Node(address=f"192.0.2.1{number}")
        cases.append(case({**own, **changed}, node=node, number=number, skew=skew))
    return cases


def not_well(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [
        (found.code, found.subject, found.status.value) for found in findings if found.status is not Status.PASS
    ]


def test_three_different_hosts_are_well() -> None:
    findings = list(judge_together(nodes()))
    assert not_well(findings) == []
    assert {"identities", "clock-skew"} <= {found.code for found in findings}


@pytest.mark.parametrize(
    ("fact", "code", "status"),
    [
        ("hostname", "same-hostname", "fail"),
        ("machine-id", "same-machine-id", "fail"),
        ("product-uuid", "same-product-uuid", "warn"),
    ],
)
def test_what_a_clone_shares_with_its_origin(fact: str, code: str, status: str) -> None:
    shared = {fact: "cafe-1"}
    findings = not_well(list(judge_together(nodes(shared, {}, shared))))
    assert findings == [(code, "node 3 192.0.2.13", status)]


def test_nodes_on_one_kernel_share_its_identity_and_are_told_so_mildly() -> None:
    """Containers of one machine have its machine-id; clones of a virtual machine boot each for themselves."""
    one_boot = {"machine-id": "c" * 32, "boot-id": "0d9a3c1e-boot"}
    assert not_well(list(judge_together(nodes(one_boot, {}, one_boot)))) == [
        ("same-machine-id", "node 3 192.0.2.13", "warn")
    ]
    other_boot = {**one_boot, "boot-id": "77b1-boot"}
    assert not_well(list(judge_together(nodes(one_boot, {}, other_boot)))) == [
        ("same-machine-id", "node 3 192.0.2.13", "fail")
    ]


def test_practice_hosts_on_loopback_may_be_one_machine() -> None:
    first = case(node=Node(address="127.0.0.11"), number=1)
    second = case(node=Node(address="127.0.0.12"), number=2)
    assert ("same-host", "node 2 127.0.0.12", "warn") in not_well(list(judge_together([first, second])))


def test_names_are_compared_without_case() -> None:
    findings = not_well(list(judge_together(nodes({"hostname": "NODE2"}))))
    assert findings == [("same-hostname", "node 2 192.0.2.12", "fail")]


def test_a_shared_hardware_address() -> None:
    link = {"links": "2: eth0: <BROADCAST,UP> mtu 1500 state UP\\    link/ether 02:aa:00:00:00:01 brd ff"}
    assert not_well(list(judge_together(nodes(link, link)))) == [("same-mac", "node 2 192.0.2.12", "fail")]


def test_dockers_own_bridge_has_the_same_address_everywhere_and_that_is_well() -> None:
    bridge = "\n9: docker0: <UP> mtu 1500 state UP\\    link/ether 02:42:ac:11:00:01 brd ff"
    cases = nodes(
        *({"links": f"2: e: <UP> mtu 1500 x\\    link/ether 02:00:00:00:01:0{n} brd{bridge}"} for n in range(3))
    )
    assert not_well(list(judge_together(cases))) == []


def test_two_rows_that_reach_one_machine_are_one_red_line() -> None:
    cases = nodes()
    twin = case(
        {fact: cases[0].gathered.said[fact].text for fact in cases[0].gathered.said},
        node=Node(address="twin"),
        number=4,
    )
    findings = not_well(list(judge_together([*cases, twin])))
    assert [found for found in findings if found[2] == "fail"] == [("same-host", "node 4 twin", "fail")]


@pytest.mark.parametrize(
    ("skews", "expected"),
    [
        ((0.0, 0.5, -0.5), []),
        ((0.0, 5.0, 0.0), [("clock-skew", "node 2 192.0.2.12", "warn")]),
        ((0.0, 0.0, -90.0), [("clock-skew", "node 3 192.0.2.13", "fail")]),
        ((300.0, 300.0, 300.0), [("clock-skew", "this machine", "fail")]),
    ],
)
def test_clocks_are_held_against_the_median_and_ours_is_one_of_them(
    skews: tuple[float, ...], expected: list[tuple[str, str, str]]
) -> None:
    assert not_well(list(judge_together(nodes(skews=skews)))) == expected


def test_a_single_clock_is_held_against_ours() -> None:
    assert not_well(list(judge_together(nodes(skews=(100.0, 0.0, 0.0))[:1]))) == [
        ("clock-skew", "node 1 192.0.2.11", "fail")
    ]


def test_doubt_about_a_clock_is_in_its_favour() -> None:
    assert not_well(list(judge_together([case(skew=(3.0, 2.0))]))) == []
    assert [found[2] for found in not_well(list(judge_together([case(skew=None)])))] == ["unknown"]


def test_what_differs_between_nodes() -> None:
    other = {"docker-info": '{"ServerVersion":"18.09.9","Driver":"overlay2"}'}
    assert not_well(list(judge_together(nodes({}, other)))) == [("docker-differs", "all nodes", "warn")]
    assert not_well(list(judge_together(nodes({}, {"os": "ID=sles"})))) == [("os-differs", "all nodes", "warn")]
    wide = {"links": "2: eth0: <UP> mtu 9000 state UP\\    link/ether 02:00:00:00:00:02 brd ff"}
    assert not_well(list(judge_together(nodes({}, wide)))) == [("mtu-differs", "all nodes", "warn")]


def test_the_load_balancer_on_a_node() -> None:
    inside = {"addresses": "2: e    inet 192.0.2.12/24 scope global\n2: e    inet 192.0.2.100/24 scope global"}
    assert not_well(list(judge_together(nodes({}, inside)))) == [("balancer-is-node", "node 2 192.0.2.12", "fail")]


def test_a_proxy_on_this_machine_must_spare_the_nodes(tmp_path: Path) -> None:
    addresses = ["192.0.2.11", "node2.example.org"]

    def status(no_proxy: str) -> Status:
        environment = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}
        found = {finding.code: finding for finding in judge_surroundings(addresses, tmp_path, environment)}
        return found["workstation-proxy"].status

    assert status("localhost") is Status.WARN
    assert status("192.0.2.11") is Status.WARN
    assert status("192.0.2.0/24,.example.org") is Status.PASS
    assert status("*") is Status.PASS
    assert "workstation-proxy" not in {each.code for each in judge_surroundings(addresses, tmp_path, {})}
