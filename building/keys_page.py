"""docs/keys.md and its twins, made from the table of actions."""

from __future__ import annotations

from building.texts import head, speaking, words
from rancher_tui.actions import Action, shown_key, usual_table
from rancher_tui.i18n import _


def page(language: str = "en") -> str:
    """All actions by where they act."""
    table = usual_table()
    every = frozenset(table.places)
    said = words(language)
    wide = {every: said["everywhere"], every - {"sessions"}: said["session"]}
    parts = [head("keys", language)]
    with speaking(language):
        for places, heading in wide.items():
            parts.append(_section(heading, [item for item in table.actions if item.places == places], said))
        for place, title in table.places.items():
            own = [item for item in table.actions if place in item.places and item.places not in wide]
            if own:
                parts.append(_section(_(title), own, said))
    return "\n".join(parts)


def _section(title: str, actions: list[Action], said: dict[str, str]) -> str:
    rows = [f"| {', '.join(map(_cell, item.keys))} | `{item.id}` | {_plain(_(item.help))} |" for item in actions]
    return "\n".join([f"## {title}", "", said["columns"], "|---|---|---|", *rows, ""])


def _cell(key: str) -> str:
    shown = shown_key(key)
    return f"`{shown}`" if shown != "`" else "`` ` ``"


def _plain(text: str) -> str:
    return text.replace("|", "\\|")
