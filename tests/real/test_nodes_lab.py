"""Real nodes on one machine, each with its SSH server and Docker engine (node-lab): a fault gives its code alone.

Set RANCHER_TUI_NODE_LAB to node-lab's folder; root is needed. What must come of a fault is in nodes_faults.yml.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.finding import Finding, Status
from rancher_tui.install.state import Node
from rancher_tui.nodes.between import between
from rancher_tui.nodes.cleanup import plan
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.paste import parse
from rancher_tui.nodes.preflight import preflight
from rancher_tui.transport.ssh import ConnectSettings, Deadlines

TOOL = os.environ.get("RANCHER_TUI_NODE_LAB", "")
TABLE: dict[str, str] = yaml.safe_load((Path(__file__).parent / "nodes_faults.yml").read_text())["node-lab"]
EXPECTED = Expected(
    docker_versions=("20.10", "23.0", "24.0", "26.1"),
    kubernetes="1.19",
    docker_api="1.24",
    sha1_signatures=True,
    registry="",
)
"""As an RKE release of before 2022 expects; the keys of node-lab are RSA."""

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not TOOL, reason="RANCHER_TUI_NODE_LAB is not set"),
    pytest.mark.skipif(os.geteuid() != 0, reason="node-lab runs as root"),
]


class Lab:
    """A lab that is up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tool = Path(TOOL)
        self._tool = str(tool / "node-lab" if tool.is_dir() else tool)

    def call(self, *arguments: str) -> None:
        done = subprocess.run([self._tool, *arguments], capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, command: str, *arguments: str) -> None:
        self.call(command, "--dir", str(self.folder), *arguments)

    @property
    def nodes(self) -> list[Node]:
        return list(parse((self.folder / "nodes.yml").read_text(), Node()).nodes)

    def settings(self) -> ConnectSettings:
        quick = Deadlines(connect=2.0, banner=4.0, login=8.0, command=20.0, forward=2.0)
        return ConnectSettings(known_hosts=[self.folder / "known_hosts"], deadlines=quick)

    def fault(self, name: str, switch: str, *more: str) -> None:
        self.run("fault", "node1", name, *more, switch)

    async def look(self, nodes: list[Node] | None = None) -> tuple[list[Finding], dict[str, Any]]:
        facts: dict[str, Any] = {}
        rows = self.nodes[:1] if nodes is None else nodes
        findings = [each async for each in preflight(rows, self.settings(), facts=facts, expected=EXPECTED)]
        return findings, facts

    async def wait_until_well(self) -> None:
        ends = time.monotonic() + 30
        while red((await self.look())[0]):
            assert time.monotonic() < ends, red((await self.look())[0])


def red(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings if finding.status in (Status.FAIL, Status.UNKNOWN)]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with tempfile.TemporaryDirectory(prefix="nodes-", dir="/tmp") as parent:
        opened = Lab(Path(parent) / "lab")
        opened.run("up", "-n", "3")
        try:
            for number in (1, 2, 3):
                opened.run("exec", f"node{number}", "sh", "-c", f"echo {uuid.uuid4().hex} > /etc/machine-id")
            yield opened
        finally:
            opened.run("down")


async def test_three_nodes_are_well(lab: Lab) -> None:
    findings, facts = await lab.look(lab.nodes)
    assert [(each.code, each.subject, each.evidence) for each in findings if each.bad] == []
    assert len(facts["nodes"]) == 3
    assert {"docker-ps", "forwarding", "identities"} <= {finding.code for finding in findings}


@pytest.mark.parametrize("name", [name for name in TABLE if name != "none"])
async def test_a_fault_gives_its_code_and_no_other_red_line(lab: Lab, name: str) -> None:
    lab.fault(name, "on")
    try:
        findings, _ = await lab.look()
    finally:
        lab.fault(name, "off")
    assert red(findings) == ([] if TABLE[name] == "none" else [TABLE[name]]), json.dumps(
        [finding.to_json() for finding in findings if finding.bad], indent=1
    )
    await lab.wait_until_well()


async def test_the_ways_between_real_nodes_and_a_blocked_port(lab: Lab) -> None:
    facts: dict[str, Any] = {}
    findings = [each async for each in between(lab.nodes, lab.settings(), facts=facts, seconds=2)]
    assert red(findings) == []
    assert {way["result"] for way in facts["ports"] if way["port"] == 8472} == {"open"}
    lab.fault("port-blocked", "on", "6443")
    try:
        findings = [each async for each in between(lab.nodes, lab.settings(), facts=facts, seconds=2)]
    finally:
        lab.fault("port-blocked", "off", "6443")
    here = f"node 1 {lab.nodes[0].address}"
    assert [(each.code, each.subject) for each in findings if each.bad] == [("port-blocked", here)]


async def test_leftovers_are_found_and_the_plan_cleans_them(lab: Lab) -> None:
    lab.run(
        "exec", "node3", "sh", "-c", "mkdir -p /etc/kubernetes/ssl /opt/rke/etcd-snapshots /var/lib/etcd/member"
    )
    lab.run(
        "exec",
        "node3",
        "sh",
        "-c",
        "echo snapshot > /opt/rke/etcd-snapshots/one; ip link add cni0 type bridge",
    )
    findings, facts = await lab.look(lab.nodes[2:])
    assert red(findings) == ["leftovers"]
    script = plan(lab.nodes[2], facts["nodes"]["node 1 " + lab.nodes[2].address]).script()
    lab.run("exec", "node3", "sh", "-c", f"HOME=/opt\n{script}")
    findings, _ = await lab.look(lab.nodes[2:])
    assert red(findings) == []
    lab.run("exec", "node3", "sh", "-c", "grep -r snapshot /opt/rke-snapshots-*/")
