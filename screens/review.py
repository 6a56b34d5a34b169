"""Step 10: review the cluster file, export it, keep a copy."""

from __future__ import annotations

from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from screens.form_screen import FormScreen
from screens.outcome import tell_findings
from screens.reading import Reading
from screens.widgets.lines import Line, wrap
from screens.words import shown


class ReviewScreen(FormScreen):
    """The cluster file as it would be written."""

    PLACE = "backup-config"

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        text = self.rancher.session.cluster.text()
        if isinstance(text, Message):
            return [[("", "plain")], *([(f" {line}", "warn")] for line in wrap(shown(text), cells - 2))]
        return [[("", "plain")], *([(f" {clean(line)}", _ink(line))] for line in text.splitlines())]

    def do_export(self) -> None:
        super().do_export()
        self.do_check()

    def do_show_diff(self) -> None:
        text = self.rancher.session.cluster.difference()
        if isinstance(text, Message):
            self.note(text)
            return
        lines: list[Line] = [[(clean(line), _diff_ink(line))] for line in text.splitlines()]
        self.app.push_screen(Reading(_("What an export would change"), lines))

    def do_back_up(self) -> None:
        tell_findings(self.rancher, self.rancher.session.backups.config())
        self.do_check()


def _ink(line: str) -> str:
    return "dim" if line.lstrip().startswith("#") else "plain"


def _diff_ink(line: str) -> str:
    return {"+": "pass", "-": "fail", "@": "dim"}.get(line[:1], "plain")
