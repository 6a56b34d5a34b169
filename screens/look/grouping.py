"""The same finding of many nodes as one: `3-5, 9 user`, so that a thousand rows do not make a thousand lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rancher_tui.finding import Finding
from rancher_tui.i18n import _
from rancher_tui.wording import subjects

_CELL = re.compile(r"(\d+) (\w+)")
_NODE = re.compile(r"node (\d+) .*")


@dataclass(slots=True)
class Group:
    """Findings that differ in their node only; `subject` names all of them, in words."""

    findings: list[Finding]
    numbers: list[int]
    field: str

    @property
    def subject(self) -> str:
        if len(self.findings) == 1:
            return subjects.shown(self.findings[0].subject)
        return (
            f"{ranges(self.numbers)} {subjects.title(self.field)}"
            if self.field
            else _("nodes {numbers}").format(numbers=ranges(self.numbers))
        )


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings in their order, those about the same thing put to the first of them."""
    groups: list[Group] = []
    known: dict[tuple[str, ...], Group] = {}
    for finding in findings:
        number, field = _place(finding.subject)
        key = (finding.status.value, finding.code, finding.title.english, finding.remedy.english, field)
        group = known.get(key) if number else None
        if group is None:
            group = Group([], [], field)
            groups.append(group)
            if number:
                known[key] = group
        group.findings.append(finding)
        group.numbers.append(number)
    return groups


def _place(subject: str) -> tuple[int, str]:
    """Row (from 1) and field of a subject; 0 for what is about no node."""
    if match := _CELL.fullmatch(subject):
        return int(match[1]), match[2]
    if match := _NODE.fullmatch(subject):
        return int(match[1]), ""
    return 0, ""


def ranges(numbers: Sequence[int]) -> str:
    """`1-3, 7` of 1, 2, 3, 7, in whatever order they come."""
    parts: list[str] = []
    first, *rest = sorted(set(numbers))
    begin = end = first
    for number in [*rest, 0]:
        if number == end + 1:
            end = number
            continue
        parts.append(str(begin) if begin == end else f"{begin}-{end}")
        begin = end = number
    return ", ".join(parts)
