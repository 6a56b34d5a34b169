"""One open session with its checks, its runs and its operations, as the screens call it.

`LocalInstall` has the shape of `screens/services.py`'s `Install`. Operations give findings.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.install.lock import Holder, TakeOverError
from rancher_tui.install.session import Opened, Session, SessionError
from rancher_tui.install.store import Store

if TYPE_CHECKING:
    from rancher_tui.nodes.host_keys import HostKeyState
    from rancher_tui.rke.runs import RunStatus


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, in plain words. Each need is a text, the code it stands for and the word to type."""

    lines: tuple[Message, ...] = ()
    needs: tuple[tuple[Message, str, str], ...] = ()
    refusal: Message = EMPTY
    """Why it cannot be started at all."""


class LocalInstall:
    """One open session of this machine."""

    def __init__(self, session: Session, opened: Opened) -> None:
        self.session = session
        self.opened = opened
        self.store = Store(opened.state, session)
        self._reports = session.reports()
        self._seen = self._stamps()
        self._closed = False
        self._keys: list[HostKeyState] = []

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

    def kept_apart(self, path: str, text: str) -> str:
        """What the state gets of `text` entered at `path`: a secret is kept apart, and its reference given."""
        from rancher_tui.install.secrets import is_secret

        return self.session.secrets.put(path, text) if is_secret(path, text) else text

    def note_error(self, details: str) -> str:
        """Append an unexpected error to the session's errors.log; the file."""
        from rancher_tui.files import open_private
        from rancher_tui.install.secrets import MASK

        path = self.session.path / "errors.log"
        for value in self.session.secrets.values():
            details = details.replace(value, MASK)
        with os.fdopen(open_private(path, os.O_WRONLY | os.O_APPEND), "a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{details}\n")
        return str(path)

    async def wake(self) -> Message:
        """Start the practice world of a rehearsal again where it has ended: what was done, or why it was not."""
        import asyncio

        if not (self.session.path / "lab").is_dir():
            return EMPTY
        from rancher_tui.lab import rehearsal

        try:
            running = await asyncio.to_thread(rehearsal.resume, self.session)
        except OSError as error:
            return msg("the practice world cannot be started: {error}", error=str(error))
        return msg("the practice world is running; k on step 1 shows its host keys") if running else EMPTY

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
        from rancher_tui.install import rules
        from rancher_tui.operations import OperationError, composed

        if lacking := rules.missing(self.store.state, 10):
            return lacking
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
        from rancher_tui.operations import export

        def told() -> Message:
            exported = export(self.session, self.store.state)
            if exported.kept is None:
                return msg("{path} is written", path=str(exported.path))
            return msg(
                "{path} is written; the one before is {kept}", path=str(exported.path), kept=exported.kept.name
            )

        return self._operate("export", told)

    def back_up_config(self) -> Sequence[Finding]:
        from rancher_tui.operations import back_up_config

        return self._operate(
            "backup-config",
            lambda: msg("copied and verified in {folder}", folder=str(back_up_config(self.session).folder)),
        )

    def back_up_result(self) -> Sequence[Finding]:
        from rancher_tui.operations import back_up_result

        def told() -> Message:
            backup = back_up_result(self.session, self.store.state)
            if backup.lacks:
                names = ", ".join(backup.lacks)
                return msg("copied to {folder}; not there: {names}", folder=str(backup.folder), names=names)
            return msg("copied and verified in {folder}", folder=str(backup.folder))

        return self._operate("backup-result", told)

    @property
    def backups(self) -> str:
        return str(self.session.backups_folder)

    def result_files(self) -> Sequence[tuple[str, bool]]:
        from rancher_tui.operations import result_files

        return [(name, path.is_file()) for name, path in result_files(self.session, self.store.state).items()]

    def balancer_text(self) -> str | Message:
        from rancher_tui.balancer.write import RefusedError, write

        try:
            return write(self.store.state, self.store.state.balancer.kind).text
        except RefusedError as error:
            return error.findings[0].title
        except ValueError:
            return msg("no such kind of load balancer")

    def balancer_file(self) -> str:
        from rancher_tui.balancer.write import FILES

        names = FILES.get(self.store.state.balancer.kind, ("balancer.conf",))
        return str(self.session.path / names[-1])

    def write_balancer(self, path: str) -> Sequence[Finding]:
        text = self.balancer_text()
        if isinstance(text, Message):
            return [_failed("balancer", "cannot-write", text)]
        return self._operate("balancer", lambda: _written(Path(path).expanduser(), text))

    def repair_chain(self) -> Sequence[Finding]:
        from rancher_tui.operations import repaired_chain

        def told() -> Message:
            path = repaired_chain(self.session, self.store.state)
            files = self.store.state.certificates.model_copy(update={"chain_path": str(path)})
            self.store.update("use the repaired chain", certificates=files)
            return msg("{path} is written and used from now on", path=str(path))

        return self._operate("certificates", told)

    async def host_keys(self) -> Sequence[Finding]:
        """Every host's key: pass where it is known, unknown where it is new, fail where it changed or hides."""
        from rancher_tui.checks import connect_settings
        from rancher_tui.nodes.host_keys import scan

        self._keys = await scan(self.store.state.nodes, connect_settings(self.session, self.store.state))
        return [_key_finding(key) for key in self._keys]

    async def trust_host_keys(self) -> Message:
        """Pin the keys that `host_keys` saw last; how many were taken."""
        import asyncio

        from rancher_tui.nodes.host_keys import pin

        taken = await asyncio.to_thread(pin, self.session.known_hosts, self._keys)
        self.session.journal("trust", hosts=[key.subject for key in self._keys], taken=taken)
        return msg_n("{number} key is trusted now", "{number} keys are trusted now", taken)

    def _operate(self, check: str, operation: Callable[[], Message]) -> Sequence[Finding]:
        """What an operation told, as a finding; why it could not be done, as a fail."""
        from rancher_tui.operations import OperationError

        try:
            return [Finding(Status.PASS, "done", "", operation(), check=check)]
        except OperationError as error:
            return [_failed(check, error.code, error.message)]
        except OSError as error:
            title = msg(
                "{path} cannot be written: {error}", path=str(error.filename or ""), error=error.strerror or ""
            )
            return [_failed(check, "cannot-write", title)]

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


def _written(path: Path, text: str) -> Message:
    """Write a file; one that was there is kept under a dated name."""
    from rancher_tui.files import keep_existing, write_atomic

    kept = keep_existing(path)
    write_atomic(path, text.encode())
    if kept is None:
        return msg("{path} is written", path=str(path))
    return msg("{path} is written; the one before is {kept}", path=str(path), kept=kept.name)


def _key_finding(key: HostKeyState) -> Finding:
    from rancher_tui.transport.ssh_known import Trust

    detail = msg("{kind} {fingerprint}", kind=key.key_type, fingerprint=key.fingerprint)
    if key.trust is Trust.KNOWN:
        return Finding(Status.PASS, "host-key-known", key.subject, msg("known"), detail)
    if key.trust is Trust.UNKNOWN:
        return Finding(Status.UNKNOWN, "host-key-unknown", key.subject, msg("new"), detail)
    if key.trust is None:
        return Finding(Status.FAIL, "host-key-unseen", key.subject, msg("no key seen: {why}", why=str(key.error)))
    known = ", ".join(key.known)
    title = msg("CHANGED: it was {known}; whoever answers may not be the host", known=known)
    return Finding(Status.FAIL, "host-key-changed", key.subject, title, detail)
