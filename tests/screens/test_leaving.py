"""Leaving without being asked: the terminal hangs up, another program takes over, the process is killed."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.install.journal import entries
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from tests.screens.conftest import begun
from tests.screens.terminal import Terminal
from tests.screens.test_run_screen import run_of

pytestmark = pytest.mark.real


def at_fqdn(terminal: Terminal) -> None:
    """Go to step 8 and leave a text in the field, not kept yet."""
    terminal.wait_for("The twelve steps")
    terminal.go_to(8, "8 FQDN  todo")
    terminal.press("enter")
    terminal.wait_for("EDIT")
    terminal.press("rancher.example.com")
    terminal.wait_for("rancher.example.com")


def stored(home: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((home / "sessions" / "prod" / "install.json").read_bytes())
    return loaded


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_saves_lets_go_and_ends(home: Path, how: signal.Signals) -> None:
    begun(home)
    terminal = Terminal(home)
    at_fqdn(terminal)
    os.kill(terminal.pid, how)
    terminal.wait_for_end()
    assert stored(home)["fqdn"] == "rancher.example.com"
    assert stored(home)["cursor"]["screen"] == "fqdn"
    assert Home(home).session("prod").holder is None


def test_who_was_taken_over_is_told_why_his_program_ended(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    os.kill(terminal.pid, signal.SIGUSR1)
    terminal.wait_for("prod was taken over by another terminal; everything is saved")
    terminal.wait_for_end()


def test_who_leaves_a_live_run_is_told_how_to_come_back(home: Path) -> None:
    begun(home)
    end = home / "end"
    run = run_of(home, then=f"while [ ! -e {end} ]; do sleep 0.05; done")
    terminal = Terminal(home, "prod")
    terminal.wait_for("rke runs")
    terminal.press("q")
    terminal.wait_for("rke goes on without us; rancher-tui prod shows it again")
    terminal.wait_for_end()
    assert run.status().live
    end.touch()


def test_a_terminal_that_is_gone_saves_and_ends(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    at_fqdn(terminal)
    os.close(terminal.child.child_fd)
    terminal.child.closed = True
    until = time.monotonic() + 20
    while not os.waitpid(terminal.pid, os.WNOHANG)[0]:
        assert time.monotonic() < until, "the program still runs 20 s after its terminal went"
        time.sleep(0.02)
    assert stored(home)["fqdn"] == "rancher.example.com"
    assert Home(home).session("prod").holder is None


def test_taken_over_by_another_program_the_holder_saves_and_leaves(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    at_fqdn(terminal)
    other = Home(home).session("prod")
    opened = other.take_over()
    try:
        assert opened.state.fqdn == "rancher.example.com"
        terminal.wait_for_end()
    finally:
        other.close()


def test_killed_at_once_the_kept_edit_and_the_screen_are_there_again(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    at_fqdn(terminal)
    terminal.press("enter")
    terminal.wait_for("MOVE")
    terminal.child.kill(signal.SIGKILL)
    terminal.wait_for_end()
    again = Terminal(home)
    again.wait_for("8 FQDN")
    again.wait_for("rancher.example.com")
    again.press("q")
    again.wait_for_end()
    assert again.child.exitstatus == 0


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGUSR1])
def test_what_was_being_typed_is_told_once_when_the_session_is_opened_next(
    home: Path, how: signal.Signals
) -> None:
    begun(home, InstallState(fqdn="proven.example.com"))
    first = Terminal(home)
    first.wait_for("The twelve steps")
    first.go_to(8, "8 FQDN")
    first.press("enter")
    first.wait_for("EDIT")
    first.press("\x15", *"half.typed")
    first.wait_for("half.typed")
    os.kill(first.pid, how)
    first.wait_for_end()
    edits = [entry["edit"] for entry in entries(home / "sessions" / "prod" / "journal.jsonl") if "edit" in entry]
    assert edits[-1] == "draft of fqdn"
    second = Terminal(home)
    second.wait_for("FQDN was being typed when the session was left: half.typed (was")
    assert "proven.example.com); u takes it back" in " ".join(second.screen.split())
    second.press("q")
    second.wait_for_end()
    third = Terminal(home)
    third.wait_for("8 FQDN")
    third.press("u")
    third.wait_for("undone: FQDN")
    assert "was being typed" not in third.screen
    third.press("q")
    third.wait_for_end()
    assert stored(home)["fqdn"] == "proven.example.com"


def test_who_takes_over_is_told_what_the_other_was_typing(home: Path) -> None:
    begun(home)
    first = Terminal(home)
    at_fqdn(first)
    second = Terminal(home, "prod")
    second.wait_for("looked on only")
    second.press("T")
    first.wait_for_end()
    second.wait_for("this session is held here now · FQDN was being typed")
    assert "left: rancher.example.com (was –); u takes it back" in second.screen
    second.press("q")
    second.wait_for_end()
