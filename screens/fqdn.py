"""Step 8: the name that users and agents will call."""

from __future__ import annotations

from screens.form_screen import FormScreen
from screens.panels import fqdn
from screens.widgets.lines import Line


class FqdnScreen(FormScreen):
    """The FQDN, and what it leads to."""

    PLACE = "fqdn"

    def panel_lines(self, cells: int) -> list[Line]:
        state = self.rancher.state
        if state is None or self.rancher.install is None:
            return []
        return fqdn.lines(state, self.rancher.steps, self.facts("certificates"), cells)
