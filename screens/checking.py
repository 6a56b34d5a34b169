"""Checks: runs the checks of steps for the App, hands on findings as they come, can be stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from textual.worker import Worker

from rancher_tui.finding import Finding, count_line
from rancher_tui.i18n import _
from rancher_tui.install import rules
from rancher_tui.install.steps import STEPS
from screens.background import in_background
from screens.look.words import shown, step_title

if TYPE_CHECKING:
    from screens.app import RancherApp

SHOW_EVERY = 0.25
"""Seconds between drawings of findings that come in."""


class Checks:
    """The checks that are under way; one set at a time."""

    def __init__(self, app: RancherApp) -> None:
        self._app = app
        self._worker: Worker[None] | None = None
        self._waiting: tuple[int, ...] = ()
        """Steps whose checks were asked for while others were under way."""
        self.step = 0
        """The step that is being checked; 0 when none is."""
        self.kind = ""
        """The check that is a part of that step's, where not all of it is run; else empty."""
        self.asked: frozenset[int] | None = None
        """The rows of the node table (from 1) that are looked at; None: all."""
        self.until = ""
        """The time of day when the last deadline has passed; empty where none is told."""

        self._told = ""
        self._since = 0.0
        self._before = ""
        """What was done before these checks, and is told with what they found."""

    @property
    def standing(self) -> str:
        """What is under way and for how long; empty while nothing is."""
        if not self.running or not self._told:
            return ""
        return _("{what} ({seconds} s)").format(what=self._told, seconds=int(time.monotonic() - self._since))

    def tell_standing(self, text: str) -> None:
        """Tell what is under way; it stays until that has ended."""
        if not self._told:
            self._since = time.monotonic()
        self._told = text
        self._app.tell(text)
        if self._app.frame is not None:
            self._app.frame.tick()

    @property
    def running(self) -> bool:
        return self._worker is not None and self._worker.is_running

    def start(self, numbers: Sequence[int], before: str = "") -> None:
        """Check these steps, those without their inputs left out; after what is under way.

        `before`: what was done just now, to be told with the counts.
        """
        self._before = before or self._before
        state = self._app.state
        if state is None:
            return
        if self.running:
            self._waiting = tuple(dict.fromkeys((*self._waiting, *numbers)))
            return
        able = [number for number in numbers if not rules.missing(state, number)]
        if not able:
            self._before = ""
            lacking = _("needed first: {what}").format(what=shown(rules.missing(state, numbers[0])))
            self._app.tell(before or lacking, "strong" if before else "warn")
            return
        self._worker = in_background(self._app, self._run, able, group="checks", exclusive=False)

    def look(
        self, step: int, kind: str, findings: AsyncIterator[Finding], told: str, asked: Sequence[int] | None = None
    ) -> None:
        """Run what is only a part of a step's check: some nodes anew, the ways between them."""
        if self.running:
            return
        self.kind, self.asked = kind, None if asked is None else frozenset(asked)
        self._worker = in_background(self._app, self._look, step, findings, told, group="checks", exclusive=False)

    async def _look(self, step: int, findings: AsyncIterator[Finding], told: str) -> None:
        try:
            self.step = step
            self.tell_standing(told)
            seen = await self._drawn(findings)
            if self.kind == "cleanup":
                self._app.tell(count_line(seen))
            else:
                self._tell_counts([step])
        except Exception as error:
            self._app.tell(
                _("a check broke off; {errors}").format(errors=f"{type(error).__name__}: {error}"), "fail"
            )
        finally:
            self._ended()

    def _ended(self) -> None:
        self.step, self.kind, self.asked, self.until = 0, "", None, ""
        self._worker, self._told = None, ""
        self._app.live = ()
        if self._app.install is not None:
            self._app.install.look()
            self._app.reports = dict(self._app.install.reports())
        if self._app.frame is not None:
            self._app.frame.redraw()
        waiting, self._waiting = self._waiting, ()
        if waiting:
            self._app.call_later(self.start, waiting)

    def stop(self) -> None:
        """Stop; the reports of steps that were finished stay."""
        self._waiting = ()
        if self._worker is not None and self.running:
            self._worker.cancel()
            self._app.tell(_("stopped"))

    async def _run(self, numbers: Sequence[int]) -> None:
        broken: list[str] = []
        try:
            for number in numbers:
                self.step = number
                title = step_title(STEPS[number - 1])
                self.tell_standing(_("checking {number} {title}; x stops").format(number=number, title=title))
                try:
                    await self._one(number)
                except Exception as error:
                    broken.append(f"{number}: {type(error).__name__}: {error}")
            if broken:
                self._app.tell(_("a check broke off; {errors}").format(errors="; ".join(broken)), "fail")
            else:
                self._tell_counts(numbers)
        finally:
            self._ended()

    def _tell_counts(self, numbers: Sequence[int]) -> None:
        """How many findings of each kind the steps have now: those that their screens show."""
        if self._app.install is None:
            return
        self._app.install.look()
        self._app.reports = dict(self._app.install.reports())
        steps = self._app.steps
        counts = shown(count_line(finding for number in numbers for finding in steps[number - 1].findings))
        before, self._before = self._before, ""
        self._app.tell(_("{done}; {counts}").format(done=before, counts=counts) if before else counts)

    async def _one(self, number: int) -> None:
        """Look at one step."""
        await self._drawn(self._app.session.check(number))
        self._app.reports = dict(self._app.session.reports())
        self._app.live = ()

    async def _drawn(self, findings: AsyncIterator[Finding]) -> list[Finding]:
        """All findings, drawn at most four times a second while they come."""
        found: list[Finding] = []
        loop = asyncio.get_running_loop()
        due: asyncio.TimerHandle | None = None
        drawn_at = 0.0

        def draw() -> None:
            nonlocal due, drawn_at
            due, drawn_at = None, loop.time()
            self._app.live = tuple(found)

        try:
            async for finding in findings:
                found.append(finding)
                if due is None:
                    due = loop.call_later(max(0.0, drawn_at + SHOW_EVERY - loop.time()), draw)
        finally:
            if due is not None:
                due.cancel()
        return found
