"""Step 5: the template: where TLS ends and whose CA signed."""

from __future__ import annotations

from typing import Final

from rancher_tui.i18n import _, msg
from screens.form_screen import FormScreen
from screens.signs import signs
from screens.widgets.lines import Line, fit

ABOUT: Final = {
    "external-certificate": msg("TLS ends at the load balancer; your own CA. The usual one."),
    "external-recognized-ca": msg("TLS ends at the load balancer; a CA that browsers know."),
    "ingress-certificate": msg("TLS ends at the ingress on the nodes; your own CA."),
    "ingress-recognized-ca": msg("TLS ends at the ingress on the nodes; a CA that browsers know."),
}


class TemplateScreen(FormScreen):
    """Which template."""

    PLACE = "template"

    def panel_lines(self, cells: int) -> list[Line]:
        chosen = self.rancher.state.template if self.rancher.state else ""
        rows: list[Line] = [[("", "plain")]]
        for name, about in ABOUT.items():
            mark = signs().cursor if name == chosen else " "
            rows.append(
                [(f" {mark} {fit(name, 24)}", "strong" if name == chosen else "plain"), (str(about), "dim")]
            )
        return rows

    def do_propose(self) -> None:
        proposed = self.facts("certificates").get("template")
        if isinstance(proposed, str) and proposed in ABOUT:
            self.rancher.session.store.update("chose the proposed template", template=proposed)
            self.note(_("{name}, as the certificate asks for").format(name=proposed))
        else:
            self.note(_("the certificate is not judged yet: step 7, then c"), "warn")
