"""One line of the log in full."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.widget import Widget

from rancher_tui.i18n import _
from rancher_tui.rke.lines import LogLine
from rancher_tui.text import clean, clean_block
from screens.dialogs.dialog import Dialog, Pager
from screens.look.words import shown
from screens.widgets.lines import Line

if TYPE_CHECKING:
    from rancher_tui.rke.causes import Problem


class LineDetails(Dialog[None]):
    """Number, time, level, hosts, text."""

    TALL = True

    def __init__(
        self, number: int, line: LogLine, problem: Problem | None = None, zone: tzinfo | None = None
    ) -> None:
        super().__init__()
        self._zone = zone
        self._number = number
        self._line = line
        self._problem = problem

    def body(self) -> Iterator[Widget]:
        line = self._line
        head = [_("line {number}").format(number=self._number + 1), line.level, ", ".join(line.hosts)]
        if line.time is not None:
            head.append(line.time.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S %Z"))
        lines: list[Line] = [[(clean("  ".join(part for part in head if part)), "strong")], [("", "plain")]]
        lines += [[(text, "plain")] for text in clean_block(line.text).split("\n")]
        yield Pager([*lines, *(_meaning(self._problem) if self._problem else [])])

    def keys(self) -> list[tuple[str, str, bool]]:
        return [*self.scroll_key("↑↓"), ("esc", _("close"), True)]


def _meaning(problem: Problem) -> list[Line]:
    """What a problem means and what to do about it, below the words of the log."""
    from rancher_tui.rke.causes import advice

    lines: list[Line] = []
    if problem.cause is not None:
        lines += [[("", "plain")], [(_("What it means"), "title")], [(shown(problem.cause.title), "plain")]]
        detail = shown(problem.cause.detail)
        lines += [[(detail, "plain")]] if detail else []
    remedy = shown(advice(problem))
    return [*lines, [("", "plain")], [(_("What to do"), "title")], [(remedy, "plain")]] if remedy else lines
