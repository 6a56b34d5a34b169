"""Step 5: the template: where TLS ends and whose CA signed; proposed from balancer and certificate."""

from __future__ import annotations

from typing import Final

from rancher_tui import actions
from rancher_tui.i18n import _, msg
from screens import reading_in
from screens.form_screen import FormScreen
from screens.look.signs import signs
from screens.look.words import shown
from screens.widgets.lines import Line, fit, wrap

ABOUT: Final = {
    "external-certificate": msg("TLS at the load balancer, your own CA (usual)"),
    "external-recognized-ca": msg("TLS at the load balancer, a recognized CA"),
    "ingress-certificate": msg("TLS at the ingress on the nodes, your own CA"),
    "ingress-recognized-ca": msg("TLS at the ingress on the nodes, a recognized CA"),
}


class TemplateScreen(FormScreen):
    """Which template."""

    PLACE = "template"

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.state is None or self.rancher.install is None:
            return []
        chosen = self.rancher.state.template
        proposal = self.rancher.session.cluster.proposal(self.facts("certificates"))
        rows: list[Line] = [[("", "plain")]]
        for name, about in ABOUT.items():
            mark = signs().done if name == chosen else " "
            rows.append(
                [(f" {mark} {fit(name, 24)}", "strong" if name == chosen else "plain"), (str(about), "dim")]
            )
        same = _("as chosen")
        if proposal.template != chosen:
            same = _("{key} takes it").format(key=actions.table().action("propose").key)
        rows += [
            [("", "plain")],
            [(_(" Proposed: "), "title"), (proposal.template, "strong"), (f"  {same}", "dim")],
        ]
        for reason in (proposal.place, proposal.authority):
            rows += [[(f"   {line}", "plain")] for line in wrap(shown(reason), max(20, cells - 4))]
        return rows

    def do_propose(self) -> None:
        proposal = self.rancher.session.cluster.proposal(self.facts("certificates"))
        self.rancher.session.store.update("chose the proposed template", template=proposal.template)
        ink = "strong" if proposal.sure else "warn"
        self.note(_("{name}: {reason}").format(name=proposal.template, reason=shown(proposal.authority)), ink)

    def do_read_in(self) -> None:
        reading_in.into_session(self.rancher)
