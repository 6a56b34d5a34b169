"""Step 11: the run."""

from __future__ import annotations

from screens.form_screen import FormScreen


class RunScreen(FormScreen):
    """The run of rke and its log."""

    PLACE = "run"
