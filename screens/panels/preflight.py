"""The hosts as the preflight saw them: one row a host, one column a group of checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rancher_tui.finding import Finding, Status, worst
from rancher_tui.i18n import N_, _
from rancher_tui.install.state import Node
from rancher_tui.text import clean
from screens.signs import signs
from screens.widgets.lines import Line, fit
from screens.words import finding_ink, finding_word

GROUPS: Final = (
    (N_("login"), range(1, 4)),
    (N_("docker"), range(4, 15)),
    (N_("system"), range(15, 21)),
    (N_("kernel"), (*range(21, 26), *range(30, 35))),
    (N_("net"), (*range(26, 30), *range(38, 51))),
    (N_("clean"), range(35, 38)),
)
"""Columns and the numbers of the checks in each (`N15` is 15)."""
_CELLS: Final = 7


def lines(nodes: Sequence[Node], findings: Sequence[Finding], facts: Mapping[str, Any], cells: int) -> list[Line]:
    """The matrix; empty without nodes."""
    if not nodes:
        return []
    learnt = facts.get("nodes", {})
    head = "".join(fit(name, _CELLS) for name in (_(name) for name, _ids in GROUPS))
    rows: list[Line] = [[(f"   # {fit(_('address'), 16)}{head} ", "dim"), (_("what was learnt"), "dim")]]
    for number, node in enumerate(nodes, 1):
        subject = f"node {number} {node.address or '-'}"
        own = [finding for finding in findings if finding.subject == subject]
        told = _learnt(learnt.get(subject, {}))
        room = max(0, cells - 21 - _CELLS * len(GROUPS))
        rows.append(
            [
                (f" {number:>3} ", "dim"),
                (fit(clean(node.address) or signs().empty, 15) + " ", "plain"),
                *(_cell(own, ids) for _name, ids in GROUPS),
                (" " + fit(told, room - 1), "dim"),
            ]
        )
    return rows


def _cell(findings: Sequence[Finding], ids: Sequence[int]) -> tuple[str, str]:
    """The gravest of a group; a sign of emptiness where nothing was looked at."""
    group = [finding for finding in findings if _id(finding) in ids]
    if not group:
        return fit(signs().empty, _CELLS), "dim"
    status = worst(group)
    return fit(finding_word(status), _CELLS), "pass" if status is Status.PASS else finding_ink(status)


def _id(finding: Finding) -> int:
    text = str(finding.evidence.get("id", ""))
    return int(text[1:]) if text[:1] == "N" and text[1:].isdigit() else 0


def _learnt(facts: Mapping[str, Any]) -> str:
    memory = facts.get("memory_kib")
    parts = [
        f"Docker {facts['docker_version']}" if facts.get("docker_version") else "",
        f"{facts.get('os') or ''} {facts.get('os_version') or ''}".strip(),
        _("{number} CPUs").format(number=facts["cpus"]) if facts.get("cpus") else "",
        f"{memory / 1048576:.1f} GiB" if isinstance(memory, int) else "",
    ]
    return clean(", ".join(part for part in parts if part))
