"""The App: holds the one state, gives it to the screens, goes from screen to screen, saves and leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from textual.app import App
from textual.reactive import reactive

from assets import FOLDER
from rancher_tui.finding import Finding, Report
from rancher_tui.i18n import Message, _
from rancher_tui.install import steps
from rancher_tui.install.state import Cursor, InstallState
from screens import checking, registry, themes
from screens.frame import Frame
from screens.services import Engine, Install

LOOK_EVERY = 2.0
"""Seconds between looks at what other programs wrote: two stat calls, nothing drawn when nothing changed."""


class RancherApp(App[int]):
    """The face of rancher-tui."""

    CSS_PATH = str(FOLDER / "app.tcss")
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's way

    state: reactive[InstallState | None] = reactive(None, init=False)
    reports: reactive[Mapping[str, Report]] = reactive(dict, init=False)
    live: reactive[tuple[Finding, ...]] = reactive(tuple, init=False)
    """The findings of the checks that are under way."""

    def __init__(self, engine: Engine, session: str = "") -> None:
        super().__init__()
        self.engine = engine
        self.install: Install | None = None
        self.utc = False
        self.checks = checking.Checks(self)
        self._wanted = session
        self._cursors: dict[str, Cursor] = {}
        self._problem: Finding | None = None
        self._judged: tuple[InstallState | None, Mapping[str, Report], tuple[steps.StepState, ...]] = (
            None,
            {},
            (),
        )
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.chosen().name
        self.animation_level = "none"

    @property
    def session(self) -> Install:
        """The open session; only screens of a session ask for it."""
        if self.install is None:
            raise RuntimeError("no session is open")
        return self.install

    @property
    def steps(self) -> tuple[steps.StepState, ...]:
        """Where the twelve steps stand, judged once for each state and set of reports."""
        state, reports, judged = self._judged
        if self.state is None:
            return ()
        if state is not self.state or reports is not self.reports:
            judged = steps.overview(self.state, self.reports, datetime.now(UTC))
            self._judged = (self.state, self.reports, judged)
        return judged

    async def on_mount(self) -> None:
        from screens import leaving

        self.set_interval(LOOK_EVERY, self._look)
        leaving.guard(self)
        name = self._wanted or self.engine.last()
        if not name or not await self.use(self.engine.open(name)):
            await self.push_screen(registry.screen("sessions"))

    async def use(self, opened: Install | Message) -> bool:
        """Show a session that was opened; a message is shown instead when it could not be."""
        if isinstance(opened, Message):
            self.tell(opened, "fail")
            return False
        self.install = opened
        self._cursors.clear()
        self.reports = opened.reports()
        self.state = opened.store.state
        opened.store.subscribe(self._changed)
        cursor = opened.store.state.cursor
        self._cursors[cursor.screen] = cursor
        await self.go(cursor.screen)
        self.call_after_refresh(self._tell_opening)
        self.run_worker(self._wake(opened), group="wake", exclusive=True, exit_on_error=False)
        return True

    async def _wake(self, install: Install) -> None:
        told = await install.wake()
        if told and self.install is install:
            self.tell(told)

    def _tell_opening(self) -> None:
        opened = self.session.opened
        if opened.held_by is not None:
            self.tell(
                _("looked on only: {holder} holds this session; T takes it over").format(holder=opened.held_by),
                "warn",
            )
        elif opened.recovered_from is not None:
            self.tell(
                _("the saved state was damaged ({damage}); {name} was loaded instead").format(
                    damage=opened.damage, name=opened.recovered_from.name
                ),
                "warn",
            )
        elif opened.newer_version:
            self.tell(_("saved by a newer rancher-tui; looked on only"), "warn")
        elif meanwhile := self.session.meanwhile():
            self.tell(_("meanwhile: {what}").format(what=meanwhile))

    def _changed(self, state: InstallState) -> None:
        self.state = state

    def _look(self) -> None:
        if self.install is not None and self.install.look():
            self.reports = self.install.reports()

    @property
    def frame(self) -> Frame | None:
        """The screen of the program that is shown, also below a dialog."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Frame)), None)

    def tell(self, text: str | Message, ink: str = "strong") -> None:
        """Tell something on the screen that is shown."""
        if self.frame is not None and self.frame.is_mounted:
            self.frame.note(text, ink)

    def draw_anew(self) -> None:
        """Draw every cell again."""
        self.refresh(layout=True)

    def unexpected(self, error: Exception) -> None:
        """What becomes of an error that nobody foresaw."""
        raise error

    def holder_text(self) -> str:
        """Who holds the session that is looked on."""
        held = self.install.opened.held_by if self.install else None
        return str(held) if held else _("another program")

    def holding(self) -> set[str]:
        """The reasons, of those that are no single screen's, that hold now."""
        held: set[str] = set()
        if self.install is None or self.state is None:
            return held
        if not self.install.store.writable:
            held.add("newer" if self.install.opened.newer_version else "looked-on")
        if self.install.store.writable or self.install.opened.held_by is None:
            held.add("not-held")
        if not self.state.history:
            held.add("nothing-to-undo")
        if not self.state.future:
            held.add("nothing-to-redo")
        if not self.state.nodes:
            held.add("no-host")
        if not any(finding.status != "pass" for item in self.steps for finding in item.findings):
            held.add("no-problem")
        held.add("checking" if self.checks.running else "nothing-runs")
        return held

    async def go(self, place: str, finding: Finding | None = None) -> None:
        """Show a screen, with the cursor where it was; or with a finding in view."""
        if self.frame is None or place != self.frame.PLACE:
            self.remember()
            screen = registry.screen(place)
            if self.frame is None:
                await self.push_screen(screen)
            else:
                await self.switch_screen(screen)
            if screen.PLACE in self._cursors:
                screen.place_cursor(self._cursors[screen.PLACE])
            self.remember()
            if self.install is not None:
                self.install.store.save()
        if finding is not None and self.frame is not None:
            self.frame.show_problem(finding)

    def remember(self) -> None:
        """Keep where the operator is, for coming back and for the next start."""
        frame = self.frame
        if frame is None or self.install is None or frame.PLACE == "sessions":
            return
        cursor = frame.cursor()
        self._cursors[cursor.screen] = cursor
        if self.install.store.writable:
            self.install.store.move_cursor(cursor)

    async def go_by(self, distance: int) -> None:
        """The next or previous step; from elsewhere the first or the last."""
        step = self.frame.step if self.frame else None
        number = step.number + distance if step else (1 if distance > 0 else 12)
        if 1 <= number <= 12:
            await self.go(steps.STEPS[number - 1].slug)
        else:
            await self.go("overview")

    async def go_to_problem(self, distance: int) -> None:
        """The next or previous problem of all steps, the gravest first."""
        problems = steps.problems(self.steps)
        own = self.frame.step if self.frame else None
        here = next((index for index, pair in enumerate(problems) if pair[1] == self._problem), None)
        if here is None or (own is not None and problems[here][0] != own):
            first = next((index for index, pair in enumerate(problems) if pair[0] == own), 0)
            here = first - 1 if distance > 0 else first + 1
        step, finding = problems[(here + distance) % len(problems)]
        self._problem = finding
        await self.go(step.slug, finding)

    def ask_step(self) -> None:
        """Ask for a step's number and go there."""
        from screens.ask import AskStep

        self.push_screen(AskStep(self.steps), self._go_to_number)

    async def _go_to_number(self, answer: str | None) -> None:
        if answer == "0":
            await self.go("overview")
        elif answer and (step := steps.step(answer)):
            await self.go(step.slug)

    def start_checks(self, numbers: Sequence[int]) -> None:
        """Run the checks of these steps, one step after the other."""
        self.checks.start(numbers)

    def stop_checks(self) -> None:
        self.checks.stop()

    def export(self) -> None:
        """Write the cluster file and tell what came of it."""
        from screens.outcome import tell_findings

        tell_findings(self, self.session.cluster.export())

    def take_over(self) -> None:
        """Ask the holder to leave; the wait is the engine's, in a thread."""
        self.tell(_("asking {holder} to save and leave").format(holder=self.holder_text()))
        self.run_worker(self._take_over, thread=True, exclusive=True, group="take-over", exit_on_error=False)

    def _take_over(self) -> None:
        trouble = self.session.take_over()
        self.call_from_thread(self._taken_over, trouble)

    def _taken_over(self, trouble: Message) -> None:
        self.state = self.session.store.state
        if self.frame is not None:
            self.frame.redraw()
        self.tell(trouble or _("this session is held here now"), "fail" if trouble else "strong")

    async def leave_session(self) -> None:
        """Save and close the session, show the list."""
        self.remember()
        self.checks.stop()
        install, self.install = self.install, None
        if install is not None:
            install.close()
        await self.switch_screen(registry.screen("sessions"))

    def save_and_close(self) -> None:
        """Keep what is being typed and where the operator is, let the session go. Safe to call twice."""
        if self.install is None:
            return
        if self.frame is not None:
            self.frame.keep_draft()
        self.remember()
        self.install.close()

    def leave(self) -> None:
        """Save and end the program; a run goes on."""
        self.checks.stop()
        self.save_and_close()
        self.exit(0)

    async def action_quit(self) -> None:
        self.leave()


def open_ui(home: Path | None, session: str | None) -> int:
    """Open the screens at this terminal; the exit code."""
    from screens.terminal import open_at_terminal

    return open_at_terminal(home, session)
