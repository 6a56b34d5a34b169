"""Form: rows of fields under a cursor, one value a row, changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message

from rancher_tui.finding import Status
from rancher_tui.install.references import is_reference
from rancher_tui.install.secrets import ADDRESSES, password_span
from rancher_tui.text import clean
from screens.fields import Field, is_chosen, shown_value
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_word
from screens.widgets.editing import EditingLines
from screens.widgets.lines import Line, fit


class Form(EditingLines):
    """The fields of a step, their values as typed, and how each is judged."""

    SCROLLED = True

    class Typed(Message):
        """The text of the field being edited is another one now."""

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__(id="form")
        self.completer: Callable[[str], list[str]] | None = None
        """Gives the paths that begin with a text; None where paths are not completed."""
        self.fields = list(fields)
        self.hints: Mapping[str, str] = {}
        """What empty fields tell by path, where that depends on others; else what the table says."""
        self._values: list[str] = ["" for _ in self.fields]
        self._judged: Mapping[str, Status] = {}
        self._title_cells = max((cell_len(field.shown) for field in self.fields), default=0)

    @property
    def count(self) -> int:
        return len(self.fields)

    @property
    def here(self) -> Field | None:
        """The field under the cursor; None in a form without fields."""
        return self.fields[self.row] if self.fields else None

    @property
    def chosen_from(self) -> bool:
        """True when the field under the cursor has choices, or is a yes or no."""
        return self.here is not None and is_chosen(self.here)

    def show(self, values: list[str], judged: Mapping[str, Status]) -> None:
        """Draw these values; `judged` is the gravest status by path."""
        if (values, judged) != (self._values, self._judged):
            self._values, self._judged = values, dict(judged)
            self.refresh()

    def text_here(self) -> str:
        return self._values[self.row]

    def editable(self) -> bool:
        return bool(self.fields)

    def repaint_cursor(self) -> None:
        self.repaint_line(self.row)
        if self.completer is not None:
            self.post_message(self.Typed())

    def completions(self) -> list[str]:
        """The paths that begin with what was typed; none where no path is being typed at its end."""
        editor = self.editor
        if self.completer is None or editor is None or self.here is None or self.here.kind != "path":
            return []
        if not editor.text or editor.cursor < len(editor.text):
            return []
        return [path for path in self.completer(editor.text) if path != editor.text]

    def _key_in_edit(self, event: events.Key) -> None:
        if event.key == "right" and (found := self.completions()):
            self._complete(found)
        else:
            super()._key_in_edit(event)

    def _complete(self, found: list[str]) -> None:
        """Take what all have in common; where that is no more than what was typed, the first."""
        editor = self.editor
        if editor is not None:
            common = _shared(found)
            editor.text = common if len(common) > len(editor.text) else found[0]
            editor.end()
            self.repaint_cursor()

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, as near as there is one."""
        before, self.row = self.row, max(0, min(row, self.count - 1))
        if self.row != before:
            self.repaint_line(before)
            self.repaint_line(self.row)
            self.keep_in_view(self.row)
            self.post_message(self.Moved())

    def step(self, forward: bool) -> bool:
        before = self.row
        self.move_to(self.row + (1 if forward else -1))
        return self.row != before

    def _step_and_edit(self, forward: bool) -> None:
        if self.step(forward) and not self.chosen_from:
            self.edit()

    def move_key(self, key: str) -> bool:
        page = self.content_size.height - 1 if self.count > self.content_size.height else 0
        distance = {
            "up": -1, "shift+tab": -1, "down": 1, "tab": 1,
            "home": -self.count, "end": self.count, "pageup": -page or None, "pagedown": page or None,
        }.get(key)  # fmt: skip
        if key in ("down", "tab") and self.row == self.count - 1:
            self.post_message(self.Below())
        elif distance is not None:
            self.move_to(self.row + distance)
        return distance is not None

    @property
    def _holds_cursor(self) -> bool:
        """False while the keys go to another part of the screen, which shows a cursor of its own."""
        return self.screen.focused in (self, None)

    def on_focus(self) -> None:
        self.repaint_line(self.row)

    def on_blur(self) -> None:
        self.repaint_line(self.row)

    def line(self, number: int, cells: int) -> Line:
        field = self.fields[number]
        value = shown_value(field, self._values[number])
        here = number == self.row
        parts: Line = [
            (f" {signs().cursor if here and self._holds_cursor else ' '} ", "strong"),
            (fit(field.shown, self._title_cells) + "  ", "strong" if here else "plain"),
        ]
        room = max(8, cells - self._title_cells - 5)
        if here and self.editor is not None:
            window = self.editor.window(room)
            if field.kind == "secret" and not is_reference(self.editor.text):
                window = self.editor.masked(room, signs().secret)
            elif field.path in ADDRESSES and (span := password_span(self.editor.text, typing=True)):
                window = self.editor.masked(room, signs().secret, span)
            before, under, after = window
            typed: Line = [*parts, (before, "edit"), (under, "caret"), (after, "edit")]
            return [*typed, *self._offered(room - cell_len(before) - 1)]
        status = self._judged.get(field.path, Status.PASS)
        if status is not Status.PASS:
            word = f"  {finding_word(status)}"
            return [*parts, *self._value(field, value, here, room - cell_len(word)), (word, finding_ink(status))]
        return [*parts, *self._value(field, value, here, room)]

    def _offered(self, cells: int) -> Line:
        """What the key to the right would add, behind the caret."""
        found = self.completions()
        if not found or self.editor is None or cells < 4:
            return []
        rest = clean(found[0][len(self.editor.text) :])
        return [(fit(rest, min(cells, cell_len(rest))), "dim")]

    def _value(self, field: Field, value: str, here: bool, cells: int) -> Line:
        if value:
            text = clean(value)
            told = fit_end(text, cells) if field.kind == "path" else fit(text, min(cells, max(1, cell_len(text))))
            return [(told, "cursor" if here else "plain")]
        sign = signs().empty
        told = self.hints.get(field.path, field.hinted)
        hint = f" {told}" if told else ""
        return [(sign, "cursor" if here else "dim"), (fit(hint, max(0, min(cells - 1, cell_len(hint)))), "dim")]


def fit_end(text: str, cells: int) -> str:
    """`text` in at most `cells` columns: of a longer one its end, which names the file."""
    if cell_len(text) <= cells:
        return text
    kept = ""
    for sign in reversed(text):
        if cell_len(sign + kept) >= cells:
            break
        kept = sign + kept
    return signs().ellipsis + kept


def _shared(texts: list[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)
    same = next((index for index, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first if same is None else first[:same]
