"""Step 10: everything that will be exported, with the findings beside their lines; exported, compared, copied."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget

from rancher_tui.finding import Finding, Status, count_line
from rancher_tui.i18n import Message, _
from screens import exporting, reading_in
from screens.background import in_background
from screens.dialogs.difference import Difference
from screens.form_screen import FormScreen
from screens.look.words import shown
from screens.outcome import tell_findings
from screens.widgets.bars import Rule
from screens.widgets.file_lines import FileLines
from screens.widgets.findings import Findings

if TYPE_CHECKING:
    from rancher_tui.install.state import InstallState
    from rancher_tui.operations.reviewing import Review


SHIFT = 20
"""Columns that an arrow key shifts the file by."""


class ReviewScreen(FormScreen):
    """The cluster file as it would be written."""

    PLACE = "backup-config"

    def __init__(self) -> None:
        super().__init__()
        self._reviewed: InstallState | None = None

    def panel(self) -> Iterator[Widget]:
        yield Rule(id="file-rule")
        yield FileLines(id="file")

    @property
    def file(self) -> FileLines:
        return self.query_one(FileLines)

    def draw(self) -> None:
        super().draw()
        state = self.rancher.state
        if state is not None and state is not self._reviewed:
            self._reviewed = state
            self.review()

    def findings_here(self) -> tuple[Finding, ...]:
        """The findings that have no line in the file; the others stand beside theirs."""
        return tuple(finding for finding in super().findings_here() if ".yml:" not in finding.subject)

    def review(self) -> None:
        """Compose and judge the file anew, in a thread."""
        in_background(self, self._review, group="review")

    async def _review(self) -> None:
        found = await asyncio.to_thread(self.rancher.session.cluster.review)
        if not self.is_mounted:
            return
        if isinstance(found, Message):
            self.query_one("#file-rule", Rule).show(_("rancher-cluster.yml cannot be composed yet"), "warn")
            self.file.show((), {})
            self.file.tell_instead(
                [
                    [("", "plain")],
                    [(f" {shown(found)}", "warn")],
                    [("", "plain")],
                    [(_(" The file is composed from what is entered in all steps, and shown here."), "plain")],
                ]
            )
        else:
            self._show(found)
        self.draw_keys()

    def _show(self, found: Review) -> None:
        told = _("nothing against it") if not found.findings else shown(count_line(found.findings))
        heading = _("rancher-cluster.yml: {number} lines, {told}").format(number=len(found.lines), told=told)
        if found.beside():
            heading = _("{heading} (n)").format(heading=heading)
        self.query_one("#file-rule", Rule).show(heading, "fail" if found.bad else "strong")
        self.file.show(found.lines, found.beside())

    def holding(self) -> set[str]:
        held = super().holding()
        if self.is_mounted and self.file.findings:
            held -= {"no-problem", "no-finding"}
        return held

    def on_key(self, event: events.Key) -> None:
        """Page keys scroll the file, left and right shift it."""
        height = max(1, self.file.content_size.height - 1)
        page = {"pageup": -height, "pagedown": height}.get(event.key)
        if page is not None:
            event.stop()
            self.file.scroll_by(page)
        elif event.key in ("left", "right"):
            event.stop()
            self.file.shift(SHIFT if event.key == "right" else -SHIFT)

    def problem_here(self) -> Finding | None:
        return self.file.current or super().problem_here()

    def show_problem(self, finding: Finding) -> None:
        super().show_problem(finding)
        if finding in self.file.findings:
            self.file.chosen = self.file.findings.index(finding) - 1
            self.file.choose(1)

    async def do_next_problem(self) -> None:
        await self._to_problem(1)

    async def do_previous_problem(self) -> None:
        await self._to_problem(-1)

    async def _to_problem(self, distance: int) -> None:
        """Through the file's findings, then those without a line, then to the other steps."""
        below = self.query_one(Findings)
        order = [("file", at) for at in range(len(self.file.findings))]
        order += [("below", at) for at, found in enumerate(below.findings) if found.status is not Status.PASS]
        here = ("file", self.file.chosen) if self.file.chosen >= 0 else ("below", below.chosen)
        at = order.index(here) + distance if here in order else 0 if distance > 0 else len(order) - 1
        if not 0 <= at < len(order):
            await self.rancher.going.beyond(distance)
            return
        kind, place = order[at]
        if kind == "file":
            below.leave()
            self.file.chosen = place - 1
            self.file.choose(1)
        else:
            self.file.leave()
            below.choose(below.findings[place])

    def do_export(self) -> None:
        exporting.export(self.rancher, self._exported)

    def _exported(self) -> None:
        if self.is_mounted:
            self._check_after(_("rancher-cluster.yml is written"))

    def _check_after(self, done: str) -> None:
        """Judge what was done just now, and tell both."""
        self.review()
        self.rancher.checks.start([10], done)

    def do_check(self) -> None:
        self.review()
        super().do_check()

    def do_show_diff(self) -> None:
        self.app.push_screen(Difference())

    def do_read_in(self) -> None:
        reading_in.into_session(self.rancher)

    def do_back_up(self) -> None:
        found = self.rancher.session.backups.config()
        if any(finding.bad for finding in found):
            tell_findings(self.rancher, found)
        else:
            self._check_after(_("rancher-cluster.yml is copied"))
