"""Step 3: the name and where it leads, asked from every vantage, once or until all agree."""

from __future__ import annotations

import time

from textual.timer import Timer
from textual.worker import Worker

from rancher_tui.finding import Finding, count_line
from rancher_tui.i18n import Message, _
from rancher_tui.install import rules
from screens.background import in_background
from screens.dialogs.ask import Ask
from screens.form_screen import FormScreen, Panel
from screens.look.words import shown
from screens.outcome import tell_findings
from screens.panels import dns
from screens.widgets.lines import Line

_ABOVE_TABLE = 3
"""Lines of the panel above the first vantage."""


class DnsScreen(FormScreen):
    """The FQDN, where it must lead, whom to ask, and what each answered."""

    PLACE = "dns"

    _chosen = 0
    _record = False
    _watching: Worker[None] | None = None
    _ticking: Timer | None = None
    _round_at = 0.0
    _next_at = 0.0
    _told = ""

    @property
    def watching(self) -> bool:
        return self._watching is not None and self._watching.is_running

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.state is None or self.rancher.install is None:
            return []
        age = time.monotonic() - self._round_at if self.watching and self._round_at else 0.0
        rows = (
            []
            if self._record
            else dns.answers(self.facts("dns"), self.findings_of("dns"), self._chosen, age, cells)
        )
        if not rows:
            return [[("", "plain")], *dns.record(self.rancher.session.dns.record(), cells)]
        return [[("", "plain")], dns.verdict_line(self.findings_of("dns"), self.facts("dns")), *rows]

    def holding(self) -> set[str]:
        return super().holding() - ({"nothing-runs"} if self.watching else set())

    def do_next_view(self) -> None:
        self._record = not self._record
        self.query_one(Panel).top = 0
        self.draw_panel()

    def do_next_vantage(self) -> None:
        self._choose(self._chosen + 1)
        panel = self.query_one(Panel)
        panel.top = 0
        if not self._wide and panel.count > panel.lines_in_view:
            vantages = self.facts("dns").get("vantages") or ()
            panel.scroll_by(_ABOVE_TABLE + len(vantages) + 1)

    @property
    def _wide(self) -> bool:
        return self.query_one(Panel).content_size.width >= dns.SIDE_BY_SIDE

    def _choose(self, place: int) -> None:
        """Show the answer of a vantage, counted round."""
        self._record = False
        self._chosen = place % max(1, len(self.facts("dns").get("vantages") or ()))
        self.draw_panel()

    def show_problem(self, finding: Finding) -> None:
        """The vantage that a problem is about is the one whose answer stands there."""
        super().show_problem(finding)
        vantages = self.facts("dns").get("vantages") or ()
        for place, vantage in enumerate(vantages):
            if vantage.get("vantage") == finding.subject:
                self._choose(place)
                self.query_one(Panel).keep_in_view(_ABOVE_TABLE + place)

    def do_to_clipboard(self) -> None:
        made = self.rancher.session.dns.record()
        if isinstance(made, Message):
            self.note(made, "warn")
            return
        self.app.copy_to_clipboard(made.bind)
        self.note(_("the zone line was handed to the terminal"))

    def do_write(self) -> None:
        made = self.rancher.session.dns.record()
        if isinstance(made, Message):
            self.note(_("nothing to write yet: {reason}").format(reason=shown(made)), "warn")
            return
        question = _("Write the record into which file? One that ends in .json gets it as Route 53 takes it.")
        self.app.push_screen(Ask(question, self.rancher.session.dns.file()), self._write)

    def _write(self, path: str | None) -> None:
        if path:
            tell_findings(self.rancher, self.rancher.session.dns.write(path.strip()))

    def do_watch(self) -> None:
        if self.watching:
            self._stop_watch(_("the watch has stopped"))
            return
        state = self.rancher.state
        lacking = rules.missing(state, 3) if state is not None else None
        if lacking:
            self.note(lacking, "warn")
            return
        self._record = False
        self.note(_("watching; = stops"))
        self._watching = in_background(self, self._watch, group="watch")
        self._ticking = self.set_interval(1.0, self._tick)

    def do_stop(self) -> None:
        if self.watching:
            self._stop_watch(_("the watch has stopped"))
        else:
            super().do_stop()

    def on_screen_suspend(self) -> None:
        """What is not seen is not asked for."""
        if self.watching:
            self._stop_watch("")

    def on_unmount(self) -> None:
        self._stop_watch("")

    def _stop_watch(self, told: str) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
        self._round_at = 0.0
        if told:
            self.note(told)

    async def _watch(self) -> None:
        """Round after round; one notice when it is over."""
        install = self.rancher.session
        settled, summary = False, ""
        try:
            async for turn in install.dns.watch():
                settled, summary = turn.settled, str(count_line(turn.report.findings))
                now = time.monotonic()
                self._round_at, self._next_at = now, now + (turn.next_in or 0.0)
                self._told = _("watching, round {number}: {summary}").format(number=turn.number, summary=summary)
                install.look()
                self.rancher.reports = dict(install.reports())
                self._tick()
        except Exception as error:
            self._stop_watch("")
            self.rancher.unexpected(error)
            return
        self._stop_watch("")
        self.app.bell()
        if settled:
            self.note(_("every vantage agrees: {summary}").format(summary=summary), "pass")
        else:
            self.note(_("the watch is over, not all agree: {summary}").format(summary=summary), "warn")

    def _tick(self) -> None:
        """Count down in place; only what changed is drawn."""
        if not self.watching or not self._told:
            return
        seconds = max(0, round(self._next_at - time.monotonic()))
        self.note(_("{told}; asks again in {seconds} s; = stops").format(told=self._told, seconds=seconds))
        self.draw_panel()
