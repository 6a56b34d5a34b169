"""The commands: parse, call, print. The only place that imports the screens, to open them.

Opening the UI (`rancher-tui`, `rancher-tui SESSION`) does not import the command-line library.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rancher_tui import __version__
from rancher_tui.commands.names import COMMANDS


def main(arguments: list[str] | None = None) -> int:
    """Run one command or the UI; the exit code (contract.md, "Exit codes")."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    home, rest = _take_home(argv)
    if rest == ["--version"]:
        print(f"rancher-tui {__version__}")
        return 0
    if not rest or (rest[0] not in COMMANDS and not rest[0].startswith("-")):
        if len(rest) > 1:
            return _unusable(f"{rest[0]!r} is no command; `rancher-tui --help` lists them")
        return open_ui(home, rest[0] if rest else None)
    from rancher_tui.commands.program import run

    return run(argv)


def _take_home(argv: list[str]) -> tuple[Path | None, list[str]]:
    """A leading `--home DIR` and what follows."""
    if argv[:1] == ["--home"] and len(argv) > 1:
        return Path(argv[1]), argv[2:]
    if argv and argv[0].startswith("--home="):
        return Path(argv[0].partition("=")[2]), argv[1:]
    return None, argv


def _unusable(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def open_ui(home: Path | None, session: str | None) -> int:
    """Open the screens on a session, or where the operator left off; exit code 2 without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _unusable(
            "rancher-tui needs a terminal. Without one: `rancher-tui lab --headless` is a rehearsal of all twelve "
            "steps, `rancher-tui --help` lists the commands"
        )
    from screens.app import open_ui as open_screens

    return open_screens(home, session)


def entry() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    entry()
