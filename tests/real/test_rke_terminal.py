"""A run in a real terminal: the terminal goes, the screens are killed, the runner is killed; then it is opened again."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rancher_tui.install.session import Home
from rancher_tui.rke.runs import Run, newest
from tests.screens.terminal import Terminal
from tests.waiting import wait_for

pytestmark = pytest.mark.real

PACE = "for i in $(seq 100 160); do sleep 0.02; echo "
LINE = "'time=\"2026-11-23T07:26:19Z\" level=info msg=\"[etcd] Pulling image ['$i'] on host [10.0.0.1]\"'"
START_AND_OPEN = """
import os, sys
from pathlib import Path
from rancher_tui.install.session import Home
from rancher_tui.rke.runs import start
session = Home(Path(os.environ["RANCHER_TUI_HOME"])).session("prod")
rke = str(session.path / "rke")
start(session.path, [rke, "up"], cwd=session.path, env=dict(os.environ), hosts=["10.0.0.1:22"])
from rancher_tui.cli import main
main(["prod"])
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home for sessions."""
    return tmp_path / "home"


def prepared(home: Path, then: str) -> None:
    """A session with a program that writes 61 lines, waits for the file `go` and does `then`."""
    session = Home(home).create("prod")
    program = session.path / "rke"
    program.write_text(
        f"#!/bin/sh\n{PACE}{LINE}; done\nwhile [ ! -e {home}/go ]; do sleep 0.05; done\n"
        f"for i in $(seq 200 260); do echo {LINE}; done\n{then}\n"
    )
    program.chmod(0o755)
    session.close()


def the_run(home: Path) -> Run:
    run = newest(Home(home).session("prod").path)
    assert run is not None
    return run


def started(home: Path, then: str = "exit 3") -> Terminal:
    """The screens at a run that is going on, half of its log written."""
    prepared(home, then)
    terminal = Terminal(home, program=("-c", START_AND_OPEN), columns=140, rows=30)
    terminal.wait_for("The twelve steps")
    terminal.go_to(11, "[160]")
    assert "running" in terminal.screen
    return terminal


def opened_again(home: Path) -> Terminal:
    terminal = Terminal(home, "prod", columns=140, rows=30)
    terminal.wait_for("11 Run RKE")
    return terminal


def log_lines(terminal: Terminal) -> list[str]:
    """What of the file stands on the terminal."""
    found = (re.search(r'time="2.*', line) for line in terminal.screen.splitlines())
    return [match[0].rstrip() for match in found if match]


def at_rest(terminal: Terminal) -> None:
    """Until nothing was drawn for a while."""
    end, before = time.monotonic() + 30, ""
    while before != terminal.screen:
        assert time.monotonic() < end, "the screen does not come to rest"
        before = terminal.screen
        terminal.read(0.5)


def scrolled_through(terminal: Terminal, last: str) -> str:
    """The pane's text, from its first line to the one with `last`, scrolled by keys."""
    terminal.press("m", "home")
    terminal.wait_for("[100]")
    at_rest(terminal)
    seen = log_lines(terminal)
    until_page = time.monotonic() + 30
    while not (seen and last in seen[-1]):
        assert time.monotonic() < until_page, terminal.screen
        terminal.press("\x1b[6~")
        at_rest(terminal)
        seen += [line for line in log_lines(terminal) if line not in seen]
    return "".join(f"{line}\n" for line in seen)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def lose_terminal(terminal: Terminal) -> None:
    terminal.child.close(force=False)


def kill_screens(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.child.close()


@pytest.mark.parametrize("lose", [lose_terminal, kill_screens], ids=["terminal lost", "SIGKILL"])
def test_a_run_goes_on_without_us_and_is_found_again(home: Path, lose: Callable[[Terminal], None]) -> None:
    lose(started(home))
    run = the_run(home)
    assert run.status().state == "running"
    (home / "go").touch()
    wait_for(lambda: not run.status().live, 30, "the run's end")
    again = opened_again(home)
    again.wait_for("exit code 3")
    elapsed = run.status().elapsed_s
    assert elapsed is not None and f"0:{int(elapsed):02}" in again.screen
    assert digest(scrolled_through(again, "[260]").encode()) == digest(run.log.read_bytes())
    again.press("q")
    again.wait_for_end()


def test_a_run_whose_runner_was_killed_is_lost_and_said_to_be(home: Path) -> None:
    terminal = started(home)
    run = the_run(home)
    record = run.record()
    os.kill(record["runner_pid"], signal.SIGKILL)
    terminal.wait_for("lost: its runner ended without a word")
    assert run.status().rke_alive
    os.kill(record["pid"], signal.SIGKILL)
    wait_for(lambda: not run.status().live, 30, "rke's end")
    kill_screens(terminal)
    again = opened_again(home)
    again.wait_for("lost: its runner ended without a word")
    assert run.status().exit_code is None
    again.press("q")
    again.wait_for_end()
