"""One line of the log in full."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from rancher_tui.i18n import _
from rancher_tui.rke.lines import LogLine
from rancher_tui.text import clean, clean_block
from screens.dialogs.dialog import Dialog, Pager
from screens.widgets.lines import Line, wrap

_CELLS = 74


class LineDetails(Dialog[None]):
    """Number, time, level, hosts, text."""

    TALL = True

    def __init__(self, number: int, line: LogLine) -> None:
        super().__init__()
        self._number = number
        self._line = line

    def body(self) -> Iterator[Widget]:
        line = self._line
        head = [_("line {number}").format(number=self._number + 1), line.level, ", ".join(line.hosts)]
        if line.time is not None:
            head.append(line.time.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z"))
        lines: list[Line] = [[(clean("  ".join(part for part in head if part)), "strong")], [("", "plain")]]
        for text in clean_block(line.text).split("\n"):
            lines += [[(piece, "plain")] for piece in wrap(text, _CELLS)]
        yield Pager(lines)

    def keys(self) -> list[tuple[str, str, bool]]:
        return [*self.scroll_key("↑↓"), ("esc", _("close"), True)]
