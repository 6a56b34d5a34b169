"""Lines: a widget that draws lines of inked text from its top line on, without scrollbars, markup or children.

A line is a list of parts `(text, ink)`. Text is drawn as it is: what comes from outside is cleaned before.
Inks are names of styles (`screens/inks.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, repeat
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from rancher_tui.text import clean
from screens.look.inks import COLOURLESS, ink
from screens.look.signs import plain, signs

Part = tuple[str, str]
Line = list[Part]


def fit(text: str, cells: int) -> str:
    """`text` in exactly `cells` columns: filled with blanks, or cut with a sign that says so."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return text + " " * (cells - cell_len(text))
    return set_cell_size(text, cells - 1) + signs().ellipsis


def wrap(text: str, cells: int) -> list[str]:
    """`text` broken at blanks, and between Chinese characters, into lines of at most `cells` columns.

    A longer word is broken where it must be; a closing mark stays with what it closes.
    """
    lines: list[str] = []
    line = ""
    for gap, word in _words(text):
        if line and cell_len(line) + len(gap) + cell_len(word) > cells:
            lines.append(line)
            line = word
        else:
            line = f"{line}{gap}{word}" if line else word
        while cell_len(line) > max(1, cells):
            head = set_cell_size(line, cells).rstrip() or line[0]
            lines.append(head)
            line = line[len(head) :]
    lines.append(line)
    return lines


_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING = "（《〈「『【“‘"
_CLOSING = "，。、；：？！）》〉」』】”’…—·"
_PIECE = re.compile(rf"[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|[^ {_WIDE}{_OPENING}{_CLOSING}]+[{_CLOSING}]*|.")


def _words(text: str) -> Iterator[tuple[str, str]]:
    """What is not broken, each with the blank before it or nothing: words, single Chinese characters."""
    for word in text.split(" "):
        if word.isascii():
            yield " ", word
        else:
            yield from zip(chain((" ",), repeat("")), _PIECE.findall(word), strict=False)


def spread(left: Line, right: Line, cells: int) -> Line:
    """`left` at the beginning and `right` at the end of a line; the left part gives way."""
    room = cells - sum(cell_len(text) for text, _ in right)
    fitted: Line = []
    for text, name in left:
        taken = min(cell_len(text), room)
        if taken <= 0:
            break
        fitted.append((fit(text, taken), name))
        room -= taken
    return [*fitted, (" " * max(0, room), "plain"), *right]


def broken(line: Line, cells: int) -> list[Line]:
    """A line whose last part goes on below itself where it is too long for so many columns."""
    if not line or sum(cell_len(text) for text, _name in line) <= cells:
        return [line]
    *head, (text, name) = line
    indent = sum(cell_len(before) for before, _name in head)
    if cells - indent < 10:
        return [line]
    first, *rest = wrap(text, cells - indent)
    return [[*head, (first, name)], *([(" " * indent, "plain"), (more, name)] for more in rest)]


def cut(line: Line, cells: int) -> Line:
    """The first so many columns of a line, filled with blanks."""
    kept: Line = []
    for text, name in line:
        taken = min(cell_len(text), cells)
        kept.append((set_cell_size(text, taken), name))
        cells -= taken
    return [*kept, (" " * cells, "plain")]


def harmless(text: str) -> str:
    """`text` without anything that a terminal would act on, whoever forgot to clean it: the last gate."""
    return text if text.isprintable() else clean(text, max(1, len(text) * 10))


class Lines(Widget):
    """Draws `self.line(y)` for every line in view. Subclasses give `count` and `line`."""

    SCROLLED: ClassVar[bool] = False
    """A sign in the last column tells that there is more above the first line in view, or below the last."""
    top = 0

    @property
    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, number: int, cells: int) -> Line:
        """The parts of line `number` for a width of `cells` columns."""
        raise NotImplementedError

    def ink(self, name: str) -> Style:
        """The style of an ink in the theme of now."""
        return ink(name, COLOURLESS if self.app.no_color else self.app.theme)

    def render_line(self, y: int) -> Strip:
        return self.strip(self.line_in_view(y, self.content_size.width))

    def line_in_view(self, y: int, cells: int) -> Line:
        """The parts of the line that stands `y` lines below the top of the view."""
        number = self.top + y
        if number >= self.count:
            return []
        line, more = self.line(number, cells), self._more(number)
        return [*cut(line, cells - 1), (more, "strong")] if more else line

    def _more(self, number: int) -> str:
        """The sign at the end of a line in view; empty where nothing is hidden behind it."""
        if not self.SCROLLED:
            return ""
        if number == self.top > 0:
            return "▴"
        return "▾" if number == self.top + self.lines_in_view - 1 < self.count - 1 else ""

    @property
    def lines_in_view(self) -> int:
        """How many lines the view has room for."""
        return max(1, self.content_size.height)

    def place_of(self, name: str) -> Offset | None:
        """Where on the terminal the first part in that ink begins; None where none is in view."""
        area = self.content_region
        for y in range(area.height):
            x = 0
            for text, its_name in self.line_in_view(y, area.width):
                if its_name == name and text:
                    return area.offset + Offset(x, y)
                x += cell_len(plain(text))
        return None

    def strip(self, parts: Line) -> Strip:
        """Parts as Textual draws them, in exactly the width of the widget."""
        segments = [Segment(plain(harmless(text)), self.ink(name)) for text, name in parts if text]
        return Strip(segments).adjust_cell_length(self.content_size.width, self.ink("plain"))

    def repaint_line(self, number: int) -> None:
        """Draw one line anew."""
        self.refresh(Region(0, number - self.top, self.size.width, 1))

    def keep_in_view(self, number: int) -> bool:
        """Scroll so that line `number` is seen; True when that moved the view."""
        height = max(1, self.content_size.height)
        top = min(self.top, number)
        top = max(top, number - height + 1, 0)
        moved = top != self.top
        self.top = top
        if moved:
            self.refresh()
        return moved

    def scroll_by(self, lines: int) -> None:
        """Move the view by so many lines, within what there is."""
        last = max(0, self.count - max(1, self.content_size.height))
        top = max(0, min(last, self.top + lines))
        if top != self.top:
            self.top = top
            self.refresh()


class Text(Lines):
    """Lines that were given, wrapped to the width: a paragraph, a file, a panel."""

    def __init__(
        self,
        lines: list[Line] | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = lines or []
        self._laid_out: tuple[int, list[Line]] = (0, self._lines)
        """The lines in so many columns."""

    @property
    def count(self) -> int:
        return len(self._in(self.content_size.width))

    def line(self, number: int, cells: int) -> Line:
        lines = self._in(cells)
        return lines[number] if number < len(lines) else []

    def _in(self, cells: int) -> list[Line]:
        if cells > 0 and self._laid_out[0] != cells:
            room = cells - self.SCROLLED
            self._laid_out = (cells, [part for line in self._lines for part in broken(line, room)])
        return self._laid_out[1]

    def show(self, lines: list[Line]) -> None:
        """Draw these lines instead; the view stays where it is as far as there are lines."""
        if lines == self._lines:
            return
        before = self.count
        self._lines, self._laid_out = lines, (0, lines)
        after = self.count
        self.top = min(self.top, max(0, after - 1))
        self.refresh(layout=after != before)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return max(1, len(self._in(width)))
