"""The hosts as the preflight saw them: a row a host, a column a group of checks. Pure functions of findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rancher_tui.finding import Finding, Status, worst
from rancher_tui.i18n import N_, _, ngettext
from rancher_tui.install.state import Node
from rancher_tui.nodes.groups import GROUPS
from rancher_tui.text import clean
from rancher_tui.wording import subjects
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_word

COLUMNS: Final = (*GROUPS, "ports")
TITLES: Final = (
    N_("login"), N_("docker"), N_("system"), N_("kernel"), N_("net"), N_("clean"), N_("ports"),
)  # fmt: skip
LOGIN: Final = 0
NET: Final = 4
PORTS: Final = 6

Cell = tuple[str, str]
"""A word and its ink."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix: a host by its number in the node table, or (0) what else findings are about."""

    subject: str
    number: int
    label: str
    cells: tuple[Cell, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the matrix is made of. `waiting` and `stale` are rows from 1; `trying` is true while the ways
    between the nodes are tried."""

    nodes: Sequence[Node]
    findings: Sequence[Finding]
    facts: Mapping[str, Any]
    waiting: Collection[int] = ()
    stale: Collection[int] = ()
    trying: bool = False


def group_of(finding: Finding) -> int:
    """The column of a finding; what is no node's own (`X01`, `W01`) stands under `net`."""
    text = str(finding.evidence.get("id", ""))
    if finding.check == "ports":
        return PORTS
    number = int(text[1:]) if text[:1] == "N" and text[1:].isdigit() else 0
    if number in (40, 41):
        return PORTS
    return next((column for column, name in enumerate(GROUPS) if number in GROUPS[name]), NET)


def subject_of(number: int, node: Node) -> str:
    """How findings name a node."""
    return f"node {number} {node.address or '-'}"


def rows(seen: Seen) -> list[Row]:
    """The matrix: every node of the table, then whatever else there is a finding about."""
    by_place: dict[tuple[str, int], list[Finding]] = {}
    for finding in seen.findings:
        by_place.setdefault((finding.subject, group_of(finding)), []).append(finding)
    learnt = seen.facts.get("nodes", {})
    found = []
    for number, node in enumerate(seen.nodes, 1):
        subject = subject_of(number, node)
        cells = tuple(
            _cell(by_place.get((subject, column), ()), _blank(seen, number, column))
            for column in range(len(COLUMNS))
        )
        if number in seen.stale and number not in seen.waiting:
            cells = tuple((_("stale"), "warn") if word != signs().empty else (word, ink) for word, ink in cells)
        found.append(
            Row(subject, number, clean(node.address) or signs().empty, cells, _told(learnt.get(subject, {})))
        )
    known = {row.subject for row in found}
    others = dict.fromkeys(finding.subject for finding in seen.findings if not finding.subject.startswith("node "))
    for subject in others:
        if subject not in known:
            cells = tuple(
                _cell(by_place.get((subject, column), ()), ("", "dim")) for column in range(len(COLUMNS))
            )
            found.append(Row(subject, 0, clean(subjects.shown(subject)), cells, ""))
    return found


def tally(seen: Seen) -> str:
    """How many hosts there are, and how many of them pass, fail, …; only the first where nothing is known."""
    by_host: dict[str, list[Finding]] = {}
    for finding in seen.findings:
        by_host.setdefault(finding.subject, []).append(finding)
    counts = dict.fromkeys((Status.FAIL, Status.UNKNOWN, Status.WARN, Status.PASS), 0)
    stale = 0
    for number, node in enumerate(seen.nodes, 1):
        findings = by_host.get(subject_of(number, node), [])
        if findings and number in seen.stale:
            stale += 1
        elif findings:
            counts[worst(findings)] += 1
    parts = [f"{count} {finding_word(status)}" for status, count in counts.items() if count]
    parts += [f"{stale} {_('stale')}"] if stale else []
    hosts = ngettext("{number} host", "{number} hosts", len(seen.nodes)).format(number=len(seen.nodes))
    return _("{hosts}: {parts}").format(hosts=hosts, parts=", ".join(parts)) if parts else hosts


def _blank(seen: Seen, number: int, column: int) -> Cell:
    """What stands where no answer is: it is waited for, or was not asked."""
    waited = seen.trying if column == PORTS else number in seen.waiting
    return ("…" if waited else signs().empty), "dim"


def _cell(findings: Iterable[Finding], blank: Cell) -> Cell:
    """The gravest of a group."""
    group = list(findings)
    if not group:
        return blank
    status = worst(group)
    return finding_word(status), "pass" if status is Status.PASS else finding_ink(status)


def _told(facts: Mapping[str, Any]) -> str:
    """What was learnt of a host, the most needed first."""
    if "docker_version" not in facts:
        return ""
    memory = facts.get("memory_kib")
    parts = [
        str(facts["docker_version"] or signs().empty),
        f"{facts.get('os') or ''} {facts.get('os_version') or ''}".strip(),
        _("{number} CPUs").format(number=facts["cpus"]) if facts.get("cpus") else "",
        f"{memory / 1048576:.1f} GiB" if isinstance(memory, int) else "",
        ", ".join(str(pair[1]) for pair in facts.get("addresses", [])[:3]),
    ]
    return clean("  ".join(part for part in parts if part))
