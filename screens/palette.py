"""Find any action by a word: its title, its help or its key; what cannot be done now says why."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.widget import Widget

from rancher_tui import actions
from rancher_tui.actions import Action
from rancher_tui.i18n import _
from screens.dialog import Dialog, Entry
from screens.frame import Frame
from screens.widgets.lines import Line, Lines, fit


class Hits(Lines):
    """The actions that were found, one of them marked."""

    def __init__(self, place: str, refusals: dict[str, str]) -> None:
        super().__init__()
        self._place = place
        self._refusals = refusals
        self.found: list[Action] = []
        self.row = 0

    @property
    def count(self) -> int:
        return len(self.found)

    def show(self, found: list[Action]) -> None:
        self.found, self.row, self.top = found, 0, 0
        self.refresh()

    def move(self, distance: int) -> None:
        self.row = max(0, min(len(self.found) - 1, self.row + distance))
        self.keep_in_view(self.row)
        self.refresh()

    def line(self, number: int, cells: int) -> Line:
        action = self.found[number]
        refusal = self._refusals.get(action.id, "")
        ink = "cursor" if number == self.row else "dim" if refusal else "plain"
        return [
            (fit(actions.shown_key(action.key), 8), "strong"),
            (fit(action.shown(self._place), 18), ink),
            (fit(refusal or action.explained, max(0, cells - 26)), "warn" if refusal else "dim"),
        ]


class Palette(Dialog[None]):
    """A line to type in, and the actions that have these words."""

    TALL = True

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        table, holding = actions.table(), frame.holding()
        self._actions = table.at(frame.PLACE)
        holder = frame.rancher.holder_text()
        self._refusals = {action.id: table.refusal(action, holding, holder=holder) for action in self._actions}

    def body(self) -> Iterator[Widget]:
        yield Entry("", _("find"))
        yield Hits(self._frame.PLACE, self._refusals)

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("↑↓", _("choose"), True), ("enter", _("do it"), True), ("esc", _("close"), True)]

    def on_mount(self) -> None:
        super().on_mount()
        self._find("")

    def on_entry_changed(self) -> None:
        self._find(self.query_one(Entry).text)

    def _find(self, text: str) -> None:
        words = text.lower().split()
        place = self._frame.PLACE
        found = [action for action in self._actions if all(word in _haystack(action, place) for word in words)]
        found.sort(key=lambda action: not action.shown(place).lower().startswith(text.strip().lower()))
        self.query_one(Hits).show(found)

    def on_key(self, event: events.Key) -> None:
        distance = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}.get(event.key)
        if distance is not None:
            event.stop()
            self.query_one(Hits).move(distance)

    async def on_entry_entered(self) -> None:
        hits = self.query_one(Hits)
        self.dismiss(None)
        if hits.found:
            self.app.call_later(self._frame.action_do, hits.found[hits.row].id)


def _haystack(action: Action, place: str) -> str:
    return f"{action.shown(place)} {action.explained} {action.id} {action.key}".lower()
