"""The runs of an open session: planned, started, watched, stopped, understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import failed
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from pathlib import Path

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store
    from rancher_tui.rke.causes import Problem
    from rancher_tui.rke.runs import RunStatus

LONGER_S = 300
"""Seconds by which the limit of silence grows when it is extended."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, in plain words. Each need is a text, the code it stands for and the word to type."""

    lines: tuple[Message, ...] = ()
    needs: tuple[tuple[Message, str, str], ...] = ()
    refusal: Message = EMPTY
    """Why it cannot be started at all."""


@dataclass(slots=True)
class RunDesk:
    """What the run screen asks for."""

    session: Session
    store: Store

    def status(self, run: str = "") -> RunStatus:
        from rancher_tui.rke.runs import status

        return status(self.session.path, run or None)

    def log(self, run: str) -> Path | None:
        from rancher_tui.rke.runs import find

        found = find(self.session.path, run or None)
        return found.log if found else None

    def quiet_s(self, run: str) -> float | None:
        path = self.log(run)
        try:
            written = path.stat().st_mtime if path else None
        except OSError:
            return None
        return max(0.0, datetime.now(UTC).timestamp() - written) if written else None

    @property
    def quiet_limit(self) -> float:
        """Seconds of silence from which on a run is called stalled."""
        from rancher_tui.proofs.verdict import quiet_limit_s

        return quiet_limit_s(self.store.state)

    def wait_longer(self) -> float:
        """Extend the limit of silence: what it is now."""
        limit = str(int(self.quiet_limit) + LONGER_S)
        self.store.edit(
            "limit of silence",
            lambda state: state.model_copy(update={"rke": state.rke.model_copy(update={"quiet_limit": limit})}),
        )
        return self.quiet_limit

    def names(self) -> list[str]:
        from rancher_tui.rke.runs import runs

        return [run.id for run in runs(self.session.path)]

    def usual(self, run: str) -> dict[str, float]:
        """Seconds that phases took in earlier real runs on this machine; blocks on the disk."""
        from rancher_tui.rke.usual import usual

        return usual(self.session.path.parent, but=run)

    def plan(self, verb: str = "up") -> Plan:
        """What `rke up` or `rke remove` would do."""
        from rancher_tui.install import rules
        from rancher_tui.operations.planning import planned
        from rancher_tui.operations.running import demand_ready
        from rancher_tui.proofs.inputs import OperationError

        state = self.store.state
        if lacking := rules.missing(state, 11):
            return Plan(refusal=lacking)
        try:
            binary = demand_ready(self.session, state)
        except OperationError as error:
            return Plan(refusal=error.message)
        told = planned(self.session, state, verb=verb)
        lines = (
            *(msg("{what}: {remedy}", what=warning.title, remedy=warning.remedy) for warning in told.warnings),
            msg("{binary} {verb}", binary=str(binary), verb=verb),
            *told.lines,
            *(msg("rke gets {name}={value}", name=name, value=value) for name, value in told.environment.items()),
        )
        return Plan(lines, tuple((need.message, need.code, need.typed or need.code) for need in told.plan.needs))

    def start(self, agreed: frozenset[str], verb: str = "up") -> Sequence[Finding]:
        from rancher_tui.operations.running import RunRequest, start_run
        from rancher_tui.proofs.inputs import OperationError

        try:
            run = start_run(self.session, self.store.state, RunRequest(verb, agreed=agreed))
        except OperationError as error:
            return [failed("run", error.code, error.message)]
        return [Finding(Status.PASS, "started", "", msg("run {run} is started", run=run.id), check="run", step=11)]

    async def stop(self, run: str) -> AsyncIterator[Message]:
        from rancher_tui.install.lock import user_name
        from rancher_tui.rke.runs import find
        from rancher_tui.rke.stop import stop

        found = find(self.session.path, run or None)
        if found is None:
            return
        async for moment in stop(found, by=user_name()):
            if moment.step in ("ended", "gone"):
                yield msg("the run is stopped")
            elif moment.step == "killed":
                yield msg("rke did not leave and was killed")
            else:
                yield msg("asked rke to stop; {seconds} s until it is killed", seconds=round(moment.left_s))

    def rows_of(self, problem: Problem) -> list[int]:
        """The rows of the node table (from 1) that a problem is about; all where it names no node of the table."""
        named = {host.lower() for host in problem.hosts}
        nodes = list(enumerate(self.store.state.nodes, 1))
        rows = [
            row
            for row, node in nodes
            if named & {node.address.strip().lower(), node.hostname_override.strip().lower()}
        ]
        return rows or [row for row, _node in nodes]

    def test_cause(self, problem: Problem) -> AsyncIterator[Finding]:
        """Look at the nodes of a problem now: is what its cause says still so?"""
        from rancher_tui.proofs.hosts import Asked, asked_again, look_again

        state = self.store.state
        asked = asked_again(self.session, state, Asked(tuple(self.rows_of(problem))))
        return look_again(self.session, state, asked)

    def write_lines(self, run: str, lines: Iterable[bytes]) -> Path:
        """Write lines of a log into the session's folder; OSError when that cannot be."""
        from rancher_tui.files import make_folder, timestamp, write_atomic

        path = make_folder(self.session.path / "copied") / f"{run}-{timestamp()}.log"
        write_atomic(path, b"".join(line + b"\n" for line in lines))
        return path

    def shell(self) -> Message:
        """A shell in the session's folder, at this terminal, until it is left: what is to be told afterwards."""
        from rancher_tui.operations.shell import run_shell

        return run_shell(self.session, self.store.state)

    def first_login(self) -> list[Message]:
        """What comes next, once Rancher is up."""
        from rancher_tui.operations.first_login import first_login

        return first_login(self.store.state)
