"""Paper: what the terminal shows now, so that only cells that changed are sent to it.

Textual sends every dirty region again, several times while a screen is being built. On a slow link bytes are what
hurts (20 KB/s: 13 KB for one change of screen is 650 ms), so its updates are compared with what was sent before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from screens.look.sgr import change, same_blank

Cell = tuple[str, Style | None]
"""A character and its style; the second column of a wide character has the character ``."""

GAP = 6
"""Unchanged cells that are sent again rather than jumped over: a jump costs about as many bytes."""

_NULL = Style.null()


class Sent(CompositorUpdate):
    """An update that is the finished text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render_segments(self, console: Console) -> str:
        return self._text


class Paper:
    """The cells that the terminal shows; without `colours` none is sent, whatever a style says."""

    def __init__(self, *, colours: bool = True) -> None:
        self._colours = colours
        self._rows: dict[int, list[Cell | None]] = {}
        self._width = 0

    def forget(self) -> None:
        """The terminal may show anything: everything is sent again."""
        self._rows.clear()

    def changes(self, update: CompositorUpdate, width: int, console: Console) -> str | None:
        """The text that brings the terminal to `update`; None for a kind of update that is not known."""
        if width != self._width:
            self.forget()
            self._width = width
        pieces = _pieces(update)
        if pieces is None:
            self.forget()
            return None
        written: list[str] = []
        style = _NULL
        for y, x, strip in pieces:
            for start, cells in self._changed(y, x, strip):
                written.append(f"\x1b[{y + 1};{start + 1}H")
                style = _write(cells, style, self._system(console), written)
        if written and style is not _NULL:
            written.append("\x1b[0m")
        return "".join(written)

    def _system(self, console: Console) -> ColorSystem | None:
        """The colours that the terminal has; None where none is wanted."""
        return (console._color_system or ColorSystem.STANDARD) if self._colours else None

    def _changed(self, y: int, x: int, strip: Strip) -> Iterator[tuple[int, list[Cell]]]:
        """The runs of cells of a piece that differ from what is shown; they are taken as shown from now on."""
        row = self._rows.setdefault(y, [])
        cells = _cells(strip)[: max(0, self._width - x)]
        row.extend([None] * (x + len(cells) - len(row)))
        changed = [index for index, cell in enumerate(cells) if row[x + index] != cell]
        row[x : x + len(cells)] = cells
        run: list[int] = []
        for index in changed:
            if run and index - run[-1] > GAP:
                yield _whole(cells, x, run[0], run[-1])
                run = []
            run.append(index)
        if run:
            yield _whole(cells, x, run[0], run[-1])


def _whole(cells: list[Cell], x: int, first: int, last: int) -> tuple[int, list[Cell]]:
    """A run without half of a wide character at either end."""
    while first > 0 and cells[first][0] == "":
        first -= 1
    while last + 1 < len(cells) and cells[last + 1][0] == "":
        last += 1
    return x + first, cells[first : last + 1]


def _cells(strip: Strip) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _control in strip:
        if text.isascii():
            cells += [(character, style) for character in text]
        else:
            for character in text:
                wide = cell_len(character)
                if wide == 0 and cells:
                    before, its_style = cells[-1]
                    cells[-1] = (before + character, its_style)
                elif wide:
                    cells.append((character, style))
                    cells += [("", style)] * (wide - 1)
    return cells


def _write(cells: Iterable[Cell], style: Style, system: ColorSystem | None, written: list[str]) -> Style:
    """Append the cells' text, with a change of style only where there is one; the style that holds at the end."""
    for character, wanted in cells:
        wanted = wanted or _NULL
        if wanted is not style and not (character == " " and same_blank(style, wanted)):
            if codes := change(style, wanted, system):
                written.append(codes)
            style = wanted
        written.append(character)
    return style


def _pieces(update: CompositorUpdate) -> list[tuple[int, int, Strip]] | None:
    """Row, column and content of everything that an update draws."""
    if isinstance(update, LayoutUpdate):
        return [
            (y, update.region.x, Strip.join(list(line))) for y, line in enumerate(update.strips, update.region.y)
        ]
    if isinstance(update, ChopsUpdate):
        return list(_chops(update))
    return None


def _chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= last and end > first:
                yield y, x, strip.crop(0, min(end, last) - x)
