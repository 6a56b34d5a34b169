"""Text to read in a box: a file, a difference, a list."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from rancher_tui.i18n import _
from screens.dialogs.dialog import Dialog, Pager
from screens.widgets.lines import Line, Text


class Reading(Dialog[None]):
    """A heading and lines, scrolled by the arrow and page keys."""

    TALL = True

    def __init__(self, heading: str, lines: list[Line]) -> None:
        super().__init__()
        self._heading = heading
        self._lines = lines

    def body(self) -> Iterator[Widget]:
        yield Text([[(self._heading, "strong")]], classes="short")
        yield Pager(self._lines)

    def keys(self) -> list[tuple[str, str, bool]]:
        return [*self.scroll_key("↑↓"), ("esc", _("close"), True)]
