"""What starting loads: only what the first screen, or the command, needs. Each case is a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens.conftest import begun
from tests.screens.terminal import Terminal

LATER = {
    "asyncssh",
    "cryptography",
    "crossplane",
    "dns",
    "filelock",
    "h2",
    "httpx",
    "jinja2",
    "psutil",
    "pyrage",
    "ruamel",
    "typer",
    "websockets",
    "rancher_tui.checks",
    "rancher_tui.lab",
    "rancher_tui.operations",
    "rancher_tui.proofs",
    "textual.widgets._data_table",
    "textual.widgets._markdown",
    "textual.widgets._text_area",
}
"""What no screen needs before somebody presses a key."""
TOLD = """
import atexit, gc, json, pathlib, sys
from rancher_tui import cli
def tell():
    pathlib.Path(sys.argv[1]).write_text(json.dumps([gc.isenabled(), sorted(sys.modules)]))
atexit.register(tell)
sys.exit(cli.main([]))
"""
"""The program without arguments; at its end it writes what it has loaded."""


def among(loaded: set[str], names: set[str]) -> set[str]:
    """Those of `names` that were loaded, themselves or a part of them."""
    return {name for name in names if any(module == name or module.startswith(f"{name}.") for module in loaded)}


def loaded_by(*arguments: str) -> set[str]:
    """The modules that Python loads for `python ARGUMENTS`."""
    env = {**os.environ, "COLUMNS": "100"}
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env, stdin=subprocess.DEVNULL)
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


def at_a_screen(home: Path, text: str) -> tuple[bool, set[str]]:
    """Whether garbage is collected, and what is loaded, after `text` stood on the terminal and q was pressed."""
    file = home / "loaded.json"
    terminal = Terminal(home, str(file), program=("-c", TOLD))
    terminal.wait_for(text)
    terminal.press("q")
    terminal.wait_for_end()
    collects, modules = json.loads(file.read_text())
    return collects, set(modules)


def test_the_version_is_told_without_libraries() -> None:
    loaded = loaded_by("-m", "rancher_tui.cli", "--version")
    assert among(loaded, LATER | {"textual", "screens", "pydantic", "yaml", "asyncio", "rich"}) == set()
    assert "rancher_tui.settings" in loaded


def test_the_help_is_printed_without_screens_or_an_event_loop() -> None:
    loaded = loaded_by("-m", "rancher_tui.cli", "--help")
    screens = {"textual", "screens", "pydantic", "yaml", "asyncio", "ssl", "rich"}
    assert among(loaded, (LATER - {"typer"}) | screens) == set()
    assert "rancher_tui.commands.program" in loaded


def test_the_first_frame_needs_textual_alone() -> None:
    loaded = loaded_by("-c", "import rancher_tui.cli, screens.terminal")
    assert among(loaded, LATER | {"pydantic", "yaml", "rancher_tui.engine", "rancher_tui.install.state"}) == set()
    assert "textual.app" in loaded


@pytest.mark.parametrize("session", [False, True], ids=["the list of sessions", "a session's overview"])
def test_a_first_screen_loads_only_what_it_shows(tmp_path: Path, session: bool) -> None:
    if session:
        begun(tmp_path)
    collects, loaded = at_a_screen(tmp_path, "The twelve steps" if session else "Enter opens the rehearsal")
    assert among(loaded, LATER) == set()
    assert "rancher_tui.install.state" in loaded
    assert collects, "garbage is collected again once the first screen stands"
