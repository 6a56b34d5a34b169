"""Step 11: the run: started, followed, searched, stopped; its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from textual.widget import Widget

from rancher_tui import actions, settings
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, _
from rancher_tui.install.state import Cursor
from rancher_tui.install.steps import StepStatus
from rancher_tui.rke.verdict import CAUSES
from screens.frame import bindings
from screens.log_model import LogModel
from screens.look.words import shown
from screens.run_control import RunControl
from screens.run_log import following
from screens.run_words import before_the_first, filter_line, nothing_passes, older
from screens.timeline import Known, cause_lines, phases_line, status_line
from screens.widgets.bars import Bar, Keys, Rule, key_of
from screens.widgets.findings import FEW, Findings
from screens.widgets.lines import Line, Text
from screens.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from rancher_tui.rke.causes import Problem

BUDGET = 0.012
"""Seconds that taking lines in may keep a key waiting."""

PAUSE = 0.02
"""Seconds for keys and drawing between two turns of catching up with a long or fast log."""

WITNESSES = 10
ROOMY = 30
"""Lines of a terminal from which on each witness is told, also where all of them pass."""

READING = 1
"""Column of the cursor of a reader who does not follow."""


def rate() -> float:
    """Looks at the log each second: fewer over SSH, where each drawing costs the link."""
    return settings.chosen().repaints


class RunScreen(RunControl):
    """The run of rke and its log."""

    PLACE = "run"
    BINDINGS = bindings("run")
    AUTO_FOCUS = "LogPane"

    def __init__(self) -> None:
        super().__init__()
        self._chosen = False
        """True while an older run was asked for; otherwise a newer one is shown when it begins."""
        self._ticks = 0
        self._model: LogModel | None = None
        self._usual: dict[str, float] = {}
        """Seconds that phases took in earlier real runs on this machine."""
        self._catching = False
        self._tripped: set[str] = set()
        """What was said at once of this run: hosts that rke dropped, the add-on job that failed."""

    def body(self) -> Iterator[Widget]:
        yield Bar(id="run-status")
        yield Bar(id="phases")
        yield Rule(id="log-rule")
        yield LogPane()
        yield Text(id="cause")
        yield Rule(id="findings-rule")
        yield Findings()

    def on_mount(self) -> None:
        super().on_mount()
        self.open_run("")
        self.set_interval(1 / rate(), self._tick)

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw_status)

    def on_unmount(self) -> None:
        if self._model is not None:
            self._model.close()

    def open_run(self, run: str) -> None:
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
        self._tripped = set()
        self._sure, self._placed = False, -1
        self.pane.live = self._status.live
        self.pane.show(self._model)
        self.run_worker(self._learn_usual, thread=True, group="usual", exclusive=True, exit_on_error=False)
        self._tick()
        if self.stands:
            self._draw_title()

    def _learn_usual(self) -> None:
        self._usual = self.rancher.session.run.usual(self._run)
        if not self._run:
            refusal = self.rancher.session.run.plan().refusal
            self.app.call_from_thread(self._tell_empty, refusal)

    def _tick(self) -> None:
        """Take in what the log grew by; draw only when something is new."""
        install, model = self.rancher.install, self.pane.model
        if install is None or not self.is_current:
            return
        self._ticks += 1
        grew = model.advance(BUDGET) if model else False
        if grew:
            self.pane.grown()
            self._catch_up_later()
        if grew or self._ticks % int(rate()) == 1:
            newest = install.run.status()
            if newest.run != self._run and not self._chosen:
                self.open_run("")
                return
            before, self._status = self._status, install.run.status(self._run) if self._chosen else newest
            if before.live != self._status.live:
                self.redraw()
            self.pane.live = self._status.live
            self.draw_status()
            self._trip()

    def _catch_up_later(self) -> None:
        if self._model is not None and self._model.behind and not self._catching:
            self._catching = True
            self.set_timer(PAUSE, self._catch_up)

    def _catch_up(self) -> None:
        """Take more lines in without drawing, a little at a time."""
        self._catching = False
        if self._model is not None and self.is_current:
            if not self._searching:
                self._model.advance(BUDGET)
            self._catch_up_later()

    def _trip(self) -> None:
        """Say at once what rke only warns about: it goes on without a host, or without Rancher."""
        if self._model is None or not self._status.live:
            return
        progress = self._model.progress
        trips = {
            name: _("rke goes on without {host}; x stops it now").format(host=name) for name in progress.dropped()
        }
        if progress.addon_job_failed_line is not None:
            trips[""] = _("the add-on job failed: rke goes on, Rancher will be missing; x stops it now")
        fresh = [text for name, text in trips.items() if name not in self._tripped]
        if fresh:
            self._tripped |= trips.keys()
            self.call_after_refresh(self.note, shown(fresh[0]), "fail")

    def draw_status(self) -> None:
        model = self.pane.model
        live = self._status.live
        quiet = self.rancher.session.run.quiet_s(self._run) if live else None
        limit = self.rancher.session.run.quiet_limit if live else 0.0
        right: Line = [(f"{self.pane.place()} ", "strong" if self.pane.follow else "warn")] if model else []
        before = older(self.rancher.session.run.names(), self._run) if self._chosen else []
        left = [*before, *status_line(self._status, quiet, limit)]
        self.query_one("#run-status", Bar).show(left, right)
        bar = self.query_one("#phases", Bar)
        cells = (bar.size.width or self.size.width) - 1
        bar.show(phases_line(model.progress, model.wrong, cells, self._known()) if model else [], [])
        self.query_one("#log-rule", Rule).show(filter_line(model) if model else "", "warn")
        if model is not None:
            self.pane.tell_instead(nothing_passes(model) if model.filter else [])
        cause = self.query_one("#cause", Text)
        cause.show(self._cause())
        cause.display = cause.count > 0

    def _known(self) -> Known:
        nodes = self.rancher.state.nodes if self.rancher.state else ()
        hosts = {role: sum(role in node.roles for node in nodes) for role in ("etcd", "controlplane")}
        going_on = self._status.live or (self._model is not None and self._model.behind)
        return Known(going_on, self._usual, {**hosts, "worker": len(nodes)})

    def _tell_empty(self, refusal: Message) -> None:
        if self.stands and not self._run:
            self.pane.tell_instead(before_the_first(self.rancher.steps[:10], refusal))

    def problem_before(self) -> Problem | None:
        """The last problem up to where the reader is."""
        model = self._model
        return model.problem_before(self.pane.row) if model and model.count else None

    def _cause(self) -> list[Line]:
        """What that problem means, what to do, and that it can be tested; not what a witness below says too."""
        if self.pane.follow and not self._status.live and self._reason_told():
            return []
        problem = self.problem_before()
        return cause_lines(problem, max(20, self.pane.content_size.width)) if problem else []

    def _reason_told(self) -> bool:
        """True when a finding names what decided the run."""
        item = self.step_state
        failed = [finding for finding in item.findings if finding.status is Status.FAIL] if item else []
        return any(
            finding.code in CAUSES or (finding.code == "exit-code" and finding.evidence.get("line"))
            for finding in failed
        )

    def draw(self) -> None:
        item = self.step_state
        if item is None:
            return
        live = self.rancher.live if self.rancher.checks.step == 11 else ()
        self.query_one(Findings).few = WITNESSES if self.app.size.height >= ROOMY else FEW
        told = live or item.findings
        self.show_findings(told if self._run else [finding for finding in told if finding.code != "exit-code"])
        self.draw_status()

    def title_line(self) -> tuple[Line, Line]:
        """While rke runs that stands in place of what was judged before; after its end who tells more."""
        left, right = super().title_line()
        item = self.step_state
        if self._status.live:
            return [left[0], (_("  running"), "strong")], right
        judged = self.rancher.reports.get("verdict")
        unheard = item is not None and item.taken_at is None and item.status is StepStatus.READY
        if self._run and (unheard or (judged is not None and judged.facts.get("live"))):
            return [*left[:2], (_("  rke ended; V asks whether Rancher is up"), "strong")], right
        return left, right

    def draw_keys(self) -> None:
        """The last line: only what can be done now, for a run that is planned, goes on or has ended."""
        table, holding = actions.table(), self.holding()
        hidden = {"follow"} if self.is_mounted and self.pane.follow else set()
        hidden |= set() if self._run else {"open", "to-clipboard"}
        hidden |= {"verdict"} if self._status.live else set()
        self.query_one(Keys).show(
            "",
            [
                key_of(action, self.PLACE, True)
                for action in table.footer_of(self.PLACE)
                if action.id not in hidden and not table.refusal(action, holding, holder="")
            ],
        )

    def holding(self) -> set[str]:
        held = super().holding()
        if not self._run:
            held.add("no-run")
        if self._status.live:
            held |= {"run-live"}
            held -= {"nothing-runs"}
        else:
            held.add("no-live-run")
        if self.rancher.ends.witnesses.waiting:
            held -= {"nothing-runs"}
        if self.is_mounted:
            if self.problem_here() is None:
                held.add("no-finding")
            if self.pane.model is not None and self.pane.model.problems:
                held -= {"no-problem"}
        item = self.step_state
        if item is None or item.status != "done":
            held.add("not-up")
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

    def on_log_pane_elsewhere(self) -> None:
        self.note(_("end goes to the log's end, home to its first line, g to a step"))

    def on_log_pane_read(self) -> None:
        self._sure = False
        self.draw_status()
        self.draw_keys()
        self.rancher.remember()

    def do_open(self) -> None:
        from screens.dialogs.line_details import LineDetails

        model = self.pane.model
        if model is not None and model.count:
            number, problem = model.number_of(self.pane.row), self.problem_before()
            meant = problem if problem is not None and problem.line == number else None
            zone = UTC if self.rancher.utc else None
            self.app.push_screen(LineDetails(number, model.parsed(self.pane.row), meant, zone))
        elif not self._run:
            self.do_start()

    def do_runs(self) -> None:
        names = self.rancher.session.run.names()
        if len(names) > 1:
            wanted = following(names, self._run)
            self._chosen = wanted != names[-1]
            self.open_run(wanted)
            at = names.index(self._run) + 1
            self.note(_("run {at} of {number}: {name}").format(at=at, number=len(names), name=self._run))
        else:
            self.note(_("this is the only run: {name}").format(name=self._run))
