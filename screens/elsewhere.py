"""Keys that act on other screens: what such a key does, and where, told where it does nothing."""

from __future__ import annotations

from rancher_tui import actions
from rancher_tui.actions import Action, shown_key
from rancher_tui.i18n import _
from rancher_tui.install.steps import STEPS

_FEW = 1
"""Places that are named; of more, the numbers of their steps."""


def told(place: str, key: str, character: str | None) -> str:
    """What a key that does nothing at `place` is for; empty for one that acts there, or means nothing anywhere."""
    table, pressed = actions.table(), {key, character}
    if any(pressed & set(action.keys) for action in table.at(place)):
        return ""
    action = next((action for action in table.actions if pressed & set(action.keys)), None)
    if action is None:
        return _("{key} does nothing here; ? tells every key").format(key=character) if _typed(character) else ""
    return _("{key} does nothing here; “{title}” is {where}").format(
        key=shown_key(action.key), title=action.shown(), where=_where(action)
    )


def _typed(character: str | None) -> bool:
    return character is not None and character.isprintable() and not character.isspace()


def _where(action: Action) -> str:
    """Where an action can be done, its steps by number and title."""
    numbers = {step.slug: step.number for step in STEPS}
    if len(action.places) > len(STEPS):
        return _("for an open session")
    if len(action.places) > _FEW:
        found = sorted(number for slug, number in numbers.items() if slug in action.places)
        return _("on steps {numbers}").format(numbers=", ".join(map(str, found)))
    titles = actions.table().places
    names = [f"{numbers[name]} {_(titles[name])}" if name in numbers else _(titles[name]) for name in titles]
    here = [shown for name, shown in zip(titles, names, strict=True) if name in action.places]
    return _("on {places}").format(places=", ".join(here))
