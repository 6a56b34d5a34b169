"""The runs of an open session: planned, started, watched, stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import failed
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store
    from rancher_tui.rke.runs import RunStatus


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

    def names(self) -> list[str]:
        from rancher_tui.rke.runs import runs

        return [run.id for run in runs(self.session.path)]

    def plan(self) -> Plan:
        from rancher_tui.install import rules
        from rancher_tui.operations import OperationError, rke_binary
        from rancher_tui.rke import logout
        from rancher_tui.rke.plan import plan

        state = self.store.state
        if lacking := rules.missing(state, 11):
            return Plan(refusal=lacking)
        try:
            binary = rke_binary(self.session, state)
        except OperationError as error:
            return Plan(refusal=error.message)
        run = plan(state, self.session.path)
        at_logout = logout.judge()
        told = (msg("{what}: {remedy}", what=at_logout.title, remedy=at_logout.remedy),) if at_logout else ()
        lines = (msg("{binary} up", binary=str(binary)), *run.lines, *told)
        return Plan(lines, tuple((need.message, need.code, need.typed or need.code) for need in run.needs))

    def start(self, agreed: frozenset[str]) -> Sequence[Finding]:
        from rancher_tui.operations import OperationError, RunRequest, start_run

        try:
            run = start_run(self.session, self.store.state, RunRequest(agreed=agreed))
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
