"""Step 10: review the cluster file, export it, keep a copy."""

from __future__ import annotations

from screens.form_screen import FormScreen


class ReviewScreen(FormScreen):
    """What will be written."""

    PLACE = "backup-config"
