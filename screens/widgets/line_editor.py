"""LineEditor: the text and the cursor of a field being edited. Plain data and keys; draws nothing."""

from __future__ import annotations

from dataclasses import dataclass

from rancher_tui.text import width


@dataclass(slots=True)
class LineEditor:
    """One line of text under a cursor; `cursor` is an index into `text` from 0 to its length.

    While the text is `selected`, what is typed or pasted takes its place; any other key leaves it to be edited.
    """

    text: str = ""
    cursor: int = 0
    selected: bool = False

    def __post_init__(self) -> None:
        self.cursor = len(self.text)

    def key(self, key: str, character: str | None) -> bool:
        """Act on a key; False when it is no editing key."""
        if character is not None and character.isprintable():
            self.insert(character)
            return True
        action = _KEYS.get(key)
        if action is None:
            return False
        self.selected = False
        getattr(self, action)()
        return True

    def insert(self, text: str) -> None:
        """Put `text` at the cursor, or in place of a selected text; line ends become blanks."""
        if self.selected:
            self.kill_line()
            self.selected = False
        text = " ".join(text.split("\n")) if "\n" in text else text
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def left(self) -> None:
        self.cursor = max(0, self.cursor - 1)

    def right(self) -> None:
        self.cursor = min(len(self.text), self.cursor + 1)

    def home(self) -> None:
        self.cursor = 0

    def end(self) -> None:
        self.cursor = len(self.text)

    def backspace(self) -> None:
        if self.cursor:
            self.text = self.text[: self.cursor - 1] + self.text[self.cursor :]
            self.cursor -= 1

    def delete(self) -> None:
        self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]

    def word_left(self) -> None:
        before = self.text[: self.cursor].rstrip(" /.:,")
        self.cursor = max((before.rfind(sign) + 1 for sign in " /.:,"), default=0)

    def word_right(self) -> None:
        self.cursor = min(
            (place + 1 for sign in " /.:," if (place := self.text.find(sign, self.cursor)) >= 0),
            default=len(self.text),
        )

    def kill_word(self) -> None:
        end = self.cursor
        self.word_left()
        self.text = self.text[: self.cursor] + self.text[end:]

    def kill_line(self) -> None:
        self.text, self.cursor = "", 0

    def kill_rest(self) -> None:
        self.text = self.text[: self.cursor]

    def masked(self, cells: int, sign: str, span: tuple[int, int] | None = None) -> tuple[str, str, str]:
        """`window` of a secret: a sign for every character, or for those of `span` (first, end)."""
        begin, end = span or (0, len(self.text))
        hidden = LineEditor(self.text[:begin] + sign * (end - begin) + self.text[end:])
        hidden.cursor = self.cursor
        return hidden.window(cells)

    def window(self, cells: int) -> tuple[str, str, str]:
        """What of the text fits into `cells` columns: before the cursor, under it (blank at the end), after it."""
        under = self.text[self.cursor : self.cursor + 1] or " "
        before, room = self.text[max(0, self.cursor - cells) : self.cursor], cells - max(1, width(under))
        while width(before) > room:
            before = before[1:]
        after, room = self.text[self.cursor + 1 : self.cursor + 1 + cells], room - width(before)
        while width(after) > room:
            after = after[:-1]
        return before, under, after


_KEYS = {
    "left": "left",
    "right": "right",
    "home": "home",
    "ctrl+a": "home",
    "end": "end",
    "ctrl+e": "end",
    "backspace": "backspace",
    "delete": "delete",
    "ctrl+d": "delete",
    "ctrl+left": "word_left",
    "ctrl+right": "word_right",
    "ctrl+w": "kill_word",
    "ctrl+u": "kill_line",
    "ctrl+k": "kill_rest",
}
