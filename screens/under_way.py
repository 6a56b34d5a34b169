"""What is being done just now, by step: rke runs, a step is checked. It is shown where the step's standing is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from rancher_tui.i18n import _
from rancher_tui.install.steps import StepState
from screens.look.signs import signs
from screens.look.words import status_ink, status_sign, status_word

if TYPE_CHECKING:
    from screens.app import RancherApp

RUN: Final = 11
"""The step of the run."""

UnderWay = Mapping[int, str]
"""A word for each step that something is done on."""


def under_way(app: RancherApp) -> UnderWay:
    """What is being done in the session that is shown."""
    found: dict[int, str] = {}
    if app.install is None:
        return found
    if app.checks.running and app.checks.step:
        found[app.checks.step] = _("checking")
    if app.install.run.status().live:
        found[RUN] = _("running")
    return found


def standing(item: StepState, going_on: UnderWay) -> tuple[str, str, str]:
    """Sign, word and ink of where a step stands, or of what is done on it."""
    if word := going_on.get(item.step.number):
        return signs().after, word, "strong"
    return status_sign(item.status), status_word(item.status), status_ink(item.status)
