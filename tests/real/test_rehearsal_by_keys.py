"""The whole rehearsal by keys in a terminal; the screens are killed in the middle of the run and opened again."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from rancher_tui.engine import LocalEngine
from rancher_tui.install.session import Home
from rancher_tui.rke.runs import newest
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.real


def go(terminal: Terminal, number: int, title: str) -> None:
    """To a step, by its number."""
    terminal.go_to(number, title)


def ask_until_up(terminal: Terminal) -> None:
    """Rancher takes a moment after rke's end: ask every witness again until all pass."""
    until = time.monotonic() + 60
    while "11 Run RKE  done" not in terminal.screen:
        assert time.monotonic() < until, terminal.screen
        terminal.press("V")
        terminal.read(2.0)


@pytest.mark.timeout(300)
def test_a_rehearsal_by_keys_killed_and_resumed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        first = Terminal(home)
        first.wait_for("rehearsal")
        first.press("enter")
        first.wait_for("the practice world is running", 60)
        go(first, 1, "1 Provision hosts")
        first.press("k")
        first.wait_for("type  yes")
        first.press("yes", "enter")
        first.wait_for("3 keys are trusted now")
        go(first, 2, "2 Load balancer")
        first.press("X")
        first.wait_for("silent WebSocket")
        first.press("\x7f\x7f", "0", "enter")
        first.wait_for("type  rehearse")
        first.press(*"rehearse", "enter")
        first.wait_for("2 Load balancer  done", 60)
        go(first, 10, "10 Review")
        first.press("e")
        first.wait_for("there is no copy of it", 60)
        first.press("b")
        first.wait_for("10 Review and back up  done", 60)
        go(first, 0, "The twelve steps")
        first.press("c")
        first.wait_for("10 of 12 done", 120)
        go(first, 11, "11 Run RKE")
        first.wait_for("s shows what it would do")
        first.press("s")
        first.wait_for("enter start it")
        first.press("enter")
        first.wait_for("running")
        first.child.kill(signal.SIGKILL)
        first.wait_for_end()
        again = Terminal(home)
        again.wait_for("11 Run RKE")
        again.wait_for("exit code 0", 120)
        again.wait_for(" end")
        run = newest(Home(home).session("rehearsal").path)
        assert run is not None
        assert f"{len(run.log.read_bytes().splitlines())}/" in again.screen
        ask_until_up(again)
        go(again, 12, "12 Back up")
        again.press("b")
        again.wait_for("12 of 12 done", 60)
        assert "REHEARSAL" in again.screen
        again.press("q")
        again.wait_for("the practice world stays up for the commands")
        again.wait_for_end()
    finally:
        LocalEngine.of(home).remove("rehearsal")
