"""What the screens call: sessions of this machine, and one open session with its checks and operations.

`LocalEngine` and `LocalInstall` have the shapes of `screens/services.py`. Operations give findings.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import steps
from rancher_tui.install.lock import HeldError, Holder, TakeOverError
from rancher_tui.install.session import Home, Opened, Session, SessionError
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store

if TYPE_CHECKING:
    from rancher_tui.rke.runs import RunStatus


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One row of the list of sessions."""

    name: str
    label: str
    fqdn: str
    saved_at: datetime
    held_by: str
    done: int
    """Steps proven, of twelve."""
    run: str
    """State of the newest run (`running`, `exited`, …); empty without one."""
    damage: str = ""
    """Why the session cannot be read; empty when it can."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do; `warnings` need a typed yes (`codes`), `refusal` says why it may not be."""

    lines: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    codes: frozenset[str] = frozenset()
    refusal: Message = EMPTY


class LocalInstall:
    """One open session of this machine."""

    def __init__(self, session: Session, opened: Opened) -> None:
        self.session = session
        self.opened = opened
        self.store = Store(opened.state, session)
        self._reports = session.reports()
        self._seen = self._stamps()
        self._closed = False

    @property
    def name(self) -> str:
        return self.session.name

    @property
    def folder(self) -> str:
        return str(self.session.path)

    @property
    def holder(self) -> Holder | None:
        return self.session.holder

    def reports(self) -> Mapping[str, Report]:
        return self._reports

    def _stamps(self) -> tuple[int, int]:
        """When the state and the reports were last written, in nanoseconds."""
        reports = self.session.path / "reports"
        files = [self.session.state_file, reports, *reports.glob("*.json")]
        stamps = [path.stat().st_mtime_ns if path.exists() else 0 for path in files]
        return stamps[0], max(stamps[1:])

    def look(self) -> bool:
        stamps = self._stamps()
        if stamps == self._seen:
            return False
        state_changed = stamps[0] != self._seen[0]
        reports_changed = stamps[1] != self._seen[1]
        self._seen = stamps
        if reports_changed:
            self._reports = self.session.reports()
        if state_changed and not self.session.writable:
            self.store.reload(self.session.look_on().state)
        return reports_changed or (state_changed and not self.session.writable)

    def meanwhile(self) -> Message:
        from rancher_tui.rke.runs import newest

        run = newest(self.session.path)
        if run is None:
            return EMPTY
        status = run.status()
        saved = datetime.fromtimestamp(self.session.saved_at, UTC)
        if status.state == "running":
            return msg("a run is under way (step 11)")
        if status.ended is not None and status.ended > saved:
            return msg("the run ended: {state} (step 11)", state=status.state)
        return EMPTY

    def check(self, step: int) -> AsyncIterator[Finding]:
        from rancher_tui.checks import run_step

        return self._checked(run_step(step, self.session, self.store.state))

    async def _checked(self, findings: AsyncIterator[Finding]) -> AsyncIterator[Finding]:
        async for finding in findings:
            yield finding
        self._reports = self.session.reports()

    def take_over(self) -> Message:
        try:
            opened = self.session.take_over()
        except (TakeOverError, SessionError, OSError) as error:
            return msg("{error}", error=str(error))
        self.opened = opened
        self.store.reload(opened.state)
        return EMPTY

    def cluster_text(self) -> str | Message:
        from rancher_tui.operations import OperationError, composed

        try:
            return composed(self.session, self.store.state)
        except OperationError as error:
            return error.message

    def difference(self) -> str | Message:
        import difflib

        text = self.cluster_text()
        if isinstance(text, Message):
            return text
        path = self.session.cluster_file
        if not path.is_file():
            return msg("nothing is exported yet; e writes it")
        before = path.read_text(encoding="utf-8", errors="replace")
        lines = difflib.unified_diff(before.splitlines(), text.splitlines(), "exported", "now", lineterm="", n=2)
        return "\n".join(lines) or msg("the exported file is what is entered now")

    def export(self) -> Sequence[Finding]:
        from rancher_tui.operations import OperationError, export

        try:
            exported = export(self.session, self.store.state)
        except OperationError as error:
            return [_failed("export", error.code, error.message)]
        title = msg("{path} is written", path=str(exported.path))
        if exported.kept is not None:
            title = msg(
                "{path} is written; the one before is {kept}", path=str(exported.path), kept=exported.kept.name
            )
        return [Finding(Status.PASS, "exported", "", title, check="export", step=10)]

    def run_status(self, run: str = "") -> RunStatus:
        from rancher_tui.rke.runs import status

        return status(self.session.path, run or None)

    def run_log(self, run: str) -> Path | None:
        from rancher_tui.rke.runs import find

        found = find(self.session.path, run or None)
        return found.log if found else None

    def run_quiet_s(self, run: str) -> float | None:
        path = self.run_log(run)
        try:
            written = path.stat().st_mtime if path else None
        except OSError:
            return None
        return max(0.0, datetime.now(UTC).timestamp() - written) if written else None

    def run_names(self) -> list[str]:
        from rancher_tui.rke.runs import runs

        return [run.id for run in runs(self.session.path)]

    def plan(self) -> Plan:
        from rancher_tui.install import rules
        from rancher_tui.operations import OperationError, rke_binary

        state = self.store.state
        if lacking := rules.missing(state, 11):
            return Plan(refusal=lacking)
        try:
            binary = rke_binary(self.session, state)
        except OperationError as error:
            return Plan(refusal=error.message)
        hosts = (
            msg("{address}: {roles}, as {user}", address=node.address, roles=", ".join(node.roles), user=node.user)
            for node in state.nodes
        )
        return Plan((msg("{binary} up brings up Kubernetes and Rancher on:", binary=str(binary)), *hosts))

    def start_run(self, agreed: frozenset[str]) -> Sequence[Finding]:
        from rancher_tui.operations import OperationError, RunRequest, start_run

        try:
            run = start_run(self.session, self.store.state, RunRequest(agreed=agreed))
        except OperationError as error:
            return [_failed("run", error.code, error.message)]
        return [Finding(Status.PASS, "started", "", msg("run {run} is started", run=run.id), check="run", step=11)]

    async def stop_run(self, run: str) -> AsyncIterator[Message]:
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

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self.store.save()
        self.session.close()


def _failed(check: str, code: str, title: Message) -> Finding:
    return Finding(Status.FAIL, code, "", title, check=check)


class LocalEngine:
    """The sessions of one home on this machine."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @classmethod
    def of(cls, folder: Path | None) -> LocalEngine:
        """The sessions in `folder`, else in the usual place."""
        return cls(Home(folder.expanduser().absolute()) if folder is not None else Home.default())

    @property
    def home(self) -> str:
        return str(self._home.sessions_folder)

    def sessions(self) -> list[SessionLine]:
        return [self._line(session) for session in self._home.sessions()]

    def _line(self, session: Session) -> SessionLine:
        from rancher_tui.rke.runs import newest

        saved = datetime.fromtimestamp(session.saved_at, UTC)
        holder = session.holder
        try:
            state = session.look_on().state
        except SessionError as error:
            return SessionLine(session.name, "", "", saved, str(holder or ""), 0, "", str(error.message))
        judged = steps.overview(state, session.reports(), datetime.now(UTC))
        done = sum(item.status is steps.StepStatus.DONE for item in judged)
        run = newest(session.path)
        status = str(run.status().state) if run else ""
        return SessionLine(session.name, state.label, state.fqdn, saved, str(holder or ""), done, status)

    def last(self) -> str:
        newest = next(iter(self._home.sessions()), None)
        if newest is None:
            return ""
        line = self._line(newest)
        finished = line.damage or (line.done == len(steps.STEPS) and line.run != "running")
        return "" if finished else line.name

    def create(self, name: str, state: InstallState | None = None) -> LocalInstall | Message:
        try:
            session = self._home.create(name, state)
        except SessionError as error:
            return error.message
        except OSError as error:
            return _no_writing(self.home, error)
        return LocalInstall(session, Opened(state or InstallState()))

    def open(self, name: str) -> LocalInstall | Message:
        try:
            session = self._home.session(name)
            return LocalInstall(session, session.open_or_look_on())
        except SessionError as error:
            return error.message
        except OSError as error:
            return _no_writing(name, error)

    def remove(self, name: str) -> Message:
        try:
            self._home.remove(name)
        except SessionError as error:
            return error.message
        except HeldError as error:
            return msg("{name} is held by {holder}", name=name, holder=str(error))
        except OSError as error:
            return _no_writing(name, error)
        return EMPTY

    async def rehearsal(self) -> LocalInstall | Message:
        import asyncio

        from rancher_tui.lab import rehearsal

        try:
            session, store = await asyncio.to_thread(
                rehearsal.begin, self._home, rehearsal.free_name(self._home), []
            )
        except SessionError as error:
            return error.message
        except OSError as error:
            return _no_writing(self.home, error)
        return LocalInstall(session, Opened(store.state))


def _no_writing(what: str, error: OSError) -> Message:
    return msg("{what} cannot be opened: {error}", what=what, error=error.strerror or str(error))
