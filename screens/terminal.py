"""The App at a real terminal: only what changed is sent, nothing is left behind."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual._compositor import CompositorUpdate
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.geometry import Offset
from textual.screen import Screen

from rancher_tui import settings
from rancher_tui.i18n import _
from screens import leaving
from screens.app import RancherApp
from screens.ending import run_to_the_end
from screens.look.frugal import Paper, Sent
from screens.terminal_input import AnyBytes, flush_input

if TYPE_CHECKING:
    from screens.services import Engine


SHOW_CURSOR = "\x1b[?25h"


class TerminalApp(RancherApp):
    """RancherApp that compares every update with what the terminal shows already."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "help_quit", show=False, system=True)]

    def __init__(self, engine: Callable[[], Engine], session: str = "") -> None:
        super().__init__(engine, session)
        self.paper = Paper(colours=not self.no_color)
        self._disable_notifications = True

    async def _begin(self) -> None:
        try:
            await super()._begin()
        finally:
            self.call_after_refresh(collect_garbage)

    def get_driver_class(self) -> type[Driver]:
        return AnyBytes

    async def until_left(self) -> int:
        """Show the screens until they are left; the exit code. What was typed too late is not the shell's."""
        try:
            return await self.run_async(mouse=False) or self.return_code or 0
        finally:
            flush_input(sys.stdin.fileno())

    def draw_anew(self) -> None:
        self.paper.forget()
        super().draw_anew()

    def action_help_quit(self) -> None:
        """What ctrl+c and ctrl+z say: neither ends the program in the middle of something."""
        self.tell(_("q leaves; everything is saved, and a run goes on"))

    def unexpected(self, error: Exception) -> None:
        """Write it down, tell it and go on: nothing that was entered is in danger."""
        if self.install is None:
            raise error
        file = self.install.note_error("".join(traceback.format_exception(error)))
        text = _("this did not work: {error}; details in {file}")
        self.tell(text.format(error=f"{type(error).__name__}: {error}", file=file), "fail")

    def _handle_exception(self, error: Exception) -> None:
        """End with a word for the operator in place of a traceback, everything saved."""
        if leaving.comes_too_late(self, error):
            return
        from screens.crash import save_and_tell

        self._return_code = 1
        self.panic(Text(save_and_tell(self, error)))

    def _cursor_shown(self, *, drawn: bool) -> str:
        """What shows the terminal's own cursor, which Textual moves to where the keys go after every update.

        Nothing where nothing was `drawn` and it stands there already.
        """
        place = place_of_keys(self.screen) or self.cursor_position
        if not drawn and place == self.cursor_position:
            return ""
        self.cursor_position = place
        return SHOW_CURSOR

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send the difference to what is shown; Textual's own way for whatever is no update of cells."""
        able = self._running and not self._closed and not self._batch_count and self._driver is not None
        if able and not self.is_headless and isinstance(renderable, CompositorUpdate):
            text = self.paper.changes(renderable, self.size.width, self.console)
            if settings.chosen().plain == "yes" and text is not None:
                text += self._cursor_shown(drawn=bool(text))
            if text == "":
                self.post_display_hook()
                return
            renderable = renderable if text is None else Sent(text)
        super()._display(screen, renderable)


def place_of_keys(screen: Screen[object]) -> Offset | None:
    """Where the keys go: the caret of what is typed, else the row or cell under the cursor, else what has focus.

    None where a widget of Textual's has it, which places the cursor itself.
    """
    from screens.widgets.lines import Lines

    focused = screen.focused
    if focused is not None and not isinstance(focused, Lines):
        return None
    widgets = [focused] if focused is not None else list(screen.query(Lines))
    places = (widget.place_of(ink) for ink in ("caret", "cursor") for widget in widgets)
    return next((place for place in places if place), widgets[0].region.offset if widgets else None)


def collect_garbage() -> None:
    """Collect garbage from now on (`cli.open_ui` put it off), past what start-up made, which stays."""
    gc.freeze()
    gc.enable()


def open_at_terminal(home: Path | None, session: str | None) -> int:
    """Open the screens; the exit code."""

    def engine() -> Engine:
        from rancher_tui.engine import LocalEngine

        return LocalEngine.of(home)

    if settings.chosen().plain == "yes":
        os.environ["NO_COLOR"] = "1"
    app = TerminalApp(engine, session or "")
    app.utc = settings.chosen().times == "utc"
    return run_to_the_end(app.until_left(), app.save_and_close)
