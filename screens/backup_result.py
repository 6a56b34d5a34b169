"""Step 12: keep what the run left."""

from __future__ import annotations

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.form_screen import FormScreen
from screens.outcome import tell_findings
from screens.signs import signs
from screens.widgets.lines import Line, fit


class BackupResultScreen(FormScreen):
    """The files that must not be lost."""

    PLACE = "backup-result"
    AUTO_FOCUS = ""

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        rows: list[Line] = [
            [
                (
                    _(" Without these files the cluster cannot be managed:"),
                    "dim",
                )
            ]
        ]
        for name, there in self.rancher.session.backups.result_files():
            sign, word = (signs().done, _("there")) if there else (signs().empty, _("not there yet"))
            rows.append([(f"   {fit(clean(name), 40)}", "plain"), (f"{sign} {word}", "pass" if there else "dim")])
        rows += [
            [("", "plain")],
            [(_(" Backups lie in {folder}").format(folder=clean(self.rancher.session.backups.folder)), "dim")],
        ]
        return rows

    def do_back_up(self) -> None:
        tell_findings(self.rancher, self.rancher.session.backups.result())
        self.do_check()
