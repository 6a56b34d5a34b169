"""EditingLines: rows under a cursor with two modes. Move: letters are commands. Edit: printable keys are text."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from screens.widgets.line_editor import LineEditor
from screens.widgets.lines import Lines


class EditingLines(Lines, can_focus=True):
    """Base of the form and of the node table.

    Subclasses say what is under the cursor (`text_here`, `editable`), how the cursor moves (`step`, `move_key`)
    and draw it. A cell is left by Enter (keeps), Escape (restores), Tab and Shift+Tab (keep, stay in edit).
    A text that the screen refuses stays in its open cell.
    """

    class Moved(Message):
        """The cursor went elsewhere."""

    class Below(Message):
        """The cursor was in the last row and was moved down."""

    class ModeChanged(Message):
        """Move became edit, or the other way round."""

    class Kept(Message):
        """A cell was left and its text is to be kept; the cursor may be elsewhere by then."""

        def __init__(self, text: str, row: int, column: int) -> None:
            super().__init__()
            self.text = text
            self.row = row
            self.column = column

    class Begun(Message):
        """A digit was typed where there is no cell yet."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Pasted(Message):
        """Text of several lines was pasted, or any text while moving."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.editor: LineEditor | None = None
        self.read_only = False
        self.row = 0
        self.column = 0

    @property
    def editing(self) -> bool:
        return self.editor is not None

    def text_here(self) -> str:
        """The text of the cell under the cursor."""
        raise NotImplementedError

    def editable(self) -> bool:
        """True when the cell under the cursor can be changed."""
        raise NotImplementedError

    def step(self, forward: bool) -> bool:
        """Move to the next or previous cell; False at the end."""
        raise NotImplementedError

    def move_key(self, key: str) -> bool:
        """Move by a key; False when it is none of the moving keys."""
        raise NotImplementedError

    def repaint_cursor(self) -> None:
        """Draw the row under the cursor anew."""
        raise NotImplementedError

    def edit(self, text: str | None = None) -> None:
        """Open the cell under the cursor, with `text` in place of what it holds."""
        if self.read_only or not self.editable():
            return
        self.editor = LineEditor(self.text_here() if text is None else text)
        self.repaint_cursor()
        self.post_message(self.ModeChanged())

    def leave(self, keep: bool) -> None:
        """Back to move; the text goes to whoever listens when it is kept."""
        if self.editor is None:
            return
        text, self.editor = self.editor.text, None
        if keep and text != self.text_here():
            self._hand_over(self.Kept(text, self.row, self.column))
        self.repaint_cursor()
        self.post_message(self.ModeChanged())

    def _hand_over(self, kept: Kept) -> None:
        """Give the text to the screen at once: a message could come after the next key has left the session."""
        handler: Callable[[EditingLines.Kept], None] | None = getattr(self.screen, "on_editing_lines_kept", None)
        if handler is None:
            self.post_message(kept)
        else:
            handler(kept)

    def on_key(self, event: events.Key) -> None:
        if self.editor is None:
            self._key_in_move(event)
        elif event.key not in ("ctrl+q", "f1"):
            event.stop()
            event.prevent_default()
            self._key_in_edit(event)

    def _key_in_move(self, event: events.Key) -> None:
        if event.character is not None and event.character.isdigit() and event.character.isascii():
            event.stop()
            if self.editable():
                self.edit(event.character)
            else:
                self.post_message(self.Begun(event.character))
        elif self.move_key(event.key):
            event.stop()
            event.prevent_default()

    def _key_in_edit(self, event: events.Key) -> None:
        if event.key == "enter":
            self.leave(keep=True)
        elif event.key == "escape":
            self.leave(keep=False)
        elif event.key in ("tab", "shift+tab"):
            self._on_to_the_next(event.key == "tab")
        elif event.key in ("up", "down"):
            self.leave(keep=True)
            if not self.editing:
                self.call_next(self.move_key, event.key)
        elif self.editor is not None and self.editor.key(event.key, event.character):
            self.repaint_cursor()

    def _on_to_the_next(self, forward: bool) -> None:
        self.leave(keep=True)
        if not self.editing:
            self.call_next(self._step_and_edit, forward)

    def _step_and_edit(self, forward: bool) -> None:
        if self.step(forward):
            self.edit()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if self.editor is not None and "\n" not in text.strip("\n"):
            self.editor.insert(text.strip("\n"))
            self.repaint_cursor()
        else:
            self.post_message(self.Pasted(text))
