"""The file of settings: commented TOML, judged entry by entry with line numbers; what is wrong is left out.

It lies in the XDG config folder: `~/.config/rancher-tui/settings.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rancher_tui import settings
from rancher_tui.actions import usual_table
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, N_, Message, _, msg
from rancher_tui.keymap import judge as judge_keys
from rancher_tui.settings import CHOICES, Settings

CHECK: Final = "settings"
EXPLAINED: Final = {
    "language": N_("the language of all texts; auto follows the locale"),
    "theme": N_("light letters on dark, or dark on light"),
    "times": N_("times of day in the local zone or in UTC; z switches while the program runs"),
    "signs": N_("auto takes ASCII under TERM=linux and without UTF-8"),
    "pace": N_("how often a growing log is drawn: auto is 10 times a second, 4 over SSH; slow is 2"),
    "plain": N_("no colours and no rules, signs in ASCII: for screen readers and braille"),
}
"""What each setting does, as the written file says it."""


def read(path: Path) -> tuple[Settings, list[Finding]]:
    """The settings of a file as far as they are right, and what is wrong with it."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        title = msg("not readable: {error}", error=str(error))
        return Settings(), [_finding(path.name, "settings.unreadable", title)]
    return judge(text, path.name)


def load() -> None:
    """Use the settings of the operator's file."""
    chosen, found = read(settings.file())
    settings.note_wrong(found)
    settings.use(chosen)


def commented() -> str:
    """A settings file that holds every setting and key as it usually is, each commented out and explained."""
    rows = [_("# Settings of rancher-tui. Take the # away from what you change."), ""]
    for name, choices in CHOICES.items():
        rows += [f"# {_(EXPLAINED[name])} ({', '.join(choices)})", f'#{name} = "{choices[0]}"', ""]
    rows += [
        _("# Keys: an action and its keys, the first one is shown. A key means one thing on a screen."),
        "[keys]",
    ]
    for action in usual_table().actions:
        keys = ", ".join(_quoted(key) for key in action.keys)
        rows.append(f"#{action.id} = [{keys}]  # {action.explained}")
    return "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    return f'"{text}"' if "\\" not in text and '"' not in text else f"'{text}'"


def judge(text: str, name: str = "settings.toml") -> tuple[Settings, list[Finding]]:
    """The settings that a text holds as far as it is right, and what is wrong with it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        title = msg("no valid TOML: {error}", error=str(error))
        return Settings(), [_finding(f"{name}:{line}:1", "settings.syntax", title)]
    lines = dict(_lines(text))
    keys = data.pop("keys", {})
    fields, found = _fields(data, lines, name)
    if keys:
        own = {action: line for (table, action), line in lines.items() if table == "keys"}
        fields["keys"], wrong = judge_keys(keys, lambda action: f"{name}:{own.get(action, 0)}:1 keys.{action}")
        found += wrong
    return Settings(**fields), found


def _fields(
    data: dict[str, Any], lines: dict[tuple[str, str], int], name: str
) -> tuple[dict[str, Any], list[Finding]]:
    fields: dict[str, Any] = {}
    found: list[Finding] = []
    for field, value in data.items():
        choices = CHOICES.get(field)
        line = lines.get(("", field), lines.get((field, ""), 0))
        said = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        if choices is None:
            known = ", ".join((*CHOICES, "keys"))
            found.append(
                _finding(
                    f"{name}:{line}:1 {field}",
                    "settings.unknown",
                    msg("there is no such setting"),
                    msg("these can be set: {names}", names=known),
                )
            )
        elif said not in choices:
            found.append(
                _finding(
                    f"{name}:{line}:1 {field}",
                    "settings.value",
                    msg("{value} is no choice", value=repr(value)),
                    msg("choose one of {choices}", choices=", ".join(choices)),
                )
            )
        else:
            fields[field] = said
    return fields, found


_TABLE = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]")
_ENTRY = re.compile(r"\s*(?:([A-Za-z0-9_-]+)|\"([^\"]*)\"|'([^']*)')\s*=")


def _lines(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Table and name of each entry with its line, from 1; a table itself has the name ``."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = match[1]
            yield (table, ""), number
        elif match := _ENTRY.match(line):
            yield (table, match[1] or match[2] or match[3] or ""), number


def _finding(subject: str, code: str, title: Message, remedy: Message = EMPTY) -> Finding:
    return Finding(Status.FAIL, code, subject, title, remedy=remedy, check=CHECK)
