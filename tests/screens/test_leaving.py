"""Leaving without being asked: the terminal hangs up, another program takes over, the process is killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

from rancher_tui.install.session import Home
from tests.screens.conftest import begun

pytestmark = pytest.mark.real

Child: TypeAlias = "pexpect.spawn[bytes]"


def program(home: Path, *arguments: str) -> Child:
    """rancher-tui in a terminal of 80x24."""
    env = {**os.environ, "RANCHER_TUI_HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    return pexpect.spawn(
        sys.executable, ["-m", "rancher_tui.cli", *arguments], env=env, dimensions=(24, 80), timeout=30
    )


def process(child: Child) -> int:
    """The program's process id."""
    assert child.pid is not None
    return child.pid


def at_fqdn(child: Child) -> None:
    """Go to step 8 and leave a text in the field, not kept yet."""
    child.expect("twelve steps")
    child.send("g")
    child.expect("step")
    child.send("8\r")
    child.expect("FQDN")
    child.send("\r")
    child.expect("EDIT")
    child.send("rancher.example.com")
    child.expect("com")


def stored(home: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((home / "sessions" / "prod" / "install.json").read_bytes())
    return loaded


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_saves_lets_go_and_ends(home: Path, how: signal.Signals) -> None:
    begun(home)
    child = program(home)
    at_fqdn(child)
    os.kill(process(child), how)
    child.expect(pexpect.EOF)
    child.close()
    assert stored(home)["fqdn"] == "rancher.example.com"
    assert stored(home)["cursor"]["screen"] == "fqdn"  # type: ignore[index]
    assert Home(home).session("prod").holder is None


def test_a_terminal_that_is_gone_saves_and_ends(home: Path) -> None:
    begun(home)
    child = program(home)
    at_fqdn(child)
    os.close(child.child_fd)
    child.closed = True
    for _ in range(400):
        ended, _status = os.waitpid(process(child), os.WNOHANG)
        if ended:
            break
        signal.sigtimedwait([], 0.05)
    else:
        os.kill(process(child), signal.SIGKILL)
        pytest.fail("the program still runs 20 s after its terminal went")
    assert stored(home)["fqdn"] == "rancher.example.com"
    assert Home(home).session("prod").holder is None


def test_taken_over_by_another_program_the_holder_saves_and_leaves(home: Path) -> None:
    begun(home)
    child = program(home)
    at_fqdn(child)
    other = Home(home).session("prod")
    opened = other.take_over()
    try:
        assert opened.state.fqdn == "rancher.example.com"
        child.expect(pexpect.EOF)
    finally:
        other.close()
        child.close()


def test_killed_at_once_the_kept_edit_and_the_screen_are_there_again(home: Path) -> None:
    begun(home)
    child = program(home)
    at_fqdn(child)
    child.send("\r")
    child.expect("MOVE")
    child.kill(signal.SIGKILL)
    child.wait()
    again = program(home)
    again.expect("rancher.example.com")
    again.expect("8 FQDN")
    again.send("q")
    again.expect(pexpect.EOF)
    again.close()
    assert again.exitstatus == 0
