"""Step 3: the name and where it leads, asked from every vantage."""

from __future__ import annotations

from screens.form_screen import FormScreen
from screens.panels import dns
from screens.widgets.lines import Line


class DnsScreen(FormScreen):
    """The FQDN, where it must lead, whom to ask, and what each answered."""

    PLACE = "dns"

    def panel_lines(self, cells: int) -> list[Line]:
        state = self.rancher.state
        if state is None:
            return []
        rows = dns.lines(state, self.findings_of("dns"), self.facts("dns"), cells)
        return [[("", "plain")], *rows] if rows else []
