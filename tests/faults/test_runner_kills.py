"""Who dies does not take the run along, and what is not known is said to be unknown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.rke import runs
from rancher_tui.rke.runs import Run, RunRefusedError
from tests.waiting import wait_for

UI = (
    "import os, sys, time; from pathlib import Path; from rancher_tui.rke import runs\n"
    "session = Path(sys.argv[1])\n"
    "print(runs.start(session, [str(session / 'rke')], cwd=session, env=os.environ).id, flush=True)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Path]:
    """A session whose rke counts into its log until a file says that it may end with code 7."""
    folder = tmp_path / "sessions" / "prod"
    folder.mkdir(parents=True)
    program = folder / "rke"
    program.write_text(
        '#!/bin/sh\ni=0\nwhile [ ! -e end ]; do i=$((i+1)); echo "line $i"; sleep 0.02; done\necho last\nexit 7\n'
    )
    program.chmod(0o755)
    yield folder
    for run in runs.runs(folder):
        run.send(signal.SIGKILL)


def the_run(session: Path) -> Run:
    run = runs.newest(session)
    assert run is not None
    return run


def grows(run: Run) -> None:
    size = run.log.stat().st_size
    wait_for(lambda: run.log.stat().st_size > size)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_the_run_outlives_the_one_that_started_it(session: Path, number: signal.Signals) -> None:
    screen = subprocess.Popen(
        [sys.executable, "-c", UI, str(session)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert screen.stdout is not None
    assert screen.stdout.readline().strip()
    os.kill(screen.pid, number)
    screen.wait()
    screen.stdout.close()
    run = the_run(session)
    grows(run)
    assert run.status().state == "running"
    (session / "end").touch()
    wait_for(lambda: run.status().state == "exited")
    assert run.status().exit_code == 7
    assert run.log.read_text().endswith("last\n")


def test_the_run_outlives_its_terminal(session: Path) -> None:
    """The whole session of a pty is hung up, as when an SSH connection is lost."""
    pid, master = os.forkpty()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", UI, str(session)])
    wait_for(lambda: runs.newest(session) is not None and the_run(session).status().pid is not None)
    os.close(master)
    os.waitpid(pid, 0)
    run = the_run(session)
    grows(run)
    assert run.status().state == "running"


def test_a_hangup_of_the_runner_changes_nothing(session: Path) -> None:
    run = runs.start(session, [str(session / "rke")], cwd=session, env=os.environ)
    os.kill(run.record()["runner_pid"], signal.SIGHUP)
    grows(run)
    assert run.status().state == "running"


def test_sigterm_to_the_runner_reaches_rke_and_is_recorded(session: Path) -> None:
    run = runs.start(session, [str(session / "rke")], cwd=session, env=os.environ)
    os.kill(run.record()["runner_pid"], signal.SIGTERM)
    wait_for(lambda: run.status().state == "signalled")
    assert run.status().signal == signal.SIGTERM


def test_with_the_runner_killed_the_run_is_lost_and_rke_is_said_to_live(session: Path) -> None:
    run = runs.start(session, [str(session / "rke")], cwd=session, env=os.environ)
    os.kill(run.record()["runner_pid"], signal.SIGKILL)
    wait_for(lambda: run.status().state == "lost")
    grows(run)
    assert run.status().rke_alive
    with pytest.raises(RunRefusedError) as refused:
        runs.start(session, [str(session / "rke")], cwd=session, env=os.environ)
    assert refused.value.code == "run-in-progress"
    (session / "end").touch()
    wait_for(lambda: not run.status().rke_alive)
    assert (run.status().state, run.status().exit_code) == ("lost", None)
    again = runs.start(session, [str(session / "rke")], cwd=session, env=os.environ)
    wait_for(lambda: again.status().state == "exited")


def test_a_lost_run_whose_rke_lives_can_still_be_stopped(session: Path) -> None:
    run = runs.start(session, [str(session / "rke")], cwd=session, env=os.environ)
    os.kill(run.record()["runner_pid"], signal.SIGKILL)
    wait_for(lambda: run.status().state == "lost")
    assert run.send(signal.SIGTERM)
    wait_for(lambda: not run.status().rke_alive)
