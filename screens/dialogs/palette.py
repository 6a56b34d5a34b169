"""Find any action, step or field by a word: its title, its help or its key; what cannot be done now says why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from textual import events
from textual.widget import Widget

from rancher_tui import actions
from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens import registry
from screens.dialogs.dialog import Dialog, Entry
from screens.fields import fields_of, text_at
from screens.frame import Frame
from screens.look.words import shown, step_title
from screens.widgets.lines import Line, Lines, fit


@dataclass(frozen=True, slots=True)
class Findable:
    """Something to find: key, title, what it does, why it cannot be done now, and how it is done."""

    key: str
    title: str
    text: str
    refusal: str
    do: Callable[[], Awaitable[None]]
    name: str = ""
    """Its id or path: found by it too, in whatever language the screens are."""

    @property
    def haystack(self) -> str:
        return f"{self.title} {self.text} {self.key} {self.name}".lower()


class Hits(Lines):
    """What was found, one of it marked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Findable] = []
        self.row = 0

    @property
    def count(self) -> int:
        return len(self.found)

    def show(self, found: list[Findable]) -> None:
        self.found, self.row, self.top = found, 0, 0
        self.refresh()

    def move(self, distance: int) -> None:
        self.row = max(0, min(len(self.found) - 1, self.row + distance))
        self.keep_in_view(self.row)
        self.refresh()

    def line(self, number: int, cells: int) -> Line:
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
        self._items = [*_actions(frame), *_steps(frame), *_fields(frame)]

    def body(self) -> Iterator[Widget]:
        yield Entry("", _("find"))
        yield Hits()

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("↑↓", _("choose"), True), ("enter", _("do it"), True), ("esc", _("close"), True)]

    def on_mount(self) -> None:
        super().on_mount()
        self._find("")

    def on_entry_changed(self) -> None:
        self._find(self.query_one(Entry).text)

    def _find(self, text: str) -> None:
        """What holds every word; titles that begin with the text come first."""
        words, begin = text.lower().split(), text.strip().lower()
        found = [item for item in self._items if all(word in item.haystack for word in words)]
        self.query_one(Hits).show(sorted(found, key=lambda item: not item.title.lower().startswith(begin)))

    def on_key(self, event: events.Key) -> None:
        distance = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}.get(event.key)
        if distance is not None:
            event.stop()
            self.query_one(Hits).move(distance)

    def on_entry_entered(self) -> None:
        hits = self.query_one(Hits)
        self.dismiss(None)
        if hits.found:
            self.app.call_later(hits.found[hits.row].do)


def _actions(frame: Frame) -> Iterator[Findable]:
    """What can be done on the screen."""
    table, holding, holder = actions.table(), frame.holding(), frame.rancher.holder_text()
    for action in table.at(frame.PLACE):
        refusal = table.refusal(action, holding, holder=holder)
        key, title = actions.shown_key(action.key), action.shown(frame.PLACE)
        yield Findable(key, title, action.explained, refusal, partial(frame.action_do, action.id), action.id)


def _steps(frame: Frame) -> Iterator[Findable]:
    """The steps of the session that is open."""
    for item in frame.rancher.steps:
        number, title = item.step.number, step_title(item.step)
        do = partial(frame.rancher.go, item.step.slug)
        yield Findable(f"g {number}", f"{number} {title}", shown(item.note), "", do, item.step.slug)


def _fields(frame: Frame) -> Iterator[Findable]:
    """Every field of the session that is open, with what it holds; of the nodes the columns."""
    state = frame.rancher.state
    if state is None:
        return
    for place in registry.PLACES:
        where = _(actions.table().places[place])
        for field in fields_of(place):
            held = "" if place == "nodes" else clean(text_at(state, field.path))
            text = f"{where}: {held}" if held else where
            do = partial(frame.rancher.going.to_field, place, field.path)
            yield Findable("", field.shown, text, "", do, field.path)
