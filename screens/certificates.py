"""Step 7: the certificate chain, its key and its CA."""

from __future__ import annotations

from rancher_tui.i18n import _
from screens.form_screen import FormScreen
from screens.outcome import tell_findings
from screens.panels import certificates
from screens.widgets.lines import Line


class CertificatesScreen(FormScreen):
    """Three files, what they hold, and the right order."""

    PLACE = "certificates"

    def panel_lines(self, cells: int) -> list[Line]:
        rows = certificates.lines(self.facts("certificates"), cells)
        if not rows:
            return [[("", "plain")], [(_(" c reads the files and judges them."), "dim")]]
        return [[("", "plain")], *rows]

    def do_write(self) -> None:
        tell_findings(self.rancher, self.rancher.session.certificates.repair_chain())
