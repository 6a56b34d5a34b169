"""Step 8: the name that users and agents will call."""

from __future__ import annotations

from screens.form_screen import FormScreen


class FqdnScreen(FormScreen):
    """The FQDN."""

    PLACE = "fqdn"
