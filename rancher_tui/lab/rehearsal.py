"""A rehearsal from end to end: a session whose world is a lab, and the walk through all twelve steps.

The walk does what an operator does (trusts the host keys that he sees, exports, copies, runs) and then has the
engine's own checks judge each step; it knows nothing that an operator could not see.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rancher_tui import checks
from rancher_tui.finding import Status, worst
from rancher_tui.install import steps
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store
from rancher_tui.lab import session as lab
from rancher_tui.operations import exporting, keeping, running
from rancher_tui.proofs.inputs import OperationError, connect_settings

NAME = "rehearsal"
QUIET_LIMIT = 20.0
"""Seconds without a line after which a run is looked at as it stands; a good run is never quiet for five."""

IDLE = 1.0
"""Seconds of silence on a WebSocket: the walk is in a hurry, and the lab's balancer has no such limit."""
_SETTLE_LIMIT = 15.0
"""Seconds that a deployed Rancher gets to answer."""
_LOOK_EVERY = 0.1
_COMES_LATER = frozenset({"rancher-deployment", "ping"})
"""Witnesses that may still be on their way when rke has ended."""
_NEVER_COMES = frozenset({"addon-job", "stalled"})
"""With these nothing more is on its way."""


def folder_of(session: Session) -> Path:
    """The lab's folder in a session."""
    return session.path / "lab"


def free_name(home: Home) -> str:
    """A name for a new rehearsal: `rehearsal`, else `rehearsal-2` and so on."""
    taken = {session.name for session in home.sessions()}
    names = (NAME if number == 1 else f"{NAME}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def begin(home: Home, name: str, faults: Sequence[str]) -> tuple[Session, Store]:
    """A new session with its world running, held for writing.

    SessionError when there can be no session of that name, LabError (an OSError) when there can be no world.
    """
    session = home.create(name)
    try:
        state = lab.create(folder_of(session))
        store = Store(state, session)
        store.save()
        lab.start(folder_of(session), faults)
    except BaseException:
        session.close()
        with suppress(OSError):
            home.remove(name)
        raise
    return session, store


def resume(session: Session) -> bool:
    """Start the world of a session again if it has one; True when it has. LabError when it cannot be started."""
    if not (folder_of(session) / "world.json").exists():
        return False
    lab.ensure(folder_of(session))
    return True


def end(session: Session) -> None:
    """End a run that is still at work, then the world."""
    from rancher_tui.rke.runs import Run, newest
    from rancher_tui.rke.stop import stop

    async def stop_run(run: Run) -> None:
        async for _moment in stop(run):
            continue

    run = newest(session.path)
    if run is not None and run.status().live:
        asyncio.run(stop_run(run))
    lab.stop(folder_of(session))


def verdict_of(session: Session) -> str:
    """The verdict of the last look at all witnesses: `up`, `not-up` or `unknown`."""
    report = session.reports().get("verdict")
    if report is None or not report.findings:
        return "unknown"
    verdicts = {Status.FAIL: "not-up", Status.UNKNOWN: "unknown"}
    return verdicts.get(worst(report.findings), "up")


async def walk(session: Session, store: Store) -> AsyncIterator[steps.StepState]:
    """All twelve steps in turn, each with its status after its checks; the caller stops where he wants."""
    for step in steps.STEPS:
        await _act(step.number, session, store.state)
        await _judge(step.number, session, store.state)
        if step.number == 11:
            await _wait_for_rancher(session, store.state)
        yield steps.judge(step, store.state, session.reports(), datetime.now(UTC))


async def _act(number: int, session: Session, state: InstallState) -> None:
    """What the operator does at a step; what cannot be done, the step's checks say."""
    with suppress(OperationError):
        if number == 1:
            await _trust(session, state)
        elif number == 2:
            await _rehearse(session, state)
        elif number == 10:
            await asyncio.to_thread(exporting.export, session, state)
            await asyncio.to_thread(keeping.back_up_config, session, state)
        elif number == 11:
            await _run(session, state)
        elif number == 12:
            await asyncio.to_thread(keeping.back_up_result, session, state)


async def _judge(number: int, session: Session, state: InstallState) -> None:
    async for _finding in checks.run_step(number, session, state):
        continue


async def _trust(session: Session, state: InstallState) -> None:
    """Pin the host keys that the hosts show, as after a typed yes."""
    from rancher_tui.nodes import host_keys

    seen = await host_keys.scan(state.nodes, connect_settings(session, state))
    await asyncio.to_thread(host_keys.pin, session.known_hosts, seen)


async def _rehearse(session: Session, state: InstallState) -> None:
    """Send requests through the load balancer to echo servers on the hosts, as after a typed yes."""
    from rancher_tui.operations.rehearsing import rehearsal

    async for _finding in rehearsal(session, state, idle=IDLE, facts={}):
        continue


async def _run(session: Session, state: InstallState) -> None:
    """Start rke and stay until it has ended or has been quiet for too long."""
    run = await asyncio.to_thread(running.start_run, session, state, running.RunRequest())
    size, heard = -1, time.monotonic()
    while run.status().live and time.monotonic() - heard < QUIET_LIMIT:
        await asyncio.sleep(_LOOK_EVERY)
        now = run.log.stat().st_size if run.log.exists() else 0
        if now != size:
            size, heard = now, time.monotonic()


async def _wait_for_rancher(session: Session, state: InstallState) -> None:
    """Look again while something is missing that comes after rke's end, if its objects were applied at all."""
    deadline = time.monotonic() + _SETTLE_LIMIT
    while time.monotonic() < deadline:
        report = session.reports().get("verdict")
        missing = set(report.codes()) if report else set()
        if not missing & _COMES_LATER or missing & _NEVER_COMES:
            return
        await asyncio.sleep(0.5)
        await _judge(11, session, state)
