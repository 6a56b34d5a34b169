"""What can be set beyond the guide."""

from __future__ import annotations

from rancher_tui.finding import Finding
from rancher_tui.i18n import _
from screens.form_screen import FormScreen


class OptionsScreen(FormScreen):
    """Options; all may stay empty."""

    PLACE = "options"

    def findings_here(self) -> tuple[Finding, ...]:
        """What is wrong with a field of this screen, whatever step judges it."""
        found = (finding for item in self.rancher.steps for finding in item.findings)
        return tuple(item for item in found if any(self.about(item, field) for field in self.form.fields))

    def do_propose(self) -> None:
        """Fill in the list of what must never go through the proxy."""
        built = self.rancher.session.cluster.build_no_proxy()
        for row, field in enumerate(self.form.fields):
            if field.path == "options.proxy.no_proxy":
                self.form.move_to(row)
        self.note(_("built from hosts, networks, FQDN and registry: {number} entries").format(number=built))

    def do_keep_defaults(self) -> None:
        self.note(self.rancher.session.cluster.keep_defaults())
