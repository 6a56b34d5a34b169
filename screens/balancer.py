"""Step 2: the load balancer: its configuration, a rehearsal before the cluster, probes afterwards."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rancher_tui.finding import Finding, by_gravity, count_line
from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from rancher_tui.wording import vocabulary
from screens.background import in_background
from screens.dialogs.ask import Ask, TypedWord
from screens.dialogs.details import finding_lines
from screens.form_screen import FormScreen, Panel
from screens.look.words import moment, shown
from screens.outcome import tell_findings
from screens.panels import balancer
from screens.widgets.editing import EditingLines
from screens.widgets.lines import Line, wrap

USUAL_IDLE = "75"
"""Seconds of silence on a WebSocket: more than the usual limits of 50 and 60."""
WORD = "rehearse"


class BalancerScreen(FormScreen):
    """Where it is, the configuration for it, and what came through it."""

    PLACE = "balancer"

    _seen = False
    _probing_since = 0.0

    def draw(self) -> None:
        if self.rancher.install is not None:
            self.form.hints = self._hints()
        super().draw()

    def on_editing_lines_kept(self, event: EditingLines.Kept) -> None:
        """The first line of the configuration that an edit has changed comes into view."""
        super().on_editing_lines_kept(event)
        if self.stands and not self._seen:
            self.call_after_refresh(self._reveal_change)

    def _reveal_change(self) -> None:
        panel = self.query_one(Panel)
        cells = panel.content_size.width
        lines = (panel.line(row, cells) for row in range(panel.count))
        changed = (row for row, line in enumerate(lines) if line and line[0][0].startswith("+ "))
        panel.keep_in_view(next(changed, panel.top))

    def _hints(self) -> dict[str, str]:
        """Where certificate and key are while nothing is typed: that depends on the kind."""
        paths = ("balancer.certificate_path", "balancer.key_path")
        if self.rancher.state is not None and self.rancher.state.balancer.kind == "alb":
            return dict.fromkeys(paths, _("not needed: it lies in ACM"))
        return dict(zip(paths, self.rancher.session.balancer.usual_paths(), strict=True))

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        desk = self.rancher.session.balancer
        if self._seen:
            return [[("", "plain")], *balancer.rehearsed(desk.rehearsed(), cells)]
        return [[("", "plain")], *balancer.configuration(desk.lines(), desk.notes(), cells)]

    def do_next_view(self) -> None:
        self._seen = not self._seen
        self.query_one(Panel).top = 0
        self.draw_panel()

    def do_to_clipboard(self) -> None:
        text = self.rancher.session.balancer.text()
        if isinstance(text, Message):
            self.note(text, "warn")
            return
        self.app.copy_to_clipboard(text)
        self.note(_("the configuration was handed to the terminal"))

    def do_write(self) -> None:
        text = self.rancher.session.balancer.text()
        if isinstance(text, Message):
            self.note(_("nothing to write yet: {reason}").format(reason=shown(text)), "warn")
            return
        question = _("Write the configuration into which file? An existing one is kept under a dated name.")
        if self.rancher.session.balancer.several():
            question = _(
                "Write the configuration's files into which folder? What is there is kept under dated names."
            )
        self.app.push_screen(Ask(question, self.rancher.session.balancer.file()), self._write)

    def _write(self, path: str | None) -> None:
        if path:
            tell_findings(self.rancher, self.rancher.session.balancer.write(path.strip()))
            self.draw_panel()

    def do_judge_file(self) -> None:
        question = _("Judge which nginx or HAProxy configuration? A path on this machine.")
        self.app.push_screen(Ask(question, "", self._no_file), self._judge)

    def _no_file(self, path: str) -> str:
        return shown(self.rancher.session.balancer.why_no_file(path))

    def _judge(self, path: str | None) -> None:
        if path and path.strip():
            in_background(self, self._judging, path.strip(), group="judge")

    async def _judging(self, path: str) -> None:
        findings = await self.rancher.session.balancer.judge_file(path)
        self._read(_("{path}: what it does to Rancher").format(path=shown(path)), findings)

    def _read(self, heading: str, findings: Sequence[Finding]) -> None:
        from screens.dialogs.reading import Reading

        lines: list[Line] = [[(str(count_line(findings)), "dim")]]
        for finding in by_gravity(findings):
            lines += [[("", "plain")], *finding_lines(finding)]
        self.app.push_screen(Reading(heading, lines))

    def do_rehearse(self) -> None:
        question = _(
            "For how many seconds must a silent WebSocket stay open? 75 is more than the usual limits of 50 and "
            "60. The rehearsal lasts so much longer, beside the half minute that the rest mostly takes; 0 leaves "
            "that out."
        )
        self.app.push_screen(Ask(question, USUAL_IDLE, _wrong_seconds), self._ask_rehearsal)

    def _ask_rehearsal(self, seconds: str | None) -> None:
        if seconds is None:
            return
        title = _("Start small servers on the nodes and send requests through the balancer?")
        told = self.rancher.session.balancer.notice()
        lines: list[Line] = [[(line, "plain")] for text in told for line in wrap(shown(text), 72)]

        def go(agreed: bool | None) -> None:
            if agreed:
                self._rehearse(float(seconds))

        self.app.push_screen(TypedWord(title, lines, WORD), go)

    def _rehearse(self, idle: float) -> None:
        self._seen = True
        desk = self.rancher.session.balancer
        end = moment(datetime.now(UTC) + timedelta(seconds=desk.at_most(idle)), self.rancher.utc)
        told = _("rehearsing, over by {time} at the latest; x stops and removes all").format(time=end)
        self.rancher.checks.look(2, WORD, desk.rehearse(idle), told)

    async def do_probe(self) -> None:
        self._probing_since = time.monotonic()
        self.note("")
        in_background(self, self._probing, group="probe")

    def standing(self) -> str:
        if not self._probing_since:
            return super().standing()
        told = _("probing; Rancher is asked through the balancer")
        return _("{what} ({seconds} s)").format(what=told, seconds=int(time.monotonic() - self._probing_since))

    async def _probing(self) -> None:
        desk = self.rancher.session.balancer
        try:
            findings = [finding async for finding in desk.probe()]
        finally:
            self._probing_since = 0.0
        hop = str(desk.facts.get("hop") or "")
        self.note("")
        heading = _("To blame: {hop}").format(hop=clean(vocabulary.hop(hop))) if hop else _("What the probes saw")
        self._read(heading, findings)


def _wrong_seconds(text: str) -> str:
    if text.strip().isdigit() and int(text) <= 3600:
        return ""
    return _("a number of seconds from 0 to 3600")
