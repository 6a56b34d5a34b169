"""Step 2: the load balancer."""

from __future__ import annotations

from screens.form_screen import FormScreen


class BalancerScreen(FormScreen):
    """Where it is, and the configuration for it."""

    PLACE = "balancer"
