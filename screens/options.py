"""What can be set beyond the guide."""

from __future__ import annotations

from screens.form_screen import FormScreen


class OptionsScreen(FormScreen):
    """Options; all may stay empty."""

    PLACE = "options"
