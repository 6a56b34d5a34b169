"""HostMatrix: the hosts and the groups of checks under a cursor of cells, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message

from rancher_tui.i18n import _
from screens.look.signs import signs
from screens.panels.preflight import TITLES, Row
from screens.widgets.lines import Line, Lines, fit

NUMBER_CELLS = 5
LABEL_CELLS = 16
TOLD_CELLS = 13
"""What a long address leaves to that which was learnt of the hosts."""
SHORTEST = 4
"""Cells of the usual words: pass, warn, fail."""


class HostMatrix(Lines, can_focus=True):
    """Rows of hosts; the first line names the groups. The cursor stays on its row as far as there is one."""

    SCROLLED = True

    class Moved(Message):
        """The cursor went elsewhere, or the matrix got or lost the keys."""

    class Above(Message):
        """The cursor was at the top and was moved up."""

    def __init__(self) -> None:
        super().__init__(id="matrix")
        self._rows: list[Row] = []
        self._laid_out: tuple[int, int, list[int]] = (-1, 0, [])
        """For so many columns: those of the addresses and of each group."""
        self.row = 0
        self.column = 0

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def here(self) -> Row | None:
        """The row under the cursor; None without any."""
        return self._rows[self.row] if self._rows else None

    def show(self, rows: list[Row]) -> None:
        """Draw these rows."""
        if rows == self._rows:
            return
        relayout = len(rows) != len(self._rows)
        self._rows, self._laid_out = rows, (-1, 0, [])
        self.row = max(0, min(self.row, len(rows) - 1))
        self._keep_row()
        self.refresh(layout=relayout)

    def move_to(self, row: int, column: int | None = None) -> None:
        """Put the cursor on a cell, as near as there is one."""
        self.row = max(0, min(row, len(self._rows) - 1))
        if column is not None:
            self.column = max(0, min(column, len(TITLES) - 1))
        self._keep_row()
        self.refresh()
        self.post_message(self.Moved())

    def move_to_subject(self, subject: str, column: int) -> bool:
        """Put the cursor on the cell of a subject; False where there is no such row."""
        row = next((index for index, row in enumerate(self._rows) if row.subject == subject), None)
        if row is not None:
            self.move_to(row, column)
        return row is not None

    def _keep_row(self) -> None:
        height = self.lines_in_view
        self.top = max(min(self.top, self.row, max(0, self.count - height)), self.row - height + 1, 0)

    def on_resize(self) -> None:
        self._keep_row()
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()
        self.post_message(self.Moved())

    def on_blur(self) -> None:
        self.refresh()
        self.post_message(self.Moved())

    def on_key(self, event: events.Key) -> None:
        page = max(1, self.content_size.height - 2)
        rows = {
            "up": -1,
            "down": 1,
            "pageup": -page,
            "pagedown": page,
            "ctrl+home": -self.count,
            "ctrl+end": self.count,
        }
        columns = {"left": -1, "right": 1, "home": -len(TITLES), "end": len(TITLES)}
        if event.key == "up" and self.row == 0:
            self.post_message(self.Above())
        elif event.key in rows:
            self.move_to(self.row + rows[event.key])
        elif event.key in columns:
            self.move_to(self.row, self.column + columns[event.key])
        else:
            return
        event.stop()
        event.prevent_default()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows) + 1

    @property
    def lines_in_view(self) -> int:
        return max(1, self.content_size.height - 1)

    def line_in_view(self, y: int, cells: int) -> Line:
        return self._titles(cells) if y == 0 else super().line_in_view(y - 1, cells)

    def _lay_out(self, cells: int) -> tuple[int, list[int]]:
        """Cells of the addresses and of each group: as wide as their words; the addresses get what is to spare."""
        if self._laid_out[0] != cells:
            words = [
                [_(title), *(row.cells[column][0] for row in self._rows)] for column, title in enumerate(TITLES)
            ]
            groups = [max(SHORTEST, *map(cell_len, column)) + 1 for column in words]
            room = cells - NUMBER_CELLS - sum(groups)
            longest = max((cell_len(row.label) + 1 for row in self._rows), default=0)
            label = min(max(LABEL_CELLS, min(longest, room - TOLD_CELLS)), max(8, room))
            self._laid_out = (cells, label, groups)
        return self._laid_out[1:]

    def _titles(self, cells: int) -> Line:
        label, groups = self._lay_out(cells)
        parts: Line = [(fit("   # " + _("address"), NUMBER_CELLS + label), "dim")]
        for column, (title, wide) in enumerate(zip(TITLES, groups, strict=True)):
            parts.append((fit(_(title), wide), "strong" if column == self.column and self.has_focus else "dim"))
        used = NUMBER_CELLS + label + sum(groups)
        return [*parts, (fit(f" {_('Docker, OS')}", max(0, cells - used)), "dim")]

    def line(self, number: int, cells: int) -> Line:
        row = self._rows[number]
        here = number == self.row and self.has_focus
        label, groups = self._lay_out(cells)
        name = f"{row.number:>3} " if row.number < 1000 else f"{row.number:>4}"
        parts: Line = [
            (signs().cursor if here else " ", "strong"),
            (name if row.number else "    ", "strong" if here else "dim"),
            (fit(row.label, label - 1) + " ", "strong" if here else "plain"),
        ]
        for column, ((word, ink), wide) in enumerate(zip(row.cells, groups, strict=True)):
            chosen = here and column == self.column
            parts += [(fit(word, wide - 1), "cursor" if chosen else ink), (" ", "plain")]
        used = NUMBER_CELLS + label + sum(groups)
        return [*parts, (fit(f" {row.told}", max(0, cells - used)), "dim")]


def rows_with(rows: Sequence[Row], words: frozenset[str]) -> list[int]:
    """Numbers of the nodes that have a cell with one of these words."""
    return [row.number for row in rows if row.number and any(word in words for word, _ink in row.cells)]
