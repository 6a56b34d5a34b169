"""Step 1: the hosts, looked at over SSH: a matrix of hosts and groups of checks, and what is behind each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from textual.widget import Widget

from rancher_tui.actions import Action
from rancher_tui.finding import Finding, Report, Status, by_gravity
from rancher_tui.i18n import _
from rancher_tui.install import steps
from rancher_tui.install.state import InstallState
from screens.fields import fields_of
from screens.form_screen import FormScreen
from screens.host_actions import HostActions
from screens.panels import preflight
from screens.widgets.bars import Rule
from screens.widgets.findings import Findings
from screens.widgets.form import Form
from screens.widgets.host_matrix import HostMatrix
from screens.widgets.lines import Text

FEW = 5
"""Hosts that are taken in at a glance: of more it is told how many stand how."""
FRAME = 5
"""Lines around the body of a screen."""
HOSTS = 5
"""Lines that the matrix has at least: its heads and some hosts."""
SEEN = 7
"""Lines for some findings, the rules and the heads of the matrix."""


class HostsScreen(HostActions, FormScreen):
    """How the hosts are reached, and what the preflight saw."""

    PLACE = "hosts"
    _memo: tuple[tuple[object, ...], preflight.Seen | None] = ((), None)

    def body(self) -> Iterator[Widget]:
        yield Form(fields_of(self.PLACE))
        yield Rule(id="matrix-rule")
        yield HostMatrix()
        yield Text(id="nobody")
        yield Rule(id="findings-rule")
        yield Findings()

    @property
    def matrix(self) -> HostMatrix:
        return self.query_one(HostMatrix)

    def draw_panel(self) -> None:
        """The matrix; or how to begin where there is no host."""
        state = self.rancher.state
        if state is None:
            return
        self.matrix.display = bool(state.nodes)
        nobody = self.query_one("#nobody", Text)
        nobody.display = not state.nodes
        nobody.show([[(_(" No host entered yet: a adds one, v pastes a list (step 6 is their table)."), "dim")]])
        if state.nodes:
            seen = self._seen(state)
            self.query_one("#matrix-rule", Rule).show(self._sum(seen), "dim")
            self.matrix.show(preflight.rows(seen))
            self._show_chosen()

    def _sum(self, seen: preflight.Seen) -> str:
        """How many hosts answered so far, and by when all have; else, of many hosts, how they stand."""
        checks = self.rancher.checks
        if checks.until and checks.running:
            asked = len(seen.waiting) or len(seen.nodes)
            answered = {each.subject for each in self.rancher.live if each.subject.startswith("node ")}
            told = _("{number} of {all} hosts answered; the last by {time}, or it is given up")
            return told.format(number=len(answered), all=asked, time=checks.until)
        return preflight.tally(seen) if len(seen.nodes) > FEW else ""

    def _seen(self, state: InstallState) -> preflight.Seen:
        """`_looked_through`, once for all that it depends on."""
        rancher, checks = self.rancher, self.rancher.checks
        of = (state, rancher.reports, rancher.live, checks.running, checks.step, checks.kind, checks.asked)
        before, seen = self._memo
        if seen is None or any(now is not then for now, then in zip(of, before, strict=True)):
            seen = self._looked_through(state)
            self._memo = (of, seen)
        return seen

    def _looked_through(self, state: InstallState) -> preflight.Seen:
        """The last reports, and over them what comes just now."""
        checks, report = self.rancher.checks, self.report("preflight")
        looking = checks.running and checks.step == 1
        rows = set(range(1, len(state.nodes) + 1))
        waiting: set[int] = set()
        if looking and checks.kind != "ports":
            waiting = rows if checks.asked is None else set(checks.asked)
        stale = set(steps.changed_rows(state, report)) if report and "lines" in report.facts else set()
        findings = (*self._kept(report, state, waiting), *self._kept_ways(state))
        if looking and self.rancher.live:
            anew = {(each.subject, preflight.group_of(each)) for each in self.rancher.live}
            findings = tuple(each for each in findings if (each.subject, preflight.group_of(each)) not in anew)
            findings = (*findings, *self.rancher.live)
        return preflight.Seen(
            state.nodes,
            findings,
            self.facts("preflight"),
            waiting,
            stale & self._told(report, state),
            looking and checks.kind == "ports",
        )

    def _told(self, report: Report | None, state: InstallState) -> set[int]:
        """The nodes that a report has findings about."""
        told = {finding.subject for finding in report.findings} if report else set()
        return {number for number, node in enumerate(state.nodes, 1) if preflight.subject_of(number, node) in told}

    def _kept(self, report: Report | None, state: InstallState, waiting: set[int]) -> Sequence[Finding]:
        """The last report's findings but those that are looked for anew."""
        if report is None or len(waiting) == len(state.nodes):
            return ()
        asked = {preflight.subject_of(number, state.nodes[number - 1]) for number in waiting}
        return [finding for finding in report.findings if finding.subject not in asked]

    def _kept_ways(self, state: InstallState) -> Sequence[Finding]:
        """What was seen between the nodes, as long as their table is the same."""
        ways, checks = self.report("ports"), self.rancher.checks
        if ways is None or checks.kind == "ports" or ways.digest != steps.inputs_digest(state, "ports"):
            return ()
        return ways.findings

    def cell_findings(self) -> list[Finding]:
        """The findings behind the cell under the cursor, the gravest first."""
        return self._findings_of(self.matrix.column)

    def login_findings(self) -> list[Finding]:
        """Why nothing else was looked at on the host under the cursor; empty where its login is well."""
        return [finding for finding in self._findings_of(preflight.LOGIN) if finding.bad]

    def _findings_of(self, column: int) -> list[Finding]:
        here, state = self.matrix.here, self.rancher.state
        if here is None or state is None:
            return []
        return by_gravity(
            finding
            for finding in self._seen(state).findings
            if finding.subject == here.subject and preflight.group_of(finding) == column
        )

    def _show_chosen(self) -> None:
        """Below the matrix: the cell's findings while it has the keys, else the step's."""
        here = (self.cell_findings() or self.login_findings()) if self.matrix.has_focus else self.findings_told()
        self.show_findings(here)

    def on_mount(self) -> None:
        super().on_mount()
        self._fit_fields()

    def on_resize(self) -> None:
        self._fit_fields()

    def _fit_fields(self) -> None:
        """The fields leave room for some hosts and findings, and give way where more hosts have the keys."""
        body = self.app.size.height - FRAME
        fields = min(len(self.form.fields), max(3, body - HOSTS - SEEN))
        if self.matrix.has_focus and self.matrix.count > body - fields - SEEN:
            fields = 1
        self.form.styles.height = fields
        self.query_one(Findings).styles.max_height = max(2, min(body * 2 // 5, body - fields - HOSTS - 2))
        self.call_after_refresh(self.form.keep_in_view, self.form.row)

    def on_host_matrix_moved(self) -> None:
        self._fit_fields()
        self._show_chosen()
        self.draw_keys()

    def on_host_matrix_above(self) -> None:
        self.form.focus()

    def on_editing_lines_below(self) -> None:
        if self.matrix.display:
            self.matrix.focus()

    def title_of(self, action: Action) -> str:
        return _("what was seen") if action.id == "open" and self.matrix.has_focus else super().title_of(action)

    def holding(self) -> set[str]:
        held = super().holding()
        if self.is_mounted:
            if not self.matrix.has_focus or self.matrix.here is None or not self.matrix.here.number:
                held.add("no-cell")
            if self.matrix.has_focus:
                held.discard("no-field")
                held.discard("no-finding")
        return held

    def show_problem(self, finding: Finding) -> None:
        super().show_problem(finding)
        if self.matrix.move_to_subject(finding.subject, preflight.group_of(finding)):
            self.matrix.focus()
            self._show_chosen()
            self.query_one(Findings).choose(finding)

    def until(self, nodes: int) -> str:
        """The time of day when the last deadline of a look at so many nodes has passed."""
        last = datetime.now(UTC) + timedelta(seconds=self.rancher.session.hosts.patience(nodes))
        return (last if self.rancher.utc else last.astimezone()).strftime("%H:%M:%S")

    def rows_not_well(self) -> list[int]:
        """Nodes with a fail, an unknown, a change since, or nothing known at all."""
        state = self.rancher.state
        if state is None:
            return []
        seen = self._seen(state)
        bad = {finding.subject for finding in seen.findings if finding.status in (Status.FAIL, Status.UNKNOWN)}
        known = {finding.subject for finding in seen.findings}
        return [
            number
            for number, node in enumerate(state.nodes, 1)
            if number in seen.stale
            or (subject := preflight.subject_of(number, node)) in bad
            or subject not in known
        ]
