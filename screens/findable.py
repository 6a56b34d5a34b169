"""What can be found by a word: actions here and on other screens, steps, fields; each with how it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rancher_tui import actions
from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens import registry
from screens.fields import fields_of, shown_value, text_at
from screens.frame import Frame
from screens.look.words import shown, step_title

WIDESPREAD = 6
"""An action of more places than these is one of moving about or of forms: it is not listed for other screens."""


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

    def rank(self, text: str) -> int:
        """How well `text` names it, 0 the best: its key or title, words of its title, its name, its help."""
        title, words = self.title.lower(), text.split()
        if text and (self.key == text or title.startswith(text.lower())):
            return 0
        low = [word.lower() for word in words]
        if all(any(part.startswith(word) for part in title.split()) for word in low):
            return 1
        return 2 if all(word in f"{title} {self.name.lower()}" for word in low) else 3


def found(items: Sequence[Findable], text: str) -> list[Findable]:
    """Those that hold every word of `text`, what is meant best first; all of them, as they are, for no words."""
    words = text.lower().split()
    holding = [item for item in items if all(word in item.haystack for word in words)]
    return sorted(holding, key=lambda item: item.rank(text.strip())) if words else holding


def everything(frame: Frame) -> list[Findable]:
    """What there is to find from a screen, its own actions first."""
    return [*_actions(frame), *_steps(frame), *_fields(frame), *_elsewhere(frame)]


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
            held = "" if place == "nodes" else clean(shown_value(field, text_at(state, field.path)))
            text = _("{place}: {help}").format(place=where, help=held) if held else where
            do = partial(frame.rancher.going.to_field, place, field.path)
            yield Findable("", field.shown, text, "", do, field.path)


def _elsewhere(frame: Frame) -> Iterator[Findable]:
    """What can be done on other screens of the session: it is done there."""
    if frame.rancher.state is None:
        return
    table = actions.table()
    for place in registry.PLACES:
        if place in (frame.PLACE, "sessions", "overview"):
            continue
        for action in table.at(place):
            if frame.PLACE in action.places or len(action.places) > WIDESPREAD:
                continue
            text = _("{place}: {help}").format(place=_(table.places[place]), help=action.explained)
            do = partial(frame.rancher.going.to_action, place, action.id)
            yield Findable(actions.shown_key(action.key), action.shown(place), text, "", do, action.id)
