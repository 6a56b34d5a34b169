"""Ways: what to do about something, as a command where a shell shows it and as a key where a screen does.

A message tells a command. Where a screen has a key for it, it holds that text too (`Message.or_key`), with
`{key:NAME}` for the key of an action. The word SESSION in either is the session that is open or was named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rancher_tui.i18n import SCREEN, Message

SESSION: Final = "SESSION"
"""Stands for the session's name in commands that messages tell."""

_session = ""


def speak_of(session: str) -> None:
    """The session that texts speak of from now on; empty: none."""
    global _session
    _session = session


def named(text: str) -> str:
    """A text with the session's name in place of SESSION, where it is known."""
    return text.replace(SESSION, _session) if _session else text


def on_screen(told: Message) -> Message:
    """What a screen says in place of a message, and of those in it: keys where there are keys."""
    instead = told.arguments.get(SCREEN)
    if isinstance(instead, Message):
        return replace(instead, arguments={**instead.arguments, "key": _Keys()})
    inner = {name: on_screen(value) for name, value in told.arguments.items() if isinstance(value, Message)}
    return replace(told, arguments={**told.arguments, **inner}) if inner else told


class _Keys:
    """The keys of actions, by their names: `{key:export}`."""

    def __format__(self, name: str) -> str:
        from rancher_tui import actions

        return actions.shown_key(actions.table().action(name).key)
