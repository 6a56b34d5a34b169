"""The commands: parse, call, print. The only place that imports the screens, to open them.

Opening the UI (`rancher-tui`, `rancher-tui SESSION`) does not import the command-line library.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path

from rancher_tui import __version__, settings
from rancher_tui.i18n import _
from rancher_tui.install.reserved import COMMANDS
from rancher_tui.text import clean


def main(arguments: list[str] | None = None) -> int:
    """Run one command or the UI; the exit code (contract.md, "Exit codes")."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    _accept_any_text()
    home, chosen, rest = _leading(argv)
    if settings.there_is_a_file():
        from rancher_tui.settings_file import load

        load()
    if chosen:
        settings.change(**chosen)
    if rest == ["--version"]:
        print(f"rancher-tui {__version__}")
        return 0
    if not rest or (rest[0] not in COMMANDS and not rest[0].startswith("-")):
        if len(rest) > 1:
            return _unusable(_("{name} is no command; `rancher-tui --help` lists them").format(name=repr(rest[0])))
        return open_ui(home, rest[0] if rest else None)
    from rancher_tui.commands.program import run

    return run(argv)


def _accept_any_text() -> None:
    """What the terminal's encoding has no sign for is written as an escape, not refused."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(errors="backslashreplace")


_SWITCHES = {"--ascii": ("signs", "ascii"), "--slow": ("pace", "slow"), "--plain": ("plain", "yes")}
_VALUES = ("--home", "--language", "--theme")


def _leading(argv: list[str]) -> tuple[Path | None, dict[str, str], list[str]]:
    """What stands before a command: the home, settings for this run, and what follows.

    A value that cannot be is left to the command line's own reading, which refuses it.
    """
    home: Path | None = None
    chosen: dict[str, str] = {}
    rest = argv
    while rest:
        name, equals, value = rest[0].partition("=")
        if rest[0] in _SWITCHES:
            field, setting = _SWITCHES[rest[0]]
            chosen[field] = setting
            rest = rest[1:]
            continue
        if name not in _VALUES or not (equals or len(rest) > 1):
            break
        value = value if equals else rest[1]
        if name == "--home":
            home = Path(value)
        elif value in settings.CHOICES[name[2:]]:
            chosen[name[2:]] = value
        else:
            break
        rest = rest[1:] if equals else rest[2:]
    return home, chosen, rest


def _unusable(text: str) -> int:
    print(clean(text), file=sys.stderr)
    return 2


_NO_SCREENS = ("dumb", "unknown")
"""Terminals (by TERM) that cannot move their cursor."""


def _there_is(home: Path | None, session: str) -> bool:
    from rancher_tui.install.session import Home, SessionError

    try:
        (Home(home.expanduser().absolute()) if home is not None else Home.default()).session(session)
    except SessionError:
        return False
    return True


def open_ui(home: Path | None, session: str | None) -> int:
    """Open the screens on a session, or where the operator left off; exit code 2 without a terminal.

    What is loaded on the way stays: the screens take garbage collection up again when the first of them stands.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        if session is not None and not _there_is(home, session):
            return _unusable(
                _("{name} is neither a command nor a session; `rancher-tui --help` lists the commands").format(
                    name=repr(session)
                )
            )
        return _unusable(
            _(
                "rancher-tui needs a terminal. Without one: `rancher-tui lab --headless` is a rehearsal of all "
                "twelve steps, `rancher-tui --help` lists the commands"
            )
        )
    if os.environ.get("TERM") in _NO_SCREENS:
        return _unusable(
            _(
                "this terminal (TERM={name}) cannot draw screens. Without them: `rancher-tui --help` lists the "
                "commands; where it can, set TERM to what it is, such as xterm"
            ).format(name=os.environ["TERM"])
        )
    gc.disable()
    from screens.terminal import open_at_terminal as open_screens

    return open_screens(home, session)


def entry() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    entry()
