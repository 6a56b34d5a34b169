"""Step 9: the version of Rancher, and what goes with it."""

from __future__ import annotations

from screens.form_screen import FormScreen


class VersionScreen(FormScreen):
    """The versions that must fit."""

    PLACE = "version"
