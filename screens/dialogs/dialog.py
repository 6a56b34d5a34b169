"""Dialogs: a box over the screen with text and, where something is asked, one line to type in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget

from rancher_tui import settings
from rancher_tui.i18n import _
from screens.look.signs import ascii_only
from screens.widgets.bars import Keys
from screens.widgets.line_editor import LineEditor
from screens.widgets.lines import Line, Lines, Text


class Entry(Lines, can_focus=True):
    """One line to type in; it blinks not. What it begins with is selected: typing takes its place."""

    class Changed(Message):
        """The text is another one now."""

    class Entered(Message):
        """Enter was pressed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, text: str = "", prompt: str = "") -> None:
        super().__init__()
        self.editor = LineEditor(text, selected=bool(text))
        self._prompt = prompt

    @property
    def text(self) -> str:
        return self.editor.text

    @property
    def count(self) -> int:
        return 1

    def line(self, number: int, cells: int) -> Line:
        prompt = f"{self._prompt} " if self._prompt else ""
        before, under, after = self.editor.window(max(4, cells - cell_len(prompt)))
        ink = "cursor" if self.editor.selected else "edit"
        return [(prompt, "dim"), (before, ink), (under, "caret"), (after, ink)]

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            self.post_message(self.Entered(self.text))
        elif self.editor.key(event.key, event.character):
            event.stop()
            event.prevent_default()
            self.refresh()
            self.post_message(self.Changed())

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.editor.insert(event.text.strip("\r\n").replace("\r", "\n"))
        self.refresh()
        self.post_message(self.Changed())


class Dialog(ModalScreen[ScreenResultType]):
    """A box with a last line of keys. Escape, or q where nothing is typed, closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", "close", show=False)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's way
    AUTO_FOCUS = "Entry, .focus-first"
    TALL = False
    _left = False

    def body(self) -> Iterator[Widget]:
        """The widgets of the box."""
        raise NotImplementedError

    def keys(self) -> list[tuple[str, str, bool]]:
        """The last line: key, title, whether it can be done."""
        return [("esc", _("close"), True)]

    def compose(self) -> ComposeResult:
        self.set_class(ascii_only(), "-ascii")
        self.set_class(settings.chosen().plain == "yes", "-plain")
        self.set_class(self.TALL, "-tall")
        with Vertical():
            yield from self.body()
            yield Keys(id="dialog-keys")

    def scroll_key(self, keys: str) -> list[tuple[str, str, bool]]:
        """The keys that scroll, where there is more than the box shows."""
        lists = [lines for lines in self.query(Lines) if lines.SCROLLED]
        return [(keys, _("scroll"), True)] if any(each.count > each.lines_in_view for each in lists) else []

    def on_mount(self) -> None:
        self.draw_keys()

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw_keys)

    def draw_keys(self) -> None:
        """The last line for what can be done now."""
        for keys in self.query("#dialog-keys").results(Keys):
            keys.show("", self.keys())

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close the box, once: a second key that comes before it is gone closes nothing else."""
        if self._left:
            return AwaitComplete()
        self._left = True
        return super().dismiss(result)

    def action_close(self) -> None:
        """Close without a result; a key that comes before the box is drawn waits for it."""
        if self.query("#dialog-keys"):
            self.dismiss(None)
        else:
            self.call_after_refresh(self.action_close)


class Pager(Text, can_focus=True):
    """Lines to read, scrolled by the arrow and page keys."""

    SCROLLED = True

    def __init__(self, lines: list[Line], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(lines, id=id, classes="focus-first")

    def on_key(self, event: events.Key) -> None:
        page = max(1, self.lines_in_view - 1)
        step = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "space": page}.get(event.key)
        if event.key in ("home", "end"):
            step = -self.count if event.key == "home" else self.count
        if step is not None:
            event.stop()
            self.scroll_by(step)
