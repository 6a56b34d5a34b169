"""NodeTable: the nodes as a table, edited in place, drawn line by line: a thousand rows cost what ten do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final

from rich.cells import cell_len

from rancher_tui.finding import Status
from rancher_tui.i18n import _
from rancher_tui.install.references import is_reference
from rancher_tui.install.state import ROLES, Node
from rancher_tui.text import clean
from screens.fields import Field
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_word
from screens.widgets.editing import EditingLines
from screens.widgets.lines import Line, fit

COLUMN_CELLS: Final = {
    "address": 15, "user": 9, "roles": 5, "port": 5, "ssh_key_path": 15, "internal_address": 12,
    "hostname_override": 14, "docker_socket": 20, "ssh_key": 14, "ssh_cert_path": 14, "ssh_cert": 14,
    "labels": 16, "taints": 16,
}  # fmt: skip
NUMBER_CELLS: Final = 5
CHECK_CELLS: Final = 8
LONG: Final = ("address", "ssh_key_path", "internal_address", "hostname_override")
"""Fields whose columns take what room is left, as far as their texts need it."""
Judged = Mapping[tuple[int, str], Status]
"""The gravest status of a cell, by row (from 0) and field; `` as field is the whole row."""


def cell_text(node: Node, path: str) -> str:
    """A cell as it is edited: roles and lists by their names."""
    value = getattr(node, path)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def cell_shown(node: Node, path: str) -> str:
    """A cell as it is drawn: roles by their letters."""
    if path == "roles":
        letters = [role[0] if role in node.roles else " " for role in ROLES]
        others = any(role not in ROLES for role in node.roles)
        return "".join(letters) + ("?" if others else "")
    return clean(cell_text(node, path))


class NodeTable(EditingLines):
    """Rows of nodes under a cursor of cells. The first line is the columns' names, the last one adds a host."""

    SCROLLED = True

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__(id="nodes")
        self.fields = list(fields)
        self._rows: tuple[Node, ...] = ()
        self._judged: Judged = {}
        self._looked_at: Set[int] = frozenset()
        self._changed: Set[int] = frozenset()
        self._longest: dict[str, int] = {}
        """Columns of the longest text of the fields that may be long."""
        self._first_column = 1
        """The first one in view beside the address."""

    @property
    def count(self) -> int:
        return len(self._rows) + 1

    @property
    def field(self) -> Field:
        """The column under the cursor."""
        return self.fields[self.column]

    def show(self, nodes: tuple[Node, ...], judged: Judged, looked_at: Set[int], changed: Set[int]) -> None:
        """Draw these nodes; the cursor stays on its row as far as there is one.

        `looked_at` are the rows (from 0) that were checked, `changed` those that have changed since.
        """
        if nodes is self._rows and (judged, looked_at, changed) == (self._judged, self._looked_at, self._changed):
            return
        self._rows, self._judged, self._looked_at, self._changed = nodes, judged, looked_at, changed
        self._longest = {path: max((cell_len(getattr(node, path)) for node in nodes), default=0) for path in LONG}
        self.row = max(0, min(self.row, len(nodes) - 1))
        self.refresh()

    def text_here(self) -> str:
        return cell_text(self._rows[self.row], self.field.path)

    def editable(self) -> bool:
        return bool(self._rows)

    def repaint_cursor(self) -> None:
        self._repaint_row(self.row)

    def _repaint_row(self, row: int) -> None:
        """The names of the columns take the first line of the view, so a row is drawn one line lower."""
        self.repaint_line(row + 1)

    def move_to(self, row: int, column: int | None = None) -> None:
        """Put the cursor on a cell, as near as there is one."""
        before, first = self.row, self._first_column
        self.row = max(0, min(row, len(self._rows) - 1))
        if column is not None:
            self.column = max(0, min(column, len(self.fields) - 1))
        self._show_column()
        moved = self._show_row()
        if not moved and first == self._first_column:
            self._repaint_row(before)
            self._repaint_row(self.row)
        else:
            self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        self._show_column()
        self._show_row()
        self.refresh()

    def _show_row(self) -> bool:
        """Keep the cursor's row, and the adding line below the last row, in view."""
        height = self.lines_in_view
        last = self.row + 1 if self.row == len(self._rows) - 1 else self.row
        top = max(min(self.top, self.row, max(0, self.count - height)), last - height + 1, 0)
        moved, self.top = top != self.top, top
        return moved

    def _show_column(self) -> None:
        self._first_column = max(1, min(self._first_column, self.column))
        while self._first_column < self.column and self.column not in self._columns(self.content_size.width):
            self._first_column += 1

    def _columns(self, cells: int) -> dict[int, int]:
        """The columns in view with their cells: the address always, in up to a third of the line;
        what is left goes to the long ones."""
        room = cells - NUMBER_CELLS - CHECK_CELLS
        found: dict[int, int] = {}
        for index in (0, *range(self._first_column, len(self.fields))):
            need = COLUMN_CELLS[self.fields[index].path] + 1
            if index == 0:
                need = max(need, min(self._longest.get("address", 0) + 1, cells // 3))
            if need > room and len(found) > 1:
                break
            found[index] = min(need, max(4, room))
            room -= need
        for index in found:
            wanted = self._longest.get(self.fields[index].path, 0) + 1 - found[index]
            if room > 0 and wanted > 0:
                extra = min(room, wanted)
                found[index] += extra
                room -= extra
        return found

    def step(self, forward: bool) -> bool:
        last = len(self.fields) - 1
        row, column = self.row, self.column + (1 if forward else -1)
        if column > last:
            row, column = row + 1, 0
        elif column < 0:
            row, column = row - 1, last
        if not 0 <= row < len(self._rows):
            return False
        self.move_to(row, column)
        return True

    def move_key(self, key: str) -> bool:
        page = max(1, self.content_size.height - 2)
        rows = {
            "up": -1, "down": 1, "pageup": -page, "pagedown": page,
            "ctrl+home": -self.count, "ctrl+end": self.count,
        }  # fmt: skip
        columns = {"left": -1, "right": 1, "home": -len(self.fields), "end": len(self.fields)}
        if key in rows:
            self.move_to(self.row + rows[key])
        elif key in columns:
            self.move_to(self.row, self.column + columns[key])
        elif key in ("tab", "shift+tab"):
            self.step(key == "tab")
        else:
            return False
        return True

    @property
    def lines_in_view(self) -> int:
        return max(1, self.content_size.height - 1)

    def line_in_view(self, y: int, cells: int) -> Line:
        if y == 0:
            return self._names(self._columns(cells), cells)
        return super().line_in_view(y - 1, cells)

    def line(self, number: int, cells: int) -> Line:
        if number == len(self._rows):
            return [(_("   + a adds a host, v pastes a list"), "dim")]
        return self._row(number, self._columns(cells), cells)

    def _names(self, columns: dict[int, int], cells: int) -> Line:
        parts: Line = [(fit("   #", NUMBER_CELLS), "dim")]
        for index, wide in columns.items():
            more = signs().before if index == self._first_column > 1 else ""
            parts.append((fit(more + self.fields[index].shown, wide), "strong" if index == self.column else "dim"))
        used = NUMBER_CELLS + sum(columns.values())
        hidden = len(self.fields) > max(columns, default=0) + 1
        parts.append((" " * max(0, cells - used - CHECK_CELLS - 1) + (signs().after if hidden else " "), "dim"))
        return [*parts, (fit(_("check"), CHECK_CELLS), "dim")]

    def _row(self, row: int, columns: dict[int, int], cells: int) -> Line:
        here = row == self.row
        parts: Line = [
            (signs().cursor if here else " ", "strong"),
            (f"{row + 1:>3} " if row < 999 else f"{row + 1:>4}", "strong" if here else "dim"),
        ]
        for index, wide in columns.items():
            parts += self._cell(row, index, wide)
        used = NUMBER_CELLS + sum(columns.values())
        word, ink = self._standing(row)
        parts.append((" " * max(0, cells - used - CHECK_CELLS), "plain"))
        return [*parts, (fit(word, CHECK_CELLS), ink)]

    def _standing(self, row: int) -> tuple[str, str]:
        """How the row stands: what is wrong with it, else whether its check passed, is stale, or was never run."""
        status = self._judged.get((row, ""), Status.PASS)
        if status is Status.PASS and row in self._changed:
            return _("stale"), "warn"
        if status is Status.PASS and row not in self._looked_at:
            return signs().empty, "dim"
        return finding_word(status), finding_ink(status)

    def _cell(self, row: int, column: int, cells: int) -> Line:
        field = self.fields[column]
        here = row == self.row and column == self.column
        if here and self.editor is not None:
            window = self.editor.window(cells - 1)
            if field.kind == "secret" and not is_reference(self.editor.text):
                window = self.editor.masked(cells - 1, signs().secret)
            before, under, after = window
            filled = " " * max(0, cells - 1 - cell_len(before + under + after))
            return [(before, "edit"), (under, "caret"), (after + filled, "edit"), (" ", "plain")]
        text = cell_shown(self._rows[row], field.path)
        status = self._judged.get((row, field.path), Status.PASS)
        ink = "cursor" if here else finding_ink(status) if status is not Status.PASS else "plain"
        if not text.strip():
            text, ink = signs().empty, ink if here else "dim"
        return [(fit(text, cells - 1), ink), (" ", "plain")]
