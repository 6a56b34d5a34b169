"""Keys of the operator's own: which may be given, and where two actions would want the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from rancher_tui.actions import Action, applied, usual_table
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.settings import Keys

MOVING: Final = frozenset(
    {"up", "down", "left", "right", "home", "pageup", "pagedown", "tab", "shift+tab", *"0123456789"}
)
"""Keys that move the cursor or begin a number; `end` and `space` are actions already."""
SAME: Final = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+j": "enter",
    "ctrl+left_square_bracket": "escape",
}
"""Keys for which terminals send the same as for another."""
EATEN: Final = {
    "ctrl+a": "screen",
    "ctrl+b": "tmux",
    "ctrl+c": "rancher-tui",
    "ctrl+s": "xon/xoff",
    "ctrl+z": "shell",
    "ctrl+backslash": "terminal",
    "~": "ssh",
}
"""Keys that often do not reach the program, and who takes them."""

_NAMED: Final = (
    r"(?:enter|escape|space|backspace|delete|insert|end|home|pageup|pagedown|tab|up|down|left|right"
    r"|f(?:[1-9]|1\d|2[0-4]))"
)
_FORM: Final = re.compile(rf"[!-~]|(?:ctrl|alt)\+(?:shift\+)?(?:[!-~]|{_NAMED})|(?:shift\+)?{_NAMED}")
"""A printable sign, a named key, or one of them with modifiers that terminals can send."""


def judge(asked: Any, subject: Callable[[str], str]) -> tuple[Keys, list[Finding]]:
    """The keys that can be given as asked (`{action: keys}`), and what is wrong with the others."""
    if not isinstance(asked, Mapping):
        return (), [_wrong("settings.value", subject(""), msg('[keys] is a table: action = ["key", …]'))]
    found: list[Finding] = []
    good: dict[str, tuple[str, ...]] = {}
    ids = {action.id for action in usual_table().actions}
    for action, value in asked.items():
        keys = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
        trouble = list(_troubles(action, keys, ids))
        found += [_wrong(code, subject(action), title, remedy, status) for code, title, remedy, status in trouble]
        if not any(status is Status.FAIL for *_rest, status in trouble):
            good[action] = keys
    return _without_clashes(good, found, subject), found


Trouble = tuple[str, Message, Message, Status]


def _troubles(action: str, keys: tuple[Any, ...], ids: set[str]) -> Iterator[Trouble]:
    if action not in ids:
        remedy = msg("`rancher-tui keys --json` lists the actions")
        yield "settings.unknown-action", msg("there is no action {action}", action=action), remedy, Status.FAIL
        return
    if not keys or not all(isinstance(key, str) and key for key in keys):
        yield "settings.value", msg("an action has one key or more, as texts"), EMPTY, Status.FAIL
        return
    for key in keys:
        yield from _trouble_of(key)


def _trouble_of(key: str) -> Iterator[Trouble]:
    if not _FORM.fullmatch(key):
        remedy = msg("a sign such as a, K or ?, else ctrl+r, f5, shift+up, delete")
        yield "settings.unknown-key", msg("{key} is no key", key=key), remedy, Status.FAIL
    elif key in MOVING:
        yield "settings.taken-key", msg("{key} moves the cursor or begins a number", key=key), EMPTY, Status.FAIL
    elif key in SAME:
        title = msg("terminals send the same for {key} as for {other}", key=key, other=SAME[key])
        yield "settings.same-key", title, EMPTY, Status.FAIL
    elif key in EATEN:
        title = msg("{key} often does not reach the program: {who} takes it", key=key, who=EATEN[key])
        yield "settings.eaten-key", title, EMPTY, Status.WARN


def _without_clashes(
    good: dict[str, tuple[str, ...]], found: list[Finding], subject: Callable[[str], str]
) -> Keys:
    """The keys that clash with no other action's; those that do are told and left out."""
    while clash := next(_clashes(applied(usual_table().actions, tuple(good.items())), good), None):
        action, key, other = clash
        del good[action]
        title = msg("{key} stands for {other} there already", key=key, other=other)
        remedy = msg("give {other} another key too, or choose a free one", other=other)
        found.append(_wrong("settings.clash", subject(action), title, remedy))
    return tuple(good.items())


def _clashes(actions: Iterable[Action], own: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """An action of the operator's, its key, and the action that has it at a place that both share."""
    listed = list(actions)
    for index, one in enumerate(listed):
        for other in listed[index + 1 :]:
            if one.places & other.places and (shared := set(one.keys) & set(other.keys)):
                mine, theirs = (other, one) if other.id in own else (one, other)
                yield mine.id, sorted(shared)[0], theirs.id


def _wrong(
    code: str, subject: str, title: Message, remedy: Message = EMPTY, status: Status = Status.FAIL
) -> Finding:
    return Finding(status, code, subject, title, remedy=remedy, check="settings")
