"""docs/keys.md and its twins, made from the table of actions."""

from __future__ import annotations

from typing import Final

from building.texts import head, speaking
from rancher_tui.actions import Action, shown_key, usual_table
from rancher_tui.i18n import _

_EVERYWHERE: Final = {
    "en": ("On every screen", "On every screen of a session"),
    "zh_CN": ("所有界面", "会话的所有界面"),
}
_COLUMNS: Final = {"en": "| key | action | what it does |", "zh_CN": "| 键 | 动作 | 作用 |"}


def page(language: str = "en") -> str:
    """All actions by where they act."""
    table = usual_table()
    every = frozenset(table.places)
    wide = dict(zip((every, every - {"sessions"}), _EVERYWHERE[language], strict=True))
    parts = [head("keys", language)]
    with speaking(language):
        for places, heading in wide.items():
            parts.append(_section(heading, [item for item in table.actions if item.places == places], language))
        for place, title in table.places.items():
            own = [item for item in table.actions if place in item.places and item.places not in wide]
            if own:
                parts.append(_section(_(title), own, language))
    return "\n".join(parts)


def _section(title: str, actions: list[Action], language: str) -> str:
    rows = [f"| {', '.join(map(_cell, item.keys))} | `{item.id}` | {_plain(_(item.help))} |" for item in actions]
    return "\n".join([f"## {title}", "", _COLUMNS[language], "|---|---|---|", *rows, ""])


def _cell(key: str) -> str:
    shown = shown_key(key)
    return f"`{shown}`" if shown != "`" else "`` ` ``"


def _plain(text: str) -> str:
    return text.replace("|", "\\|")
