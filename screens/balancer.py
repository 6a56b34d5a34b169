"""Step 2: the load balancer."""

from __future__ import annotations

from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from screens.ask import Ask
from screens.form_screen import FormScreen
from screens.outcome import tell_findings
from screens.widgets.lines import Line, wrap
from screens.words import shown


class BalancerScreen(FormScreen):
    """Where it is, and the configuration for it."""

    PLACE = "balancer"

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        text = self.rancher.session.balancer.text()
        if isinstance(text, Message):
            return [[("", "plain")], *([(f" {line}", "dim")] for line in wrap(shown(text), cells - 2))]
        heading = _(" The configuration (page keys scroll):")
        return [
            [("", "plain")],
            [(heading, "dim")],
            *([(f" {clean(line)}", "plain")] for line in text.splitlines()),
        ]

    def do_write(self) -> None:
        question = _("Write the configuration into which file? An existing one is kept under a dated name.")
        self.app.push_screen(Ask(question, self.rancher.session.balancer.file()), self._write)

    def _write(self, path: str | None) -> None:
        if path:
            tell_findings(self.rancher, self.rancher.session.balancer.write(path.strip()))
