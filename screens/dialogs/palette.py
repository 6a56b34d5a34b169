"""Find any action, step or field by a word: its title, its help or its key; what cannot be done now says why."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.widget import Widget

from rancher_tui.i18n import _
from screens.dialogs.dialog import Dialog, Entry
from screens.findable import Findable, everything, found
from screens.frame import Frame
from screens.widgets.lines import Line, Lines, fit


class Hits(Lines):
    """What was found, one of it marked; a word where nothing was."""

    SCROLLED = True

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Findable] = []
        self.row = 0

    @property
    def count(self) -> int:
        return max(1, len(self.found))

    def show(self, hits: list[Findable]) -> None:
        self.found, self.row, self.top = hits, 0, 0
        self.refresh()

    def move(self, distance: int) -> None:
        self.row = max(0, min(len(self.found) - 1, self.row + distance))
        self.keep_in_view(self.row)
        self.refresh()

    def line(self, number: int, cells: int) -> Line:
        if not self.found:
            return [(_("nothing is called that; fewer words find more"), "dim")]
        item = self.found[number]
        ink = "cursor" if number == self.row else "dim" if item.refusal else "plain"
        return [
            (fit(item.key, 8), "strong"),
            (fit(item.title, 21), ink),
            (" ", "plain"),
            (fit(item.refusal or item.text, max(0, cells - 30)), "warn" if item.refusal else "dim"),
        ]


class Palette(Dialog[None]):
    """A line to type in, and the actions, steps and fields that have these words."""

    TALL = True

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._items = everything(frame)

    def body(self) -> Iterator[Widget]:
        yield Entry("", _("find"))
        yield Hits()

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("enter", _("do it"), True), ("↑↓", _("choose"), True), ("esc", _("close"), True)]

    def on_mount(self) -> None:
        super().on_mount()
        self._find("")

    def on_entry_changed(self) -> None:
        self._find(self.query_one(Entry).text)

    def _find(self, text: str) -> None:
        self.query_one(Hits).show(found(self._items, text))

    def on_key(self, event: events.Key) -> None:
        distance = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}.get(event.key)
        if distance is not None:
            event.stop()
            self.query_one(Hits).move(distance)

    def on_entry_entered(self) -> None:
        hits = self.query_one(Hits)
        if hits.found:
            self.dismiss(None)
            self.app.call_later(hits.found[hits.row].do)
