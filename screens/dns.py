"""Step 3: the name and where it leads, asked from every vantage."""

from __future__ import annotations

from screens.form_screen import FormScreen


class DnsScreen(FormScreen):
    """The FQDN, where it must lead, whom to ask."""

    PLACE = "dns"
