"""Each planted fault gives exactly its code and no other red line; the same servers without it give none.

The faults and their codes stand in nodes_faults.yml, how they are planted in nodes_planted.py.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from rancher_tui.finding import Finding, Status
from rancher_tui.install.state import Node
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.preflight import preflight
from rancher_tui.transport.ssh import ConnectSettings
from tests.real.nodes_planted import FAULTS
from tests.real.sshd import needs_docker_client, needs_sshd

pytestmark = [pytest.mark.real, needs_sshd, needs_docker_client]

TABLE: dict[str, str] = yaml.safe_load((Path(__file__).parent / "nodes_faults.yml").read_text())["sshd"]
EXPECTED = Expected(docker_versions=("18.06", "18.09"), kubernetes="1.11", registry="")


async def look(node: Node, connect: ConnectSettings) -> list[Finding]:
    return [finding async for finding in preflight([node], connect, facts={}, expected=EXPECTED)]


def test_every_fault_of_the_table_is_planted() -> None:
    assert set(FAULTS) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
async def test_a_fault_gives_its_code_and_no_other_red_line(name: str, tmp_path: Path, stack: ExitStack) -> None:
    node, connect = FAULTS[name](tmp_path / "server", stack)
    findings = await look(node, connect)
    red = [finding.code for finding in findings if finding.status in (Status.FAIL, Status.UNKNOWN)]
    wanted = [] if TABLE[name] == "none" else [TABLE[name]]
    assert red == wanted, [
        (finding.code, finding.title.english, finding.evidence) for finding in findings if finding.bad
    ]
    told = [(finding.code, finding.subject) for finding in findings]
    assert len(told) == len(set(told)), "a code appears once a subject"
    assert json.loads(json.dumps([finding.record() for finding in findings]))
    assert all(finding.remedy for finding in findings if finding.status is not Status.PASS)
    assert {finding.subject for finding in findings} <= {f"node 1 {node.address}", "this machine"}
