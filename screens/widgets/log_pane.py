"""LogPane: a log drawn from its file line by line. Follows the end until the reader moves away."""

from __future__ import annotations

import re

from textual import events
from textual.message import Message

from rancher_tui.i18n import _
from rancher_tui.rke.search import of_typed
from rancher_tui.text import clean
from screens.log_model import LogModel
from screens.look.signs import signs
from screens.widgets.lines import Line, Lines, broken, fit

_WORD = {"debug": "debg", "info": "info", "warning": "warn", "error": "fail", "fatal": "fail", "panic": "fail"}
_INK = {"warning": "warn", "error": "fail", "fatal": "fail", "panic": "fail", "debug": "dim"}
READ_IN = 0.98
"""The share of a log from which on it counts as taken in: a live one is never quite."""
SIDEWAYS = 20
"""Columns that Left and Right move."""


class LogPane(Lines, can_focus=True):
    """Rows of a LogModel. While it follows, the last line stays in view; a reader's place is never moved."""

    class Read(Message):
        """The reader moved, or followed again."""

    class Elsewhere(Message):
        """`G` was pressed, which goes to the end in other pagers."""

    def __init__(self) -> None:
        super().__init__(id="log")
        self.model: LogModel | None = None
        self.follow = True
        self.live = False
        """True while the log may still grow."""
        self.empty: list[Line] = []
        """What stands in the place of lines while there are none."""
        self.row = 0
        self.seen = 0
        """Rows that were there when the reader left the end."""
        self.as_written = False
        """True when lines are shown as they stand in the file."""
        self.sought = ""
        self._pattern: re.Pattern[str] | None = None
        self._shift = 0

    @property
    def count(self) -> int:
        return self.model.count if self.model else 0

    @property
    def fresh(self) -> int:
        """Lines that came since the reader left the end."""
        return 0 if self.follow else max(0, self.count - self.seen)

    def show(self, model: LogModel | None) -> None:
        """Draw another log, from its end."""
        self.model, self.follow, self.top, self.row, self._shift = model, True, 0, 0, 0
        self.grown()

    def grown(self) -> None:
        """Lines were added."""
        height = max(1, self.content_size.height)
        if self.follow:
            self.row = max(0, self.count - 1)
            self.top = max(0, self.count - height)
            self.refresh()
        elif self.top + height > self.seen:
            self.refresh()

    def on_resize(self) -> None:
        """The end stays in view for who follows, the reader's line for who reads."""
        if self.follow:
            self.grown()
        else:
            self.keep_in_view(self.row)
            self.refresh()

    def seek(self, text: str) -> None:
        """Mark what is sought from now on: a text, or `/a regular expression/`."""
        wanted = of_typed(text)
        self.sought = text
        self._pattern = re.compile(wanted.pattern.decode(), wanted.flags & re.IGNORECASE) if wanted else None
        self.refresh()

    def begin_following(self) -> None:
        self.follow = True
        self.grown()
        self.post_message(self.Read())

    def move_to(self, row: int) -> None:
        """Put the reader on a row; the end is no longer followed, unless the last row is meant."""
        if self.follow:
            self.seen = self.count
        self.row = max(0, min(row, self.count - 1))
        self.follow = False
        self.keep_in_view(self.row)
        self.refresh()
        self.post_message(self.Read())

    def fill(self) -> None:
        """Scroll back where lines are hidden above and there is room below: a filter left fewer of them."""
        last = max(0, self.count - max(1, self.content_size.height))
        if self.top > last:
            self.top = last
            self.refresh()

    def on_key(self, event: events.Key) -> None:
        page = max(1, self.content_size.height - 1)
        distance = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -self.count}.get(event.key)
        if distance is not None:
            event.stop()
            if not (self.follow and distance > 0):
                self.move_to(self.row + distance)
        elif event.key in ("left", "right"):
            event.stop()
            self._shift = max(0, self._shift + (SIDEWAYS if event.key == "right" else -SIDEWAYS))
            self.refresh()
        elif event.character == "G":
            event.stop()
            self.post_message(self.Elsewhere())

    def tell_instead(self, lines: list[Line]) -> None:
        """What to tell while there are no lines."""
        if lines != self.empty:
            self.empty = lines
            self.refresh()

    def line_in_view(self, y: int, cells: int) -> Line:
        if self.count:
            return super().line_in_view(y, cells)
        told = [part for line in self.empty for part in broken(line, cells)]
        return told[y] if y < len(told) else []

    def line(self, number: int, cells: int) -> Line:
        if self.model is None:
            return []
        if self.as_written:
            text = clean(self.model.raw(number).decode("utf-8", "replace"))
            return [(self._cut(text, cells), "cursor" if self._marked(number) else "plain")]
        line = self.model.parsed(number)
        ink = _INK.get(line.level, "plain")
        began = self.model.progress.first_time
        seconds = f"{(line.time - began).total_seconds():.0f}" if line.time and began else ""
        mark = signs().cursor if self._marked(number) else " "
        head: Line = [
            (mark, "strong"),
            (fit(_WORD.get(line.level, ""), 5), ink),
            (f"{seconds:>4} ", "dim"),
        ]
        body = self._cut(clean(line.text), cells - 11)
        return [*head, *self._with_hits(body, "strong" if self._marked(number) else ink)]

    def _marked(self, number: int) -> bool:
        return number == self.row and not self.follow

    def _cut(self, text: str, cells: int) -> str:
        return fit(text[self._shift :], cells)

    def _with_hits(self, text: str, ink: str) -> Line:
        """The text with what is sought marked."""
        if self._pattern is None:
            return [(text, ink)]
        parts: Line = []
        at = 0
        for match in self._pattern.finditer(text):
            parts += [(text[at : match.start()], ink), (match[0], "label")]
            at = match.end()
        return [*parts, (text[at:], ink)]

    def place(self) -> str:
        """Where the reader is: `1,204/1,204 FOLLOW`, how many lines are new, how much was taken in so far."""
        if self.model is not None and not self.live and self.model.taken_in < READ_IN:
            return _("{percent} % of the log is read in").format(percent=int(self.model.taken_in * 100))
        row = min(self.row + 1, self.count)
        if self.follow and self.live:
            return _("{row:,}/{count:,} FOLLOW").format(row=row, count=self.count)
        if self.follow:
            return _("{row:,}/{count:,} end").format(row=row, count=self.count)
        if self.fresh:
            return _("{row:,}/{count:,} {number:,} new (f)").format(row=row, count=self.count, number=self.fresh)
        return _("{row:,}/{count:,} reading").format(row=row, count=self.count)
