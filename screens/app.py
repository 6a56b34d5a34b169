"""The App: holds the one state, gives it to the screens, goes from screen to screen, saves and leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import App, ComposeResult
from textual.reactive import reactive
from textual.widgets import Static

from assets import FOLDER
from rancher_tui.i18n import Message, _
from rancher_tui.wording import ways
from screens import registry
from screens.background import in_background
from screens.look import themes
from screens.one_by_one import OneByOne, Through

if TYPE_CHECKING:
    from rancher_tui.finding import Finding, Report
    from rancher_tui.install.state import Cursor, InstallState
    from rancher_tui.install.steps import StepState
    from screens.checking import Checks
    from screens.frame import Frame
    from screens.going import Going
    from screens.services import Engine, Install
    from screens.telling import EndWatch

LOOK_EVERY = 2.0
"""Seconds between looks at what other programs wrote: two stat calls, nothing drawn when nothing changed."""


class RancherApp(App[int]):
    """The face of rancher-tui. Its first frame stands before the engine and the session are loaded."""

    CSS_PATH = str(FOLDER / "app.tcss")
    ENABLE_COMMAND_PALETTE = False

    state: reactive[InstallState | None] = reactive(None, init=False)
    reports: reactive[Mapping[str, Report]] = reactive(dict, init=False)
    live: reactive[tuple[Finding, ...]] = reactive(tuple, init=False)
    """The findings of the checks that are under way."""

    engine: Engine
    checks: Checks
    going: Going
    ends: EndWatch

    def __init__(self, engine: Callable[[], Engine], session: str = "") -> None:
        super().__init__()
        self.install: Install | None = None
        self.utc = False
        self._keys = OneByOne(self, super().on_event)
        self._engine = engine
        self._wanted = session
        self._cursors: dict[str, Cursor] = {}
        self._judged: tuple[InstallState | None, Mapping[str, Report], tuple[StepState, ...]] = (None, {}, ())
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
    def steps(self) -> tuple[StepState, ...]:
        """Where the twelve steps stand, judged once for each state and set of reports."""
        from rancher_tui.install import steps

        state, reports, judged = self._judged
        if self.state is None:
            return ()
        if state is not self.state or reports is not self.reports:
            judged = steps.overview(self.state, self.reports, datetime.now(UTC))
            self._judged = (self.state, self.reports, judged)
        return judged

    def compose(self) -> ComposeResult:
        yield Static(_(" rancher-tui  opening …"), markup=False)

    def on_mount(self) -> None:
        from screens import leaving

        leaving.guard(self)
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        from screens.checking import Checks
        from screens.going import Going
        from screens.telling import EndWatch

        self.ends = EndWatch(self)
        self.checks = Checks(self)
        self.going = Going(self)
        self.engine = self._engine()
        self.set_interval(LOOK_EVERY, self._look)
        name = self._wanted or self.engine.last()
        opened = self.engine.open(name) if name else None
        if opened is None or not await self.use(opened):
            await self.push_screen(registry.screen("sessions"))
            if isinstance(opened, Message):
                self.call_after_refresh(self.tell, opened, "fail")
        await self._keys.begin()

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        else:
            await self._keys.take(event)

    def on_through(self, event: Through) -> None:
        self._keys.came_up(event)

    async def use(self, opened: Install | Message) -> bool:
        """Show a session that was opened, or tell why not. One is open at a time: a second is let go again."""
        if isinstance(opened, Message):
            self.tell(opened, "fail")
            return False
        if self.install is not None:
            opened.close()
            return False
        self.install = opened
        ways.speak_of(opened.name)
        self._cursors.clear()
        self.reports = opened.reports()
        self.state = opened.store.state
        opened.store.subscribe(self._changed)
        cursor = opened.store.state.cursor
        self._cursors[cursor.screen] = cursor
        await self.go(cursor.screen)
        self.call_after_refresh(self._tell_opening)
        in_background(self, self._wake, opened, group="wake")
        return True

    async def _wake(self, install: Install) -> None:
        told = await install.wake()
        if told and self.install is install:
            self.tell(told)

    def _tell_opening(self) -> None:
        from screens.opening import words

        self.tell(*words(self.install))

    def _changed(self, state: InstallState) -> None:
        self.state = state

    def _look(self) -> None:
        if self.install is not None:
            if self.install.look():
                self.reports = self.install.reports()
            self.ends.look(self.install)

    @property
    def frame(self) -> Frame | None:
        """The screen of the program that is shown, also below a dialog."""
        from screens.frame import Frame

        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Frame)), None)

    def tell(self, text: str | Message, ink: str = "strong") -> None:
        """Tell something on the screen that is shown."""
        if text and self.frame is not None and self.frame.is_mounted:
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
            if screen.PLACE in self._cursors and screen.stands:
                screen.place_cursor(self._cursors[screen.PLACE])
            self.remember()
            if self.install is not None:
                self.install.store.save()
        if finding is not None and self.frame is not None:
            self.frame.show_problem(finding)

    def remember(self) -> None:
        """Keep where the operator is, for coming back and for the next start."""
        frame = self.frame
        if frame is None or self.install is None or frame.PLACE == "sessions" or not frame.stands:
            return
        cursor = frame.cursor()
        self._cursors[cursor.screen] = cursor
        if self.install.store.writable:
            self.install.store.move_cursor(cursor)

    def start_checks(self, numbers: Sequence[int]) -> None:
        """Run the checks of these steps, one step after the other."""
        self.checks.start(numbers)

    def stop_checks(self) -> None:
        self.checks.stop()

    def export(self) -> None:
        """Write the cluster file and tell what came of it."""
        from screens import exporting

        exporting.export(self)

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
        if trouble:
            self.tell(trouble, "fail")
        else:
            from screens import drafts

            told = drafts.told_once(self.session)
            self.tell(" · ".join(filter(None, (_("this session is held here now"), told))))

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
        try:
            if self.frame is not None and self.frame.stands:
                self.frame.keep_draft()
            self.remember()
        finally:
            self.install.close()

    def leave(self, why: str = "") -> None:
        """Save and end the program; a run goes on. What must be known then is left on the terminal."""
        from screens.leaving import last_words

        if self.install is not None:
            self.checks.stop()
        self.save_and_close()
        self.exit(0, message=last_words(self, why) or None)

    def _handle_exception(self, error: Exception) -> None:
        from screens.leaving import comes_too_late

        if not comes_too_late(self, error):
            super()._handle_exception(error)

    async def action_quit(self) -> None:
        self.leave()
