"""HostMatrix: the hosts and the groups of checks under a cursor of cells, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from rancher_tui.i18n import _
from screens.look.signs import signs
from screens.panels.preflight import TITLES, Row
from screens.widgets.lines import Line, Lines, fit

NUMBER_CELLS = 5
LABEL_CELLS = 16
COLUMN_CELLS = 7


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
        self._rows = rows
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
        height = max(2, self.content_size.height) - 1
        self.top = max(min(self.top, self.row), self.row - height + 1, 0)

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

    def _titles(self, cells: int) -> Line:
        parts: Line = [(fit("   # " + _("address"), NUMBER_CELLS + LABEL_CELLS), "dim")]
        for column, title in enumerate(TITLES):
            parts.append(
                (fit(_(title), COLUMN_CELLS), "strong" if column == self.column and self.has_focus else "dim")
            )
        used = NUMBER_CELLS + LABEL_CELLS + COLUMN_CELLS * len(TITLES)
        return [*parts, (fit(f" {_('Docker')}", max(0, cells - used)), "dim")]

    def line(self, number: int, cells: int) -> Line:
        row = self._rows[number]
        here = number == self.row and self.has_focus
        name = f"{row.number:>3} " if row.number < 1000 else f"{row.number:>4}"
        parts: Line = [
            (signs().cursor if here else " ", "strong"),
            (name if row.number else "    ", "strong" if here else "dim"),
            (fit(row.label, LABEL_CELLS - 1) + " ", "strong" if here else "plain"),
        ]
        for column, (word, ink) in enumerate(row.cells):
            chosen = here and column == self.column
            parts += [(fit(word, COLUMN_CELLS - 1), "cursor" if chosen else ink), (" ", "plain")]
        used = NUMBER_CELLS + LABEL_CELLS + COLUMN_CELLS * len(row.cells)
        return [*parts, (fit(f" {row.told}", max(0, cells - used)), "dim")]


def rows_with(rows: Sequence[Row], words: frozenset[str]) -> list[int]:
    """Numbers of the nodes that have a cell with one of these words."""
    return [row.number for row in rows if row.number and any(word in words for word, _ink in row.cells)]
