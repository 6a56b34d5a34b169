"""Sessions, hosts and nodes in one state each, every word of them said by hand; for snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from rancher_tui.engine import SessionLine
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install.state import InstallState, Node
from rancher_tui.operations.node_offers import Offer
from tests.snapshots import proving

PLACE: Final = "/home/op/.local/state/rancher-tui/sessions"
HOLDER: Final = "anna@bastion pts/3 pid 4711"
_SAVED: Final = datetime(2026, 11, 23, 2, 11, tzinfo=UTC)


def _line(name: str, fqdn: str = "rancher.example.com", **known: Any) -> SessionLine:
    usual: dict[str, Any] = {"label": "", "held_by": "", "done": 0, "run": ""}
    return SessionLine(name=name, fqdn=fqdn, saved_at=_SAVED, **{**usual, **known})


SESSIONS: Final = [
    _line("prod-rancher", done=7, failed=2),
    _line("prod-2", done=10, run="running"),
    _line("staging", done=12, run="exited", verdict="up"),
    _line("old-cluster", done=9, run="exited", verdict="not-up", failed=1),
    _line("shared", done=4, held_by=HOLDER),
    _line("next", done=3, newer=True),
    _line("power-cut", done=5, earlier="install.1min.json"),
    _line(
        "broken",
        fqdn="",
        damage=f"{PLACE}/broken/install.json is damaged (not JSON: Expecting value: line 1 column 12) and no earlier"
        " generation can be read. Nothing was changed.",
    ),
    _line(
        "production-cluster-of-the-department-in-frankfurt", fqdn="rancher.department.frankfurt.corp.example.com"
    ),
    _line("china", fqdn="证书.例子.中国", label="生产环境"),
    _line("begun", fqdn=""),
    _line("rehearsal", fqdn="rancher.rehearsal.test", label="REHEARSAL", done=8),
]


def nodes(*addresses: str, **fields: Any) -> tuple[Node, ...]:
    return tuple(
        Node(address=address, user="rancher", ssh_key_path="~/.ssh/id_rsa", **fields) for address in addresses
    )


def with_nodes(rows: Sequence[Node]) -> InstallState:
    return proving.STATE.model_copy(update={"nodes": tuple(rows)})


THREE: Final = with_nodes(nodes("10.0.1.11", "10.0.1.12", "10.0.1.13"))
MANY: Final = with_nodes(
    (
        *nodes("10.0.1.1", "10.0.1.2", "10.0.1.3"),
        *nodes(*(f"10.0.1.{n}" for n in range(4, 201)), roles=("worker",)),
    )
)
PROBLEMS: Final = with_nodes(
    (
        *nodes("rancher-node-01.frankfurt.datacenter.example.com", "2001:db8:85a3::8a2e:370:7334"),
        *nodes("10.0.1.11", "10.0.1.11", port="2222"),
        Node(address="10.0.0.300", port="99999", roles=(), taints=("disk=ssd:NoSchedule",)),
    )
)
_RUNGS: Final = (
    ("N03", "login", "logs in as rancher"),
    ("N10", "docker-version", "Docker 17.03.2-ce"),
    ("N16", "memory", "8 GiB of memory"),
    ("N22", "kernel-modules", "all kernel modules are there"),
    ("N30", "clock", "the clock is right"),
    ("N33", "clean", "nothing of an earlier cluster"),
)


def _seen(
    status: Status, code: str, row: int, node: Node, title: str, remedy: str = "", at: str = "N03"
) -> Finding:
    found = proving.found(status, code, f"node {row} {node.address}", title, remedy=remedy)
    return replace(found, evidence={"id": at})


def _well(row: int, node: Node) -> list[Finding]:
    return [_seen(Status.PASS, code, row, node, title, at=at) for at, code, title in _RUNGS]


def _preflight(state: InstallState, found: Sequence[Finding], well: Sequence[int]) -> Report:
    learnt = {
        "docker_version": "17.03.2-ce",
        "os": "ubuntu",
        "os_version": "16.04",
        "cpus": 4,
        "memory_kib": 8388608,
    }
    facts = {f"node {row} {state.nodes[row - 1].address}": learnt for row in well}
    return Report("preflight", tuple(found), {"nodes": facts})


ALL_WELL: Final = _preflight(
    THREE, [found for row, node in enumerate(THREE.nodes, 1) for found in _well(row, node)], [1, 2, 3]
)
FAULTS: Final = _preflight(
    THREE,
    [
        *_well(1, THREE.nodes[0])[:2],
        _seen(Status.WARN, "memory", 1, THREE.nodes[0], "4 GiB; Rancher wants 8", at="N16"),
        _seen(Status.PASS, "login", 2, THREE.nodes[1], "logs in as rancher"),
        _seen(
            Status.FAIL,
            "docker-permission",
            2,
            THREE.nodes[1],
            "rancher may not use the Docker socket",
            "sudo usermod -aG docker rancher; then log in anew",
            "N10",
        ),
        _seen(Status.UNKNOWN, "clock", 2, THREE.nodes[1], "the clock cannot be read", at="N30"),
        _seen(
            Status.FAIL,
            "tcp-refused",
            3,
            THREE.nodes[2],
            "10.0.1.13 refuses connections to port 22; Connection refused",
            "check the port; on 10.0.1.13: systemctl status sshd",
        ),
    ],
    [1],
)
OF_MANY: Final = _preflight(
    MANY,
    [
        _seen(
            Status.FAIL,
            "tcp-timeout",
            row,
            node,
            f"{node.address} does not answer",
            "check its address and network",
        )
        if row in (17, 180)
        else _seen(Status.PASS, "login", row, node, "logs in as rancher")
        for row, node in enumerate(MANY.nodes, 1)
    ],
    [],
)
LOGINS: Final = Report(
    "docker-ps",
    tuple(
        _seen(Status.PASS, "docker-ps", row, node, "docker ps works as this user")
        for row, node in enumerate(THREE.nodes, 1)
    ),
)
HOST_KEYS: Final = tuple(
    Finding(
        status,
        "host-key",
        f"node {row} 10.0.1.1{row}",
        msg(title),
        msg("ssh-ed25519 SHA256:{sum}", sum=letter * 43),
    )
    for row, status, title, letter in ((1, Status.PASS, "known", "A"), (2, Status.UNKNOWN, "new", "B"),
                                       (3, Status.UNKNOWN, "new", "C"))
)  # fmt: skip
OFFERS: Final = [
    Offer("nodes.0.internal_address", "192.168.10.11", "", msg("{interface} of node 1 has it", interface="eth1")),
    Offer("nodes.1.internal_address", "192.168.10.12", "", msg("{interface} of node 2 has it", interface="eth1")),
    Offer("nodes.2.user", "ubuntu", "rancher", msg("~/.ssh/config says so for 10.0.1.13")),
]
