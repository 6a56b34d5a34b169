"""What the keys of the run screen do with its log: search, filters, problems, copies."""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_left

from rancher_tui.i18n import _
from rancher_tui.rke.search import PatternError, matching_lines, of_typed
from rancher_tui.text import clean
from screens.dialogs.ask import Ask
from screens.frame import Frame
from screens.log_model import Filter, LogModel
from screens.look.words import shown
from screens.widgets.log_pane import LogPane

CLIPBOARD = 48_000
"""Bytes that are offered to the terminal's clipboard; xterm and tmux take about 74,000 in base64 (OSC 52)."""


class LogActions(Frame):
    """The log's actions; the screen gives the pane and draws what surrounds it."""

    _run = ""
    _searching = False
    """True while a thread searches: catching up with the log gives way to it."""

    def __init__(self) -> None:
        super().__init__()
        self._hits: array[int] = array("Q")
        self._sought_in: tuple[LogModel | None, int, str] = (None, 0, "")
        """Which log was searched, up to which byte, for what."""

    _stood = 0
    """The line of the file where the reader was before filters moved him."""
    _placed = -1
    """The row where a filter put him; -1: none did."""
    _sure = False
    """True after `n` told that the log has no further problem."""

    @property
    def pane(self) -> LogPane:
        return self.query_one(LogPane)

    def draw_status(self) -> None:
        raise NotImplementedError

    def do_follow(self) -> None:
        self.pane.begin_following()

    def do_search(self) -> None:
        question = _("Search the log for (a text, or /a regular expression/)")
        self.app.push_screen(Ask(question, self.pane.sought, _wrong_pattern), self._search)

    async def _search(self, text: str | None) -> None:
        if text is not None:
            self.pane.seek(text)
            await self._find(forward=True)

    async def do_next_hit(self) -> None:
        await self._find(forward=True)

    async def do_previous_hit(self) -> None:
        await self._find(forward=False)

    async def _find(self, forward: bool) -> None:
        """Go to the next line with what is sought; a thread looks through what was not looked through yet."""
        model, text = self.pane.model, self.pane.sought
        pattern = of_typed(text)
        if model is None or pattern is None:
            self.pane.refresh()
            return
        known, begin, sought = self._sought_in
        fresh = known is not model or sought != text or begin > model.log.size
        hits = array("Q") if fresh else self._hits
        begin = 0 if fresh else begin
        size = model.log.size
        self._searching = True
        try:
            hits.extend(await asyncio.to_thread(matching_lines, model.log, pattern, begin=begin))
        finally:
            self._searching = False
        self._hits, self._sought_in = hits, (model, max(0, size - 1), text)
        row = model.find(hits, self.pane.row if not self.pane.follow else -1, forward)
        if row is None:
            self.note(_("{text}: not found").format(text=shown(text)), "warn")
        else:
            self.pane.move_to(row)
            told = _("{text}: {at:,} of {number:,} lines; . next, comma previous")
            at = bisect_left(hits, model.number_of(row)) + 1
            self.note(told.format(text=shown(text), at=at, number=len(hits)))

    async def do_level(self) -> None:
        current = self.pane.model.filter.severity if self.pane.model else 0
        await self._filter(severity={0: 3, 3: 4}.get(current, 0))

    async def do_by_host(self) -> None:
        """The host of the reader's line, then the next one, then all."""
        pane, model = self.pane, self.pane.model
        if model is None:
            return
        here = model.host_at(pane.row) if not pane.follow and not model.filter.host else ""
        await self._filter(host=here or following(["", *model.hosts], model.filter.host))

    async def do_by_phase(self) -> None:
        model = self.pane.model
        if model is not None:
            names = [phase.name for phase in model.progress.phases]
            await self._filter(phase=following(["", *names], model.filter.phase))

    def do_by_text(self) -> None:
        wanted = self.pane.model.filter.text if self.pane.model else ""
        question = _("Show only lines with (a text, or /a regular expression/; empty: all)")
        self.app.push_screen(Ask(question, wanted, _wrong_pattern), self._by_text)

    async def _by_text(self, text: str | None) -> None:
        if text is not None:
            await self._filter(text=text)

    async def _filter(
        self,
        severity: int | None = None,
        host: str | None = None,
        phase: str | None = None,
        text: str | None = None,
    ) -> None:
        """Change a part of the filter; the reader stays at the line where he was, as far as it is shown."""
        pane, model = self.pane, self.pane.model
        if model is None:
            return
        if model.count and pane.row != self._placed:
            self._stood = model.number_of(pane.row)
        before = model.filter
        wanted = Filter(
            before.severity if severity is None else severity,
            before.host if host is None else host,
            before.phase if phase is None else phase,
            before.text if text is None else text,
        )
        generation = model.log.generation
        chosen, judged = await asyncio.to_thread(model.chosen, wanted)
        if self.pane.model is not model or model.log.generation != generation:
            return
        model.accept(wanted, chosen, judged)
        if pane.follow:
            pane.top = 0
            pane.grown()
        else:
            pane.move_to(model.row_of(self._stood))
            pane.fill()
            self._placed = pane.row
        self.draw_status()

    async def do_back(self) -> None:
        """Out of the filter first, then out of the screen."""
        if self.pane.model is not None and self.pane.model.filter:
            await self._filter(0, "", "", "")
            self.note(_("all {number:,} lines are shown").format(number=self.pane.count))
        else:
            await super().do_back()

    def do_as_written(self) -> None:
        self.pane.as_written = not self.pane.as_written
        self.pane.refresh()

    async def do_next_problem(self) -> None:
        await self._problem(forward=True)

    async def do_previous_problem(self) -> None:
        await self._problem(forward=False)

    async def _problem(self, forward: bool) -> None:
        """The next warning or worse in the log; after the last one the problems of this step.

        To those of other steps only when it is asked for twice: nobody is taken from a log unawares.
        """
        pane, model = self.pane, self.pane.model
        start = (-1 if forward else pane.count) if pane.follow else pane.row
        row = model.next_problem(start, forward) if model else None
        ahead = self.rancher.going.ahead(1 if forward else -1)
        if row is not None:
            pane.move_to(row)
        elif ahead is None:
            self.note(_("the log has no further problem"))
        elif ahead == self.step or self._sure or model is None:
            await self.rancher.going.to_problem(1 if forward else -1)
        else:
            self._sure = True
            told = _("the log has no further problem; the same key again goes to step {number}")
            self.note(told.format(number=ahead.number))

    async def do_to_clipboard(self) -> None:
        """All lines that are shown go into a file, those in view to the terminal's clipboard."""
        pane, model = self.pane, self.pane.model
        if model is None or not model.count:
            self.note(_("no line is shown, so there is none to copy"), "warn")
            return
        rows = range(model.count)
        try:
            path = await asyncio.to_thread(
                self.rancher.session.run.write_lines, self._run, (model.raw(row) for row in rows)
            )
        except OSError as error:
            self.note(_("cannot be written: {error}").format(error=clean(str(error))), "fail")
            return
        in_view = rows[pane.top : pane.top + max(1, pane.content_size.height)]
        text = "\n".join(clean(model.raw(row).decode("utf-8", "replace")) for row in in_view)
        self.app.copy_to_clipboard(text[:CLIPBOARD])
        told = _(
            "offered {seen} lines to the clipboard (it does not say whether it took them); all {number:,}: {path}"
        )
        self.note(told.format(seen=len(in_view), number=len(rows), path=clean(str(path))))


def _wrong_pattern(text: str) -> str:
    """Why a text cannot be sought; empty when it can."""
    try:
        of_typed(text)
    except PatternError as error:
        return _("this is no regular expression: {error}").format(error=clean(str(error)))
    return ""


def following(choices: list[str], current: str) -> str:
    """The choice after the current one, the first after the last."""
    at = choices.index(current) if current in choices else -1
    return choices[(at + 1) % len(choices)]
