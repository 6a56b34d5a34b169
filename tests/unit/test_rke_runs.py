"""A run outlives who started it; its state is what the system says, not what we hoped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.rke import runner, runs
from rancher_tui.rke.runs import Run, RunRefusedError
from rancher_tui.rke.stop import stop
from tests.waiting import wait_for


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "sessions" / "prod"
    (folder / "cluster").mkdir(parents=True)
    yield folder
    for other in folder.parent.iterdir():
        for run in runs.runs(other) if other.is_dir() else []:
            run.send(signal.SIGKILL)
            wait_for(lambda run=run: not run.status().runner_alive)  # type: ignore[misc]


def rke(folder: Path, script: str) -> Path:
    path = folder / "rke"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def begin(session: Path, script: str, *arguments: str, hosts: tuple[str, ...] = ()) -> Run:
    binary = rke(session, script)
    return runs.start(
        session, [str(binary), *arguments], cwd=session / "cluster", env={"PATH": os.environ["PATH"]}, hosts=hosts
    )


def ended(run: Run) -> None:
    wait_for(lambda: run.status().state not in ("running",))


def test_a_run_that_ends_well(session: Path) -> None:
    run = begin(session, 'pwd; echo "$@"; echo problem >&2', "up", "--config", "rancher-cluster.yml")
    ended(run)
    status = run.status()
    assert (status.state, status.exit_code, status.signal) == ("exited", 0, None)
    assert run.log.read_text() == f"{session}/cluster\nup --config rancher-cluster.yml\nproblem\n"
    assert status.argv[1:] == ("up", "--config", "rancher-cluster.yml")
    assert status.started is not None and status.ended is not None and status.elapsed_s is not None
    assert (run.log.stat().st_mode & 0o777, run.folder.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("code", [1, 2, 3, 137])
def test_the_exit_code_is_kept(session: Path, code: int) -> None:
    run = begin(session, f"exit {code}")
    ended(run)
    assert (run.status().state, run.status().exit_code) == ("exited", code)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGKILL])
def test_a_signal_is_kept(session: Path, number: signal.Signals) -> None:
    run = begin(session, f"kill -{number.value} $$")
    ended(run)
    assert (run.status().state, run.status().signal, run.status().exit_code) == ("signalled", number, None)


def test_a_running_run_tells_its_process(session: Path) -> None:
    run = begin(session, "exec sleep 60")
    status = run.status()
    assert status.state == "running" and status.rke_alive and status.runner_alive
    assert status.pid is not None
    assert os.getsid(status.pid) not in (os.getsid(0), status.pid), "rke leads no session and shares none of ours"
    assert status.elapsed_s is not None and status.elapsed_s >= 0


def test_rke_starts_with_default_signals_and_nothing_on_its_input(session: Path) -> None:
    """Also from a parent that ignores and blocks signals, as under nohup or a background job of a shell."""
    program = (
        "import signal, sys, os; from pathlib import Path; from rancher_tui.rke import runs\n"
        "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 13, 15)]\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [1, 2, 13, 15])\n"
        "session = Path(sys.argv[1])\n"
        "runs.start(session, [str(session / 'rke')], cwd=session, env=os.environ)\n"
    )
    rke(session, "cat; grep -E 'Sig(Blk|Ign)' /proc/self/status")
    subprocess.run([sys.executable, "-c", program, str(session)], check=True, input=b"typed by nobody")
    run = runs.newest(session)
    assert run is not None
    ended(run)
    of_the_c_library = 1 << 31 | 1 << 32
    masks = dict(line.split() for line in run.log.read_text().splitlines())
    assert {name: int(mask, 16) & ~of_the_c_library for name, mask in masks.items()} == {
        "SigBlk:": 0,
        "SigIgn:": 0,
    }


def test_what_cannot_be_started_leaves_no_run(session: Path) -> None:
    with pytest.raises(RunRefusedError) as refused:
        runs.start(session, [str(session / "no-such-rke")], cwd=session, env={})
    assert refused.value.code == "cannot-start"
    assert "No such file" in str(refused.value)
    assert runs.runs(session) == []


def test_a_file_that_is_no_program_is_refused_with_the_reason(session: Path) -> None:
    broken = session / "rke"
    broken.write_bytes(b"\x7fELF but no more")
    broken.chmod(0o755)
    with pytest.raises(RunRefusedError) as refused:
        runs.start(session, [str(broken)], cwd=session, env={})
    assert "Exec format error" in str(refused.value)


def test_a_second_run_on_the_session_is_refused(session: Path) -> None:
    first = begin(session, "exec sleep 60")
    with pytest.raises(RunRefusedError) as refused:
        begin(session, "true")
    assert refused.value.code == "run-in-progress"
    assert refused.value.evidence["run"] == first.id
    assert [run.id for run in runs.runs(session)] == [first.id]


def test_a_run_that_shares_a_node_with_another_session_is_refused(session: Path) -> None:
    begin(session, "exec sleep 60", hosts=(runs.endpoint("10.0.0.1"), runs.endpoint("Node2.Example.COM.", "2222")))
    other = session.parent / "test"
    (other / "cluster").mkdir(parents=True)
    with pytest.raises(RunRefusedError) as refused:
        begin(other, "true", hosts=(runs.endpoint("node2.example.com", 2222),))
    assert refused.value.code == "shared-node"
    assert refused.value.evidence["session"] == "prod"
    same_address_other_port = begin(other, "true", hosts=(runs.endpoint("10.0.0.1", "2201"),))
    ended(same_address_other_port)
    assert same_address_other_port.status().exit_code == 0


def test_after_the_end_the_next_run_may_start(session: Path) -> None:
    ended(begin(session, "exit 1"))
    second = begin(session, "exit 0")
    ended(second)
    assert len(runs.runs(session)) == 2
    assert runs.newest(session) == second
    assert runs.status(session).exit_code == 0


async def test_stop_ends_rke_by_sigterm(session: Path) -> None:
    run = begin(session, "exec sleep 60")
    words = [word async for word in stop(run, by="an operator")]
    assert words[-1].step == "ended"
    assert (words[-1].status.state, words[-1].status.signal) == ("stopped", signal.SIGTERM)


async def test_stop_kills_what_does_not_listen(session: Path) -> None:
    run = begin(session, "trap '' TERM; echo ready; while :; do sleep 0.05; done")
    wait_for(lambda: run.log.read_bytes() == b"ready\n")
    words = [word async for word in stop(run, deadline_s=0.3)]
    assert (words[-1].status.state, words[-1].status.signal) == ("stopped", signal.SIGKILL)


async def test_stop_of_an_ended_run_does_nothing(session: Path) -> None:
    run = begin(session, "exit 3")
    ended(run)
    assert [word.step async for word in stop(run)] == ["gone"]
    assert run.status().state == "exited"


def test_no_run_is_none(session: Path) -> None:
    assert runs.status(session).state == "none"
    assert runs.newest(session) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"exit_code": "zero", "ended": 1}'])
def test_a_damaged_record_is_lost_not_a_crash(session: Path, damage: bytes) -> None:
    run = begin(session, "exit 0")
    ended(run)
    (run.folder / runner.STATUS).write_bytes(damage)
    assert run.status().state == "lost"


def test_pid_reuse_is_not_taken_for_our_run(session: Path) -> None:
    run = begin(session, "exec sleep 60")
    record = run.record()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        record.update(pid=stranger.pid, runner_pid=stranger.pid)
        record.update({key: record[key] - 1 for key in ("start_ticks", "runner_start_ticks")})
        copy = session / "runs" / "0000-20000101T000000Z"
        copy.mkdir()
        (copy / runner.STATUS).write_text(json.dumps(record))
        assert Run(copy).status().state == "lost"
        assert not Run(copy).status().rke_alive
        assert not Run(copy).send(signal.SIGKILL)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_another_boot_is_not_taken_for_our_run(session: Path) -> None:
    run = begin(session, "exec sleep 60")
    record = run.record()
    record["boot_id"] = "00000000-0000-4000-8000-000000000000"
    copy = session / "runs" / "0000-20000101T000000Z"
    copy.mkdir()
    (copy / runner.STATUS).write_text(json.dumps(record))
    assert Run(copy).status().state == "lost"
    assert Run(copy).status().elapsed_s is None
