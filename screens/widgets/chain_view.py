"""ChainView: the drawing of a chain with a cursor that stands on its certificates."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from screens.look.signs import signs
from screens.panels.certificates import Row
from screens.widgets.lines import Line, Lines


class ChainView(Lines, can_focus=True):
    """Lines of which some are certificates; up and down go from one to the next, page keys scroll."""

    SCROLLED = True

    class Moved(Message):
        """The cursor went elsewhere, or the drawing got or lost the keys."""

    class Above(Message):
        """The cursor was on the first certificate and was moved up."""

    def __init__(self) -> None:
        super().__init__(id="panel")
        self._rows: list[Row] = []
        self.chosen = 0

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def certificates(self) -> int:
        """How many certificates there are to choose."""
        return sum(row.certificate is not None for row in self._rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Draw these rows; the view stays where it is as far as there are lines."""
        if list(rows) == self._rows:
            return
        self._rows = list(rows)
        self.chosen = max(0, min(self.chosen, self.certificates - 1))
        self.top = min(self.top, max(0, len(self._rows) - 1))
        self.refresh()

    def choose(self, place: int) -> None:
        """Put the cursor on a certificate, as near as there is one."""
        self.chosen = max(0, min(place, self.certificates - 1))
        for number, row in enumerate(self._rows):
            if row.certificate == self.chosen:
                self.keep_in_view(max(0, number - 1) if self.chosen == 0 else number)
        self.refresh()
        self.post_message(self.Moved())

    def on_focus(self) -> None:
        self.choose(self.chosen)

    def on_blur(self) -> None:
        self.refresh()
        self.post_message(self.Moved())

    def on_key(self, event: events.Key) -> None:
        step = {"up": -1, "down": 1, "home": -self.certificates, "end": self.certificates}.get(event.key)
        if step is None:
            return
        event.stop()
        event.prevent_default()
        if event.key == "up" and self.chosen == 0:
            self.post_message(self.Above())
        else:
            self.choose(self.chosen + step)

    def line(self, number: int, cells: int) -> Line:
        row = self._rows[number]
        if row.certificate is None or row.certificate != self.chosen or not self.has_focus:
            return row.line
        (place, _ink), (name, _plain), *rest = row.line
        return [(f"{signs().cursor}{place[1:]}", "strong"), (name, "cursor"), *rest]
