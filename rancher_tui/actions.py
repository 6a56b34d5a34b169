"""The table of actions (assets/actions.yml): what can be done, by which key, where, and why not just now.

Bindings, footer, help, palette, `rancher-tui keys` and the docs are views of this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from assets import FOLDER
from rancher_tui import settings
from rancher_tui.i18n import _


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `title` and `help` are English, `shown` and `explained` are not."""

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    places: frozenset[str]
    needs: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key that is shown."""
        return self.keys[0]

    def shown(self, place: str = "") -> str:
        """The title as `place` calls it."""
        return _(self.titles.get(place, self.title))

    @property
    def explained(self) -> str:
        return _(self.help)

    def to_json(self) -> dict[str, Any]:
        """The action as `rancher-tui keys --json` prints it."""
        return {
            "id": self.id,
            "keys": list(self.keys),
            "title": self.title,
            "help": self.help,
            "places": sorted(self.places),
        }


@dataclass(frozen=True, slots=True)
class Table:
    """All actions in their order, the places with their titles, each place's footer, and the reasons."""

    actions: tuple[Action, ...]
    places: dict[str, str]
    footer: dict[str, tuple[str, ...]]
    reasons: dict[str, str]

    def action(self, name: str) -> Action:
        """The action of that id; KeyError when there is none."""
        return next(action for action in self.actions if action.id == name)

    def at(self, place: str) -> list[Action]:
        """What can be done at `place`, in the table's order."""
        return [action for action in self.actions if place in action.places]

    def footer_of(self, place: str) -> list[Action]:
        """What the last line of `place` shows, the most needed first."""
        return [self.action(name) for name in self.footer.get(place, ())]

    def refusal(self, action: Action, holding: Iterable[str], **facts: str) -> str:
        """Why `action` cannot be done while the reasons in `holding` hold; empty when it can."""
        held = set(holding)
        reason = next((need for need in action.needs if need in held), "")
        return _(self.reasons[reason]).format(**facts) if reason else ""


def table() -> Table:
    """The table with the operator's own keys, if he has any."""
    own = settings.chosen().keys
    return _own_table(own) if own else usual_table()


@lru_cache(maxsize=4)
def _own_table(keys: settings.Keys) -> Table:
    usual = usual_table()
    return replace(usual, actions=applied(usual.actions, keys))


def applied(actions: Iterable[Action], keys: settings.Keys) -> tuple[Action, ...]:
    """The actions with the operator's keys."""
    own = dict(keys)
    return tuple(replace(action, keys=own[action.id]) if action.id in own else action for action in actions)


@lru_cache(maxsize=1)
def usual_table() -> Table:
    """The table as it is delivered, read once."""
    import yaml

    text = (FOLDER / "actions.yml").read_text("utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return Table(
        tuple(_action(row, data["groups"]) for row in data["actions"]),
        data["places"],
        {place: tuple(names) for place, names in data["footer"].items()},
        data["reasons"],
    )


def _action(row: dict[str, Any], groups: dict[str, list[str]]) -> Action:
    places = frozenset(place for name in row["where"] for place in groups.get(name, [name]))
    return Action(
        row["id"],
        tuple(row["keys"]),
        row["title"],
        row["help"],
        places,
        tuple(row.get("needs", ())),
        dict(row.get("titles", {})),
    )


_SHOWN = {
    "escape": "esc",
    "question_mark": "?",
    "ctrl+p": "ctrl+p",
    "shift+up": "shift+↑",
    "shift+down": "shift+↓",
    "delete": "del",
}


def shown_key(key: str) -> str:
    """A key as people read it: `esc`, `ctrl+p`, `?`."""
    return _SHOWN.get(key, key)
