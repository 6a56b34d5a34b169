"""The findings of a screen, the gravest first, one of them chosen: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from rancher_tui.finding import Finding, Status, by_gravity
from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.look.grouping import Group, grouped
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_text, finding_word
from screens.widgets.lines import Line, Lines, fit, wrap

LIMIT = 300
"""Findings drawn; the rest are counted."""
FEW = 5
"""Passes that are told one by one; more of them only as a number."""


class Findings(Lines):
    """A list of findings with a chosen one; `n` and `N` choose."""

    SCROLLED = True

    def __init__(self, *, id: str | None = "findings") -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._findings: list[Finding] = []
        self._groups: list[Group] = []
        self._lines: list[Line] = []
        self._first_line: list[int] = []
        self._laid_out = 0
        self.chosen = -1
        self.few = FEW

    @property
    def findings(self) -> list[Finding]:
        """As they are shown."""
        return self._findings

    @property
    def current(self) -> Finding | None:
        """The chosen finding, else the gravest; None without any."""
        if not self._findings:
            return None
        return self._findings[max(0, self.chosen)]

    @property
    def count(self) -> int:
        return len(self._lines)

    def show(self, findings: Sequence[Finding]) -> None:
        """Draw these instead; the chosen one stays chosen when it is still there."""
        ordered = by_gravity(findings)
        if ordered == self._findings:
            return
        chosen = self.current if self.chosen >= 0 else None
        self._findings = ordered
        self._groups = grouped(ordered)
        self.chosen = ordered.index(chosen) if chosen in ordered else -1
        self.top = 0
        self._laid_out = 0
        self.refresh(layout=True)

    def choose(self, finding: Finding) -> None:
        """Mark a finding and bring it into view."""
        if finding not in self._findings:
            return
        self.chosen = self._findings.index(finding)
        self._laid_out = 0
        self.refresh()
        self.call_after_refresh(self._reveal)

    def leave(self) -> None:
        """Choose none."""
        if self.chosen >= 0:
            self.chosen = -1
            self._laid_out = 0
            self.refresh()

    def _reveal(self) -> None:
        chosen = self.current
        for group, first in zip(self._groups, self._first_line, strict=False):
            if chosen in group.findings:
                following = [other for other in self._first_line if other > first]
                self.keep_in_view(min(following, default=self.count) - 1)
                self.keep_in_view(first)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        self._lay_out(width)
        return len(self._lines)

    def line(self, number: int, cells: int) -> Line:
        self._lay_out(cells)
        return self._lines[number] if number < len(self._lines) else []

    def _lay_out(self, cells: int) -> None:
        if cells == self._laid_out:
            return
        self._laid_out = cells
        self._lines, self._first_line = [], []
        passed = [group for group in self._groups if group.findings[0].status is Status.PASS]
        told = (
            self._groups if len(passed) <= self.few else [group for group in self._groups if group not in passed]
        )
        drawn = told[:LIMIT]
        chosen = self._findings[self.chosen] if self.chosen >= 0 else None
        word_cells = max((cell_len(finding_word(group.findings[0].status)) for group in drawn), default=4)
        subject_cells = min(max((cell_len(clean(group.subject)) for group in drawn), default=0), 3 * cells // 10)
        for group in drawn:
            self._first_line.append(len(self._lines))
            self._lines += self._paragraph(group, chosen in group.findings, word_cells, subject_cells, cells)
        if len(told) > LIMIT:
            more = _("and {number} more").format(number=len(told) - LIMIT)
            self._lines.append([(f" {more}", "dim")])
        if told is not self._groups:
            number = sum(len(group.findings) for group in passed)
            self._lines.append([(f" {_('{number} passed').format(number=number)}", "pass")])

    def _paragraph(
        self, group: Group, chosen: bool, word_cells: int, subject_cells: int, cells: int
    ) -> list[Line]:
        finding = group.findings[0]
        ink = finding_ink(finding.status)
        indent = 1 + word_cells + 2 + (subject_cells + 2 if subject_cells else 0)
        first, *rest = wrap(finding_text(finding), max(10, cells - indent - 1))
        head: Line = [
            (f"{signs().cursor if chosen else ' '}{fit(finding_word(finding.status), word_cells)}  ", ink)
        ]
        if subject_cells:
            subject = _fit_subject(clean(group.subject), subject_cells)
            head.append((subject + "  ", "cursor" if chosen else "plain"))
        head.append((first, "strong" if chosen else "plain"))
        return [head, *([(" " * indent, "plain"), (text, "strong" if chosen else "plain")] for text in rest)]


def _fit_subject(text: str, cells: int) -> str:
    """A subject in so many columns; of a long one of several words the last two stay: `chain… certificate 2`."""
    words = text.split(" ")
    head, tail = " ".join(words[:-2]), " " + " ".join(words[-2:])
    if cell_len(text) <= cells or not head or cell_len(tail) + 3 > cells:
        return fit(text, cells)
    return fit(head, cells - cell_len(tail)) + tail
