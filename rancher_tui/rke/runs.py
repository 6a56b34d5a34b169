"""Runs: start one that outlives us, know its state, stop it, find the runs of a session and those in its way.

A run is a folder `SESSION/runs/ID`; what is known about it is read from there each time, never kept. A process is
the one we started when pid, start ticks and boot id agree.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from signal import pidfd_send_signal
from time import CLOCK_BOOTTIME, clock_gettime
from typing import Any, Literal

from rancher_tui.files import make_folder, sha256, write_atomic
from rancher_tui.i18n import Message, msg
from rancher_tui.rke import launch, runner

State = Literal["none", "running", "exited", "signalled", "stopped", "lost"]
STOP = "stop.json"
_ENDED_BY_STOP = {128 + 9, 128 + 15}


class RunRefusedError(Exception):
    """A run that may not or cannot start. `code`: `run-in-progress`, `shared-node`, `cannot-start`."""

    def __init__(self, code: str, message: Message, evidence: dict[str, Any] | None = None) -> None:
        super().__init__(message.english)
        self.code = code
        self.message = message
        self.evidence = evidence or {}


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What is known about a run at one moment.

    `pid` is rke's. `rke_alive` and `runner_alive` are what the system says now; in a `lost` run the runner ended
    without a last word, and rke may still live. Times are UTC, `elapsed_s` does not follow clock changes.
    """

    state: State = "none"
    run: str = ""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    hosts: tuple[str, ...] = ()
    config_digest: str = ""
    pid: int | None = None
    started: datetime | None = None
    ended: datetime | None = None
    elapsed_s: float | None = None
    exit_code: int | None = None
    signal: int | None = None
    rke_alive: bool = False
    runner_alive: bool = False
    stop_asked: bool = False
    disk_full: bool = False

    @property
    def live(self) -> bool:
        """True while rke may still be working on the nodes, also when nobody watches it any more."""
        return self.state == "running" or self.rke_alive


@dataclass(frozen=True, slots=True)
class Run:
    """One run's folder."""

    folder: Path

    @property
    def id(self) -> str:
        """Its name: a number that counts the session's runs, and the UTC time of its start."""
        return self.folder.name

    @property
    def log(self) -> Path:
        """rke's output, raw."""
        return self.folder / runner.LOG

    def record(self) -> dict[str, Any]:
        """`status.json` as it stands; empty when it is missing or damaged."""
        return _read_json(self.folder / runner.STATUS)

    def status(self) -> RunStatus:
        """What is known now; never raises for a damaged record, which reads as `lost`."""
        return _judge(self.id, self.record(), (self.folder / STOP).exists())

    def ask_stop(self, by: str = "") -> None:
        """Note that an operator asked for the stop, so that its end reads as `stopped`."""
        note = {"asked": datetime.now(UTC).isoformat(timespec="seconds"), "by": by}
        write_atomic(self.folder / STOP, json.dumps(note).encode())

    def send(self, number: int) -> bool:
        """Send a signal to rke, never to a process that merely has its pid; False when rke is gone."""
        record = self.record()
        pid = record.get("pid")
        if not isinstance(pid, int):
            return False
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            return False
        try:
            if not _alive(record, "pid", "start_ticks"):
                return False
            pidfd_send_signal(handle, number)
        except ProcessLookupError:
            return False
        finally:
            os.close(handle)
        return True


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _alive(record: Mapping[str, Any], pid: str, ticks: str) -> bool:
    number = record.get(pid)
    if not isinstance(number, int) or record.get("boot_id") != runner.boot_id():
        return False
    now = runner.start_ticks(number)
    return now is not None and now == record.get(ticks)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _state(record: Mapping[str, Any], runner_alive: bool, stop_asked: bool) -> State:
    code, signal = _number(record.get("exit_code")), _number(record.get("signal"))
    if "ended" in record and (code is not None or signal is not None):
        if stop_asked and (signal is not None or code in _ENDED_BY_STOP):
            return "stopped"
        return "signalled" if signal is not None else "exited"
    return "running" if runner_alive or _starting(record) else "lost"


def _starting(record: Mapping[str, Any]) -> bool:
    """True for the moment between a run's folder and its runner's first word."""
    drafted = record.get("drafted_boottime_s")
    if "runner_pid" in record or not isinstance(drafted, int | float) or record.get("boot_id") != runner.boot_id():
        return False
    return clock_gettime(CLOCK_BOOTTIME) - drafted < launch.DEADLINE_S


def _elapsed(record: Mapping[str, Any], live: bool) -> float | None:
    known = record.get("elapsed_s")
    if isinstance(known, int | float):
        return float(known)
    began = record.get("started_boottime_s")
    if live and isinstance(began, int | float):
        return round(clock_gettime(CLOCK_BOOTTIME) - began, 3)
    return None


def _judge(run: str, record: Mapping[str, Any], stop_asked: bool) -> RunStatus:
    runner_alive = _alive(record, "runner_pid", "runner_start_ticks")
    rke_alive = _alive(record, "pid", "start_ticks")
    state = _state(record, runner_alive, stop_asked)
    return RunStatus(
        state=state,
        run=run,
        argv=tuple(map(str, record.get("argv", ()))),
        cwd=str(record.get("cwd", "")),
        hosts=tuple(map(str, record.get("hosts", ()))),
        config_digest=str(record.get("config_digest", "")),
        pid=_number(record.get("pid")),
        started=_moment(record.get("started")),
        ended=_moment(record.get("ended")),
        elapsed_s=_elapsed(record, runner_alive or rke_alive),
        exit_code=_number(record.get("exit_code")),
        signal=_number(record.get("signal")),
        rke_alive=rke_alive,
        runner_alive=runner_alive,
        stop_asked=stop_asked,
        disk_full=bool(record.get("disk_full", False)),
    )


def runs(session_folder: Path) -> list[Run]:
    """The session's runs, oldest first."""
    try:
        entries = sorted(entry for entry in (session_folder / "runs").iterdir() if entry.is_dir())
    except OSError:
        return []
    return [Run(entry) for entry in entries]


def newest(session_folder: Path) -> Run | None:
    """The run that was started last; None when there was none."""
    return next(reversed(runs(session_folder)), None)


def find(session_folder: Path, run_id: str | None) -> Run | None:
    """The run named `run_id`, or the newest; None when there is none of that name."""
    if run_id is None:
        return newest(session_folder)
    return next((run for run in runs(session_folder) if run.id == run_id), None)


def status(session_folder: Path, run_id: str | None = None) -> RunStatus:
    """The state of a session's run, `none` when it has none."""
    run = find(session_folder, run_id)
    return run.status() if run else RunStatus()


def endpoint(address: str, port: str | int = 22) -> str:
    """A node's address and SSH port as runs record them: `10.0.0.1:22`."""
    return f"{address.strip().rstrip('.').lower()}:{str(port).strip() or 22}"


def in_the_way(session_folder: Path, hosts: Iterable[str]) -> dict[str, tuple[Run, list[str]]]:
    """Live runs of other sessions that share a node: session name to its run and the shared endpoints."""
    wanted = set(hosts)
    found: dict[str, tuple[Run, list[str]]] = {}
    if not wanted:
        return found
    for other in sorted(session_folder.parent.iterdir()):
        if other == session_folder or not other.is_dir():
            continue
        for run in runs(other):
            known = run.status()
            shared = sorted(wanted & set(known.hosts))
            if known.live and shared:
                found[other.name] = (run, shared)
    return found


def _refuse_second(session_folder: Path) -> None:
    for run in runs(session_folder):
        known = run.status()
        if known.live:
            raise RunRefusedError(
                "run-in-progress",
                msg("run {run} of this session is still at work (rke has pid {pid})", run=run.id, pid=known.pid),
                {"run": run.id, "pid": known.pid, "state": known.state},
            )


def _refuse_shared(session_folder: Path, hosts: Sequence[str]) -> None:
    for session, (run, shared) in in_the_way(session_folder, hosts).items():
        raise RunRefusedError(
            "shared-node",
            msg(
                "session {session} is running rke on {node} right now; two runs break each other's containers",
                session=session,
                node=shared[0],
            ),
            {"session": session, "run": run.id, "nodes": shared},
        )


def start(
    session_folder: Path,
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    hosts: Sequence[str] = (),
    config: Path | None = None,
    keep: Sequence[Path] = (),
    after: Sequence[str] = (),
) -> Run:
    """Start a run that outlives us: `argv[0]` is the path of rke, `hosts` what `endpoint` gives for every node.

    Generations of the files `keep` are kept in the run's folder while it goes on; `after` is a command, its
    program an absolute path, that the runner starts when it has ended, the run's folder as last argument.

    Returns when rke has been started and recorded; blocks for some ten milliseconds. RunRefusedError says why not.
    """
    binary = Path(argv[0])
    command = [str(binary if binary.is_absolute() else binary.absolute()), *argv[1:]]
    draft = {
        "argv": command,
        "cwd": str(cwd.absolute()),
        "hosts": list(hosts),
        "config_digest": sha256(config) if config is not None else "",
        "keep": [str(path.absolute()) for path in keep],
        "after": list(after),
    }
    try:
        folder = make_folder(session_folder / "runs")
        with launch.locked(session_folder.parent / ".runs.lock"):
            _refuse_second(session_folder)
            _refuse_shared(session_folder, hosts)
            return Run(launch.launch(folder, draft, env))
    except OSError as error:
        raise RunRefusedError("cannot-start", msg("rke cannot be started: {reason}", reason=str(error))) from error
