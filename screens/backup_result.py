"""Step 12: keep what the run left."""

from __future__ import annotations

from screens.form_screen import FormScreen


class BackupResultScreen(FormScreen):
    """The files that must not be lost."""

    PLACE = "backup-result"
