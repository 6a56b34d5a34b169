"""Step 4: the rke binary."""

from __future__ import annotations

from screens.form_screen import FormScreen


class RkeScreen(FormScreen):
    """Which binary, which version."""

    PLACE = "rke"
