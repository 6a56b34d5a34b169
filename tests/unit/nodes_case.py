"""Cases for judges without a node: facts as texts, over those of a composed healthy Ubuntu 16.04."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rancher_tui.finding import Finding
from rancher_tui.install.state import Node
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.gather import Gathered, Said
from rancher_tui.nodes.judge_clean import judge_clean
from rancher_tui.nodes.judge_kernel import judge_kernel
from rancher_tui.nodes.judge_network import judge_network
from rancher_tui.nodes.judge_system import judge_system

HEALTHY = "ubuntu-16.04"
NODE = Node(address="192.0.2.11", user="rancher")
EXPECTED = Expected(
    docker_versions=("17.03",),
    kubernetes="1.11",
    fqdn="rancher.example.org",
    balancer_addresses=("192.0.2.100",),
)


@cache
def systems() -> dict[str, Any]:
    """The composed systems."""
    table: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "nodes_composed.yml").read_text())
    return table


def composed(name: str) -> dict[str, Said]:
    """The facts of a composed system, with those that it is like."""
    system = systems()[name]
    below = composed(system["like"]) if "like" in system else {}
    return {**below, **{fact: said(value) for fact, value in system["facts"].items()}}


def said(value: str | list[Any]) -> Said:
    """A fact as the tables write it: a text, or an exit status and a text."""
    if isinstance(value, str):
        return Said(value.strip("\n"), 0)
    return Said(str(value[1]).strip("\n"), value[0])


def case(
    changes: dict[str, Any] | None = None,
    *,
    system: str = HEALTHY,
    node: Node = NODE,
    expected: Expected = EXPECTED,
    number: int = 1,
    skew: tuple[float, float] | None = (0.0, 0.05),
    without: tuple[str, ...] = (),
    **fields: Any,
) -> Case:
    """A case with some facts changed (a text, or [status, text]) or taken away."""
    facts = {**composed(system), **{fact: said(value) for fact, value in (changes or {}).items()}}
    for fact in without:
        facts.pop(fact)
    gathered = Gathered(facts, complete=True, skew=skew)
    ways = {"banner": "SSH-2.0-OpenSSH_7.4", "key_mode": 0o600, "key_path": "~/.ssh/id_rsa", "peer": node.address}
    return Case(node, gathered, expected, Scribe(f"node {number} {node.address}"), **{**ways, **fields})


def judged(looked_at: Case) -> dict[str, Finding]:
    """All findings of one node's facts, by code."""
    findings = [
        finding
        for judge in (judge_system, judge_kernel, judge_clean, judge_network)
        for finding in judge(looked_at)
    ]
    codes = [finding.code for finding in findings]
    assert len(codes) == len(set(codes)), "a code appears once a subject"
    return {finding.code: finding for finding in findings}
