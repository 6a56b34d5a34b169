"""Step 1: the hosts, looked at over SSH."""

from __future__ import annotations

from screens.form_screen import FormScreen


class HostsScreen(FormScreen):
    """How the hosts are reached, and what the preflight saw."""

    PLACE = "hosts"
