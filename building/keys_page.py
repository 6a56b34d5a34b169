"""docs/keys.md, made from the table of actions."""

from __future__ import annotations

from rancher_tui.actions import Action, shown_key, usual_table

_HEAD = """# Keys

One key means one thing in the whole program. This page is made from `assets/actions.yml` (`make pages`);
`rancher-tui keys` prints the same with your own keys, `?` shows a screen's. In EDIT mode what you type is text:
Enter keeps it, Escape restores what was there, Tab and Shift+Tab keep it and go on.

Arrow keys, Home, Page Up and Page Down move the cursor. Any digit begins to fill in the cell under it.

## Your own keys

`rancher-tui keys --write-settings` writes a commented settings file (`~/.config/rancher-tui/settings.toml`).
Under `[keys]`, name an action and its keys: `undo = ["f6"]`. What cannot be is told with its line number, when the
program opens and by `rancher-tui keys`: two actions with one key on a screen, a key that terminals do not send, a
key that moves the cursor.
"""


def page() -> str:
    """All actions by where they act."""
    table = usual_table()
    every = frozenset(table.places)
    wide = {every: "On every screen", every - {"sessions"}: "On every screen of a session"}
    parts = [_HEAD]
    for places, heading in wide.items():
        parts.append(_section(heading, [action for action in table.actions if action.places == places]))
    for place, title in table.places.items():
        own = [action for action in table.actions if place in action.places and action.places not in wide]
        if own:
            parts.append(_section(title, own))
    return "\n".join(parts)


def _section(title: str, actions: list[Action]) -> str:
    rows = [
        f"| {', '.join(map(_cell, action.keys))} | `{action.id}` | {_plain(action.help)} |" for action in actions
    ]
    return "\n".join([f"## {title}", "", "| key | action | what it does |", "|---|---|---|", *rows, ""])


def _cell(key: str) -> str:
    shown = shown_key(key)
    return f"`{shown}`" if shown != "`" else "`` ` ``"


def _plain(text: str) -> str:
    return text.replace("|", "\\|")
