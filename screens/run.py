"""Step 11: the run: started, followed, searched, stopped; its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.widget import Widget

from rancher_tui import settings
from rancher_tui.finding import Finding
from rancher_tui.i18n import _
from rancher_tui.install.state import Cursor
from rancher_tui.rke.runs import RunStatus
from screens.ask import Ask, TypedWord
from screens.frame import Frame, bindings
from screens.log_model import Filter, LogModel
from screens.outcome import tell_findings
from screens.timeline import cause_lines, phases_line, status_line
from screens.widgets.bars import Bar, Rule
from screens.widgets.findings import Findings
from screens.widgets.lines import Line, Text, wrap
from screens.widgets.log_pane import LogPane
from screens.words import shown

if TYPE_CHECKING:
    from rancher_tui.desks.run import Plan

BUDGET = 0.02
"""Seconds a tick may spend on taking lines in."""

READING = 1
"""Column of the cursor of a reader who does not follow."""


def rate() -> float:
    """Looks at the log each second: fewer over SSH, where each drawing costs the link."""
    return settings.chosen().repaints


class RunScreen(Frame):
    """The run of rke and its log."""

    PLACE = "run"
    BINDINGS = bindings("run")
    AUTO_FOCUS = "LogPane"

    def __init__(self) -> None:
        super().__init__()
        self._run = ""
        self._status = RunStatus()
        self._chosen = False
        """True while an older run was asked for; otherwise a newer one is shown when it begins."""
        self._ticks = 0
        self._model: LogModel | None = None

    def body(self) -> Iterator[Widget]:
        yield Bar(id="run-status")
        yield Bar(id="phases")
        yield Rule(id="log-rule")
        yield LogPane()
        yield Text(id="cause")
        yield Rule(id="findings-rule")
        yield Findings()

    @property
    def pane(self) -> LogPane:
        return self.query_one(LogPane)

    def on_mount(self) -> None:
        super().on_mount()
        self._open_run("")
        self.set_interval(1 / rate(), self._tick)

    def on_unmount(self) -> None:
        if self._model is not None:
            self._model.close()

    def _open_run(self, run: str) -> None:
        """Show a run's log from its end; the newest run when none is named."""
        install = self.rancher.install
        if install is None:
            return
        if self._model is not None:
            self._model.close()
        self._status = install.run.status(run)
        self._run = self._status.run
        path = install.run.log(self._run)
        self._model = LogModel(path) if path else None
        self.pane.show(self._model)
        self._tick()

    def _tick(self) -> None:
        """Take in what the log grew by; draw only when something is new."""
        install, model = self.rancher.install, self.pane.model
        if install is None or not self.is_current:
            return
        self._ticks += 1
        grew = model.advance(BUDGET) if model else False
        if grew:
            self.pane.grown()
        if grew or self._ticks % int(rate()) == 1:
            newest = install.run.status()
            if newest.run != self._run and not self._chosen:
                self._open_run("")
                return
            before, self._status = self._status, install.run.status(self._run) if self._chosen else newest
            self._draw_status()
            if before.live and not self._status.live:
                self._ended()

    def _ended(self) -> None:
        """The run ended while it was watched: ask the witnesses."""
        self.rancher.start_checks([11])

    def _draw_status(self) -> None:
        model = self.pane.model
        quiet = self.rancher.session.run.quiet_s(self._run) if self._status.live else None
        right: Line = [(f"{self.pane.place()} ", "strong" if self.pane.follow else "warn")] if model else []
        self.query_one("#run-status", Bar).show(status_line(self._status, quiet), right)
        phases = phases_line(model.progress, self._status.live, self.size.width - 4) if model else []
        self.query_one("#phases", Bar).show(phases, [])
        self.query_one("#log-rule", Rule).show(self._filter_text(), "warn")
        cause = self.query_one("#cause", Text)
        cause.show(self._cause())
        cause.display = cause.count > 0

    def _cause(self) -> list[Line]:
        """The last problem up to where the reader is: what it means and what to do."""
        model, pane = self._model, self.pane
        problem = model.problem_before(pane.row) if model and model.count else None
        return cause_lines(problem, max(20, pane.content_size.width)) if problem else []

    def _filter_text(self) -> str:
        model = self.pane.model
        if model is None or not model.filter:
            return ""
        wanted = model.filter
        parts = [
            _("warnings and worse") if wanted.severity == 3 else _("errors") if wanted.severity else "",
            wanted.host,
            wanted.phase,
            repr(wanted.text) if wanted.text else "",
        ]
        return _("only {what}").format(what=", ".join(shown(part) for part in parts if part))

    def draw(self) -> None:
        item = self.step_state
        if item is None:
            return
        live = self.rancher.live if self.rancher.checks.step == 11 else ()
        self.show_findings(live or item.findings)
        self._draw_status()

    def holding(self) -> set[str]:
        held = super().holding()
        if not self._run:
            held.add("no-run")
        if self._status.live:
            held |= {"run-live"}
            held -= {"nothing-runs"}
        if self.is_mounted:
            if self.problem_here() is None:
                held.add("no-finding")
            if self.pane.model is not None and self.pane.model.problems:
                held -= {"no-problem"}
        return held

    def cursor(self) -> Cursor:
        pane = self.pane
        return Cursor(screen=self.PLACE, row=pane.row, column=0 if pane.follow else READING, scroll=pane.top)

    def place_cursor(self, cursor: Cursor) -> None:
        if cursor.column == READING:
            self.pane.top = cursor.scroll
            self.call_after_refresh(self.pane.move_to, cursor.row)

    def problem_here(self) -> Finding | None:
        return self.query_one(Findings).current

    def show_problem(self, finding: Finding) -> None:
        self.query_one(Findings).choose(finding)

    def on_log_pane_read(self) -> None:
        self._draw_status()
        self.rancher.remember()

    def do_open(self) -> None:
        from screens.line_details import LineDetails

        model = self.pane.model
        if model is not None and model.count:
            self.app.push_screen(LineDetails(model.number_of(self.pane.row), model.parsed(self.pane.row)))
        elif not self._run:
            self.do_start()

    def do_start(self) -> None:
        plan = self.rancher.session.run.plan()
        if plan.refusal:
            self.note(plan.refusal, "fail")
        else:
            self._agree(plan, 0)

    def _agree(self, plan: Plan, place: int) -> None:
        """Ask for a typed word for each need of the plan, then for the run itself."""
        if place < len(plan.needs):
            message, _code, word = plan.needs[place]
            lines: list[Line] = [[(text, "plain")] for text in wrap(shown(message), 72)]
            dialog = TypedWord(_("This needs your word:"), lines, word)
            self.app.push_screen(dialog, lambda agreed: self._agree(plan, place + 1) if agreed else None)
            return
        lines = [[(text, "plain")] for part in plan.lines for text in wrap(shown(part), 72)]
        self.app.push_screen(TypedWord(_("Start the run?"), lines, "up"), lambda agreed: self._start(plan, agreed))

    def _start(self, plan: Plan, agreed: bool | None) -> None:
        if not agreed:
            return
        codes = frozenset(code for _message, code, _word in plan.needs)
        tell_findings(self.rancher, self.rancher.session.run.start(codes))
        self._open_run("")
        self.draw_keys()

    def do_stop(self) -> None:
        if not self._status.live:
            self.rancher.stop_checks()
            return
        lines: list[Line] = [
            [(_("The nodes keep what was deployed so far. Run again to finish, or remove."), "plain")],
            [(_("rke gets SIGTERM, and SIGKILL if it is still there 15 s later."), "plain")],
        ]
        self.app.push_screen(TypedWord(_("Stop this run?"), lines, "stop"), self._stop)

    def _stop(self, agreed: bool | None) -> None:
        if agreed:
            self.app.run_worker(self._stopping(), group="stop", exit_on_error=False)

    async def _stopping(self) -> None:
        async for told in self.rancher.session.run.stop(self._run):
            self.note(told)

    def do_follow(self) -> None:
        self.pane.begin_following()

    def do_search(self) -> None:
        self.app.push_screen(Ask(_("Search the log for"), self.pane.sought), self._search)

    def _search(self, text: str | None) -> None:
        if text is not None:
            self.pane.sought = text
            self._find(forward=True)

    def do_next_hit(self) -> None:
        self._find(forward=True)

    def do_previous_hit(self) -> None:
        self._find(forward=False)

    def _find(self, forward: bool) -> None:
        model, text = self.pane.model, self.pane.sought
        if model is None or not text:
            self.pane.refresh()
            return
        row = model.find(text, self.pane.row if not self.pane.follow else -1, forward)
        if row is None:
            self.note(_("{text}: not found further on").format(text=shown(text)), "warn")
        else:
            self.pane.move_to(row)

    def do_level(self) -> None:
        current = self.pane.model.filter.severity if self.pane.model else 0
        self._filter(severity={0: 3, 3: 4}.get(current, 0))

    def do_by_host(self) -> None:
        model = self.pane.model
        if model is not None:
            self._filter(host=_following(["", *model.hosts], model.filter.host))

    def do_by_phase(self) -> None:
        model = self.pane.model
        if model is not None:
            self._filter(
                phase=_following(["", *(phase.name for phase in model.progress.phases)], model.filter.phase)
            )

    def do_by_text(self) -> None:
        wanted = self.pane.model.filter.text if self.pane.model else ""
        self.app.push_screen(Ask(_("Show only lines with (empty: all)"), wanted), self._by_text)

    def _by_text(self, text: str | None) -> None:
        if text is not None:
            self._filter(text=text)

    def _filter(
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
        number = model.number_of(pane.row) if model.count else 0
        before = model.filter
        model.choose(
            Filter(
                before.severity if severity is None else severity,
                before.host if host is None else host,
                before.phase if phase is None else phase,
                before.text if text is None else text,
            )
        )
        if pane.follow:
            pane.top = 0
            pane.grown()
        else:
            pane.move_to(model.row_of(number))
        self._draw_status()

    def do_as_written(self) -> None:
        self.pane.as_written = not self.pane.as_written
        self.pane.refresh()

    async def do_next_problem(self) -> None:
        await self._problem(forward=True)

    async def do_previous_problem(self) -> None:
        await self._problem(forward=False)

    async def _problem(self, forward: bool) -> None:
        """The next warning or worse in the log; after the last one the problems of the steps."""
        pane, model = self.pane, self.pane.model
        start = (-1 if forward else pane.count) if pane.follow else pane.row
        row = model.next_problem(start, forward) if model else None
        if row is not None:
            pane.move_to(row)
        else:
            await self.rancher.going.to_problem(1 if forward else -1)

    def do_runs(self) -> None:
        names = self.rancher.session.run.names()
        if len(names) > 1:
            wanted = _following(names, self._run)
            self._chosen = wanted != names[-1]
            self._open_run(wanted)
        self.note(_("run {name} of {number}").format(name=self._run, number=len(names)))

    def do_verdict(self) -> None:
        self.rancher.start_checks([11])


def _following(choices: list[str], current: str) -> str:
    """The choice after the current one, the first after the last."""
    at = choices.index(current) if current in choices else -1
    return choices[(at + 1) % len(choices)]
