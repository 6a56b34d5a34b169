"""The lines around every screen: header, title with its neighbours, the rule with its note, the keys."""

from __future__ import annotations

from rich.cells import cell_len

from rancher_tui.actions import Action, shown_key
from screens.look.signs import signs
from screens.widgets.lines import Line, Lines, fit, spread, wrap


class Bar(Lines):
    """One line with a left and a right part; the left one gives way."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._left: Line = []
        self._right: Line = []

    @property
    def count(self) -> int:
        return 1

    def line(self, number: int, cells: int) -> Line:
        return spread(self._left, self._right, cells)

    def show(self, left: Line, right: Line) -> None:
        """Draw these parts, if they are not there already."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()


class Rule(Lines):
    """A rule across the screen, with a note in it when there is one to tell; a long note goes on below it."""

    MOST = 3
    """Lines that a note may take."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._note = ""
        self._ink = "strong"

    @property
    def count(self) -> int:
        return len(self._told(self.content_size.width))

    @property
    def note(self) -> str:
        return self._note

    def _told(self, cells: int) -> list[str]:
        """The note in lines that leave room for the rule on both sides; one empty line without a note."""
        room = max(1, cells - 6)
        lines = wrap(self._note, room)
        if len(lines) > self.MOST:
            lines = [*lines[: self.MOST - 1], fit(" ".join(lines[self.MOST - 1 :]), room)]
        return lines

    def line(self, number: int, cells: int) -> Line:
        sign = signs().rule
        lines = self._told(cells)
        told = lines[number]
        if number == self.content_size.height - 1 < len(lines) - 1:
            told = fit(" ".join(lines[number:]), max(1, cells - 6))
        if not told:
            return [(sign * cells, "dim")]
        if number:
            return [(f"   {told}", self._ink)]
        text = f" {told} "
        return [(sign * 2, "dim"), (text, self._ink), (sign * (cells - 2 - cell_len(text)), "dim")]

    def show(self, note: str, ink: str = "strong") -> None:
        """Put `note` (cleaned text) into the rule; empty takes it away."""
        if (note, ink) != (self._note, self._ink):
            before, (self._note, self._ink) = self.count, (note, ink)
            self.refresh(layout=self.count != before)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._told(width))


class Keys(Lines):
    """The last line: the mode, and the keys that matter most here. What does not fit is left out."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._mode = ""
        self._keys: list[tuple[str, str, bool]] = []
        self._editing = False

    @property
    def count(self) -> int:
        return 1

    def show(self, mode: str, keys: list[tuple[str, str, bool]], editing: bool = False) -> None:
        """The mode's word, and key, title and whether it can be done now."""
        if (mode, keys) != (self._mode, self._keys):
            self._mode, self._keys, self._editing = mode, keys, editing
            self.refresh()

    def line(self, number: int, cells: int) -> Line:
        mode = f" {self._mode} " if self._mode else ""
        kept = self._fitting(cells - 1 - cell_len(mode))
        parts: Line = [(mode, "label" if self._editing else "moving")] if mode else []
        for key, title, able in kept:
            parts += [
                (" ", "plain"),
                (key, "strong" if able else "dim"),
                (f" {title} ", "plain" if able else "dim"),
            ]
        return parts

    def _fitting(self, cells: int) -> list[tuple[str, str, bool]]:
        """What there is room for, the last one (help) always; what cannot be done now is left out first."""
        *kept, last = self._keys or [("", "", False)]
        room = cells - _cells(last)
        while kept and sum(map(_cells, kept)) > room:
            unable = [index for index, (_key, _title, able) in enumerate(kept) if not able]
            del kept[unable[-1] if unable else -1]
        return [*kept, last] if self._keys else []


def _cells(key: tuple[str, str, bool]) -> int:
    return cell_len(key[0]) + cell_len(key[1]) + 3


def key_of(action: Action, place: str, able: bool) -> tuple[str, str, bool]:
    """An action as the last line shows it."""
    return shown_key(action.key), action.shown(place), able
