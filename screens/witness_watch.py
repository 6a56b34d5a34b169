"""Whether Rancher came up: asked when a run ends, on any screen, and again while only Rancher is missing."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from rancher_tui.i18n import _
from rancher_tui.install import rules

if TYPE_CHECKING:
    from screens.app import RancherApp

AGAIN_EVERY_S: Final = 15.0
AGAIN_FOR_S: Final = 900.0
"""Rancher's image is pulled and its pod started after rke has ended; that takes minutes."""
LATE: Final = frozenset({"rancher-deployment", "ping"})
"""Witnesses that may still come right by themselves after the end of a run."""
STEP: Final = 11


class WitnessWatch:
    """Asks the witnesses of the newest run until they are heard, or until waiting is no use."""

    def __init__(self, app: RancherApp) -> None:
        self._app = app
        self._until = 0.0
        self._asked_at = 0.0

    @property
    def waiting(self) -> bool:
        """True while the witnesses are asked again by themselves."""
        return bool(self._until)

    def begin(self) -> None:
        """Ask them now, and again as long as only what comes late is missing; not while an input is missing."""
        if self._app.state is None or rules.missing(self._app.state, STEP):
            return
        self._until = monotonic() + AGAIN_FOR_S
        self._ask()

    def end(self) -> None:
        waited, self._until = self.waiting, 0.0
        if waited and self._app.frame is not None and self._app.frame.stands:
            self._app.frame.draw_keys()

    def _ask(self) -> None:
        self._asked_at = monotonic()
        self._app.start_checks([STEP])

    def look(self) -> None:
        """Ask once more when it is time; tell when Rancher is there, or that waiting is over."""
        if not self._until or self._app.checks.running or not self._app.steps:
            return
        findings = self._app.steps[STEP - 1].findings
        if not findings:
            return
        bad = {finding.code for finding in findings if finding.bad}
        now = monotonic()
        if not bad:
            self.end()
            here = self._app.frame is not None and self._app.frame.PLACE == "run"
            told = _("Rancher is up; : tells what comes next") if here else _("Rancher is up (step 11)")
            self._app.tell(told, "pass")
        elif not bad <= LATE:
            self.end()
        elif now > self._until:
            self.end()
            self._app.tell(_("Rancher has not come up in a quarter of an hour; V on step 11 asks again"), "warn")
        elif now - self._asked_at >= AGAIN_EVERY_S:
            self._ask()
