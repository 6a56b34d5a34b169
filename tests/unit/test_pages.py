"""What is made from tables is as the tables are: keys, 2 a.m., the manual page, completions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from building import pages
from building.texts import ROOT

MADE = pages.made()


@pytest.mark.parametrize("path", MADE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_made_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == MADE[path], f"make pages renews {path.name}"


def test_the_manual_page_is_read_without_complaint(requires: Callable[..., None]) -> None:
    requires("mandoc")
    command = ["mandoc", "-T", "lint", "-W", "warning", str(ROOT / "assets" / "rancher-tui.1")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_the_manual_page_names_every_command_and_option() -> None:
    text = (ROOT / "assets" / "rancher-tui.1").read_text("utf-8").replace("\\-", "-")
    from building import commands

    for command in commands.every():
        assert not command.name or f".SS {command.name}" in text
        for option in command.options:
            assert all(f"\\fB{name}\\fR" in text for name in option.names)
