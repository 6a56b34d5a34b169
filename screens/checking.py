"""Checks: runs the checks of steps for the App, hands on findings as they come, can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.worker import Worker

from rancher_tui.finding import Finding, count_line
from rancher_tui.i18n import _
from rancher_tui.install import rules
from rancher_tui.install.steps import STEPS

if TYPE_CHECKING:
    from screens.app import RancherApp

SHOW_EVERY = 0.25
"""Seconds between drawings of findings that come in."""


class Checks:
    """The checks that are under way; one set at a time."""

    def __init__(self, app: RancherApp) -> None:
        self._app = app
        self._worker: Worker[None] | None = None
        self.step = 0
        """The step that is being checked; 0 when none is."""

    @property
    def running(self) -> bool:
        return self._worker is not None and self._worker.is_running

    def start(self, numbers: Sequence[int]) -> None:
        """Check these steps, those without their inputs left out."""
        state = self._app.state
        if self.running or state is None:
            return
        able = [number for number in numbers if not rules.missing(state, number)]
        if not able:
            self._app.tell(rules.missing(state, numbers[0]), "warn")
            return
        self._worker = self._app.run_worker(self._run(able), group="checks", exit_on_error=False)

    def stop(self) -> None:
        """Stop; the reports of steps that were finished stay."""
        if self._worker is not None and self.running:
            self._worker.cancel()
            self._app.tell(_("stopped"))

    async def _run(self, numbers: Sequence[int]) -> None:
        every: list[Finding] = []
        broken: list[str] = []
        try:
            for number in numbers:
                self.step = number
                title = STEPS[number - 1].title
                self._app.tell(_("checking {number} {title}; x stops").format(number=number, title=title))
                try:
                    every += await self._one(number)
                except Exception as error:
                    broken.append(f"{number}: {type(error).__name__}: {error}")
            if broken:
                self._app.tell(_("a check broke off; {errors}").format(errors="; ".join(broken)), "fail")
            else:
                self._app.tell(count_line(every))
        finally:
            self.step = 0
            self._worker = None
            self._app.live = ()
            if self._app.install is not None:
                self._app.install.look()
                self._app.reports = dict(self._app.install.reports())

    async def _one(self, number: int) -> list[Finding]:
        """One step's findings, drawn at most four times a second while they come."""
        found: list[Finding] = []
        loop = asyncio.get_running_loop()
        drawn_at = 0.0
        async for finding in self._app.session.check(number):
            found.append(finding)
            if loop.time() - drawn_at >= SHOW_EVERY:
                drawn_at = loop.time()
                self._app.live = tuple(found)
        self._app.reports = dict(self._app.session.reports())
        self._app.live = ()
        return found
