"""What the keys of the run screen do with the run: start, stop, its shell, its verdict, the test of a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rancher_tui.finding import Status
from rancher_tui.i18n import _
from rancher_tui.rke.runs import RunStatus
from screens.background import in_background
from screens.dialogs.ask import Agree, TypedWord
from screens.dialogs.details import finding_lines
from screens.dialogs.reading import Reading
from screens.look.words import shown
from screens.outcome import tell_findings
from screens.run_log import LogActions
from screens.run_words import unproven
from screens.widgets.lines import Line, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rancher_tui.desks.run import Plan
    from rancher_tui.i18n import Message
    from rancher_tui.rke.causes import Problem


class RunControl(LogActions):
    """The run's actions; the screen gives the status and the problem before the reader."""

    _status = RunStatus()

    def open_run(self, run: str) -> None:
        raise NotImplementedError

    def problem_before(self) -> Problem | None:
        raise NotImplementedError

    def do_start(self) -> None:
        plan = self.rancher.session.run.plan()
        if plan.refusal:
            self.note(plan.refusal, "fail")
        else:
            self._agree(plan, 0)

    def _agree(self, plan: Plan, place: int) -> None:
        """Ask for a typed word for each need of the plan; the run itself, which destroys nothing, needs Enter."""
        if place < len(plan.needs):
            message, _code, word = plan.needs[place]
            lines: list[Line] = [[(text, "plain")] for text in wrap(shown(message), 72)]
            dialog = TypedWord(_("This needs your word:"), lines, word)
            self.app.push_screen(dialog, lambda agreed: self._agree(plan, place + 1) if agreed else None)
            return
        lines = [*unproven(self.rancher.steps[:10]), *_listed(plan.lines)]
        self.app.push_screen(
            Agree(_("Start the run?"), lines, _("start it")), lambda agreed: self._start(plan, agreed)
        )

    def _start(self, plan: Plan, agreed: bool | None) -> None:
        if not agreed:
            return
        codes = frozenset(code for _message, code, _word in plan.needs)
        tell_findings(self.rancher, self.rancher.session.run.start(codes))
        self._begun()

    def do_remove(self) -> None:
        """Tear the cluster down, after its name was typed below what that means."""
        plan = self.rancher.session.run.plan("remove")
        if plan.refusal:
            self.note(plan.refusal, "fail")
            return
        ((message, code, name),) = plan.needs
        dialog = TypedWord(shown(message), _listed(plan.lines), name)
        self.app.push_screen(dialog, lambda agreed: self._remove(code, agreed))

    def _remove(self, code: str, agreed: bool | None) -> None:
        if agreed:
            tell_findings(self.rancher, self.rancher.session.run.start(frozenset({code}), "remove"))
            self._begun()

    def _begun(self) -> None:
        """Show the new run; what was judged of the one before is gone."""
        if self.rancher.session.look():
            self.rancher.reports = dict(self.rancher.session.reports())
        self.open_run("")
        self.draw_keys()

    def do_stop(self) -> None:
        if not self._status.live:
            self.rancher.ends.witnesses.end()
            self.rancher.stop_checks()
            return
        lines: list[Line] = [
            [(_("The nodes keep what was deployed so far. Run again to finish, or remove."), "plain")],
            [(_("rke gets SIGTERM, and SIGKILL if it is still there 15 s later."), "plain")],
        ]
        self.app.push_screen(TypedWord(_("Stop this run?"), lines, "stop"), self._stop)

    def _stop(self, agreed: bool | None) -> None:
        if agreed:
            in_background(self.app, self._stopping, group="stop", exclusive=False)

    async def _stopping(self) -> None:
        async for told in self.rancher.session.run.stop(self._run):
            self.note(told)

    def do_wait_longer(self) -> None:
        limit = self.rancher.session.run.wait_longer()
        self.note(_("silence is called a stall after {seconds:.0f} s now").format(seconds=limit))
        self.draw_status()

    def do_runs(self) -> None:
        raise NotImplementedError

    def do_verdict(self) -> None:
        self.rancher.start_checks([11])

    def do_what_next(self) -> None:
        lines: list[Line] = []
        for message in self.rancher.session.run.first_login():
            lines += [*([(text, "plain")] for text in wrap(shown(message), 72)), [("", "plain")]]
        self.app.push_screen(Reading(_("Rancher is up"), lines))

    def do_shell(self) -> None:
        with self.app.suspend():
            told = self.rancher.session.run.shell()
        self.rancher.draw_anew()
        self.note(told)

    def do_test_cause(self) -> None:
        problem = self.problem_before()
        if problem is None or problem.cause is None or not problem.cause.rung:
            self.note(_("nothing here can be tested on the nodes; go to a problem first (n)"), "warn")
            return
        in_background(self.app, self._test, problem, group="test-cause")

    async def _test(self, problem: Problem) -> None:
        """Look at the nodes of a problem now, and show what of it is still so."""
        desk = self.rancher.session.run
        rows = ", ".join(str(row) for row in desk.rows_of(problem))
        self.note(_("looking at node {rows} now").format(rows=rows))
        found = [finding async for finding in desk.test_cause(problem)]
        about = [finding for finding in found if finding.bad or finding.status is Status.WARN]
        lines: list[Line] = [[(text, "strong")] for text in wrap(_about(problem), 72)]
        lines.append([("", "plain")])
        if not about:
            lines.append([(_("Nothing of it is there any more: the nodes answer, and nothing is wrong."), "pass")])
        for finding in about:
            lines += [*finding_lines(finding), [("", "plain")]]
        self.note("")
        self.app.push_screen(Reading(_("Tested on the nodes just now"), lines))


def _about(problem: Problem) -> str:
    cause = shown(problem.cause.title) if problem.cause else shown(problem.text)
    return _("line {number}: {cause}").format(number=problem.line + 1, cause=cause)


def _listed(messages: Sequence[Message]) -> list[Line]:
    """Each with a mark before it, so that where one ends is seen."""
    lines: list[Line] = []
    for message in messages:
        first, *rest = wrap(shown(message), 70)
        lines += [[("- ", "dim"), (first, "plain")], *([(f"  {text}", "plain")] for text in rest)]
    return lines
