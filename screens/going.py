"""Going about: from step to step, from problem to problem, to a step by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rancher_tui.finding import Finding
from rancher_tui.i18n import _
from rancher_tui.install import steps
from screens import registry

if TYPE_CHECKING:
    from screens.app import RancherApp


class Going:
    """Where the operator can go from where he is."""

    def __init__(self, app: RancherApp) -> None:
        self._app = app
        self._problem: Finding | None = None

    @property
    def _here(self) -> steps.Step | None:
        return self._app.frame.step if self._app.frame else None

    async def by(self, distance: int) -> None:
        """The next or previous step; from elsewhere the first or the last."""
        number = self._here.number + distance if self._here else (1 if distance > 0 else 12)
        if 1 <= number <= 12:
            await self._app.go(steps.STEPS[number - 1].slug)
        else:
            await self._app.go("overview")

    def _next(self, distance: int) -> tuple[steps.Step, Finding] | None:
        problems = steps.problems(self._app.steps)
        if not problems:
            return None
        own = self._here
        here = next((index for index, pair in enumerate(problems) if pair[1] == self._problem), None)
        if here is None or (own is not None and problems[here][0] != own):
            first = next((index for index, pair in enumerate(problems) if pair[0] == own), 0)
            here = first - 1 if distance > 0 else first + 1
        return problems[(here + distance) % len(problems)]

    def ahead(self, distance: int) -> steps.Step | None:
        """The step of the next or previous problem; None when there is none."""
        found = self._next(distance)
        return found[0] if found else None

    async def beyond(self, distance: int) -> None:
        """The next or previous problem that is of another step than this one."""
        problems, own = steps.problems(self._app.steps), self._here
        others = [index for index, pair in enumerate(problems) if pair[0] != own]
        if not others:
            return
        here = next((index for index, pair in enumerate(problems) if pair[0] == own), -1)
        after = [index for index in others if (index > here if distance > 0 else index < here)]
        at = (after or others)[0 if distance > 0 else -1]
        await self._show(*problems[at])

    async def to_problem(self, distance: int) -> None:
        """The next or previous problem of all steps, the gravest first."""
        found = self._next(distance)
        if found is not None:
            await self._show(*found)

    async def _show(self, step: steps.Step, problem: Finding) -> None:
        """Bring a problem into view, and tell which of how many it is."""
        self._problem = problem
        await self._app.go(step.slug, problem)
        problems = [finding for _step, finding in steps.problems(self._app.steps)]
        if problem in problems:
            told = _("problem {at} of {number}")
            self._app.tell(told.format(at=problems.index(problem) + 1, number=len(problems)))

    async def to_field(self, place: str, path: str) -> None:
        """A screen with the cursor on one of its fields."""
        await self._app.go(place)
        if self._app.frame is not None:
            self._app.frame.show_field(path)

    async def to_action(self, place: str, name: str) -> None:
        """A screen, and one of its actions done there."""
        await self._app.go(place)
        if self._app.frame is not None and place == self._app.frame.PLACE:
            await self._app.frame.action_do(name)

    async def anew(self) -> None:
        """The screen that is shown made anew, the cursor where it was: for what it drew once, such as words."""
        frame = self._app.frame
        if frame is None or not frame.stands:
            return
        cursor, screen = frame.cursor(), registry.screen(frame.PLACE)
        await self._app.switch_screen(screen)
        if screen.stands:
            screen.place_cursor(cursor)

    def ask_step(self) -> None:
        """Ask for a step's number and go there."""
        from screens.dialogs.ask import AskStep

        self._app.push_screen(AskStep(self._app.steps), self._to_number)

    async def _to_number(self, answer: str | None) -> None:
        if answer == "0":
            await self._app.go("overview")
        elif answer and (step := steps.step(answer)):
            await self._app.go(step.slug)
