"""One open session with its checks, its runs and its operations, as the screens call it.

`LocalInstall` has the shape of `screens/services.py`'s `Install`. Operations give findings.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from rancher_tui.desks.backups import BackupDesk
from rancher_tui.desks.balancer import BalancerDesk
from rancher_tui.desks.certificates import CertificateDesk
from rancher_tui.desks.cluster import ClusterDesk
from rancher_tui.desks.dns import DnsDesk
from rancher_tui.desks.handover import HandoverDesk
from rancher_tui.desks.hosts import HostDesk
from rancher_tui.desks.rke import RkeDesk
from rancher_tui.desks.run import RunDesk
from rancher_tui.finding import Finding, Report
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import file_fields, input_files
from rancher_tui.install.lock import Holder, TakeOverError
from rancher_tui.install.session import Opened, Session, SessionError
from rancher_tui.install.store import Store


class LocalInstall:
    """One open session of this machine."""

    def __init__(self, session: Session, opened: Opened) -> None:
        self.session = session
        self.opened = opened
        self.store = Store(opened.state, session)
        self._reports = session.reports()
        self._seen = self._stamps()
        self._closed = False
        self.cluster = ClusterDesk(session, self.store)
        self.backups = BackupDesk(session, self.store)
        self.balancer = BalancerDesk(session, self.store)
        self.certificates = CertificateDesk(session, self.store)
        self.dns = DnsDesk(session, self.store)
        self.hosts = HostDesk(session, self.store)
        self.handover = HandoverDesk(session, self.store)
        self.run = RunDesk(session, self.store)
        self.rke = RkeDesk(session, self.store)

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

    def _stamps(self) -> tuple[int, tuple[int, dict[str, str]]]:
        """When the state and the reports were last written, in nanoseconds, and how the judged files stand."""
        reports = self.session.path / "reports"
        files = [self.session.state_file, reports, *reports.glob("*.json")]
        stamps = [path.stat().st_mtime_ns if path.exists() else 0 for path in files]
        judged = input_files.stamps(input_files.paths_of(self._reports.values()))
        return stamps[0], (max(stamps[1:]), judged)

    def look(self) -> bool:
        stamps = self._stamps()
        if stamps == self._seen:
            return False
        state_changed = stamps[0] != self._seen[0]
        reports_changed = stamps[1] != self._seen[1]
        self._seen = stamps
        if reports_changed:
            self._reports = self.session.reports()
        looked_on = state_changed and not self.session.writable
        if looked_on:
            with suppress(SessionError):  # renamed or removed by another: what was seen last stays
                self.store.reload(self.session.look_on().state)
        return reports_changed or looked_on

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

    def note_error(self, details: str) -> str:
        """Append an unexpected error to the session's errors.log; the file."""
        from rancher_tui.backup.redact import Redactor
        from rancher_tui.files import open_private

        path = self.session.path / "errors.log"
        details, _removed = Redactor(self.session.secrets.values()).clean(details)
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
        if not running:
            return EMPTY
        if self.session.known_hosts.exists():
            return msg("the practice world is running")
        return msg("the practice world is running; k on step 1 shows its host keys")

    def left_behind(self) -> Message:
        """What goes on when the program ends: a rehearsal's world; empty where nothing does."""
        if not (self.session.path / "lab").is_dir():
            return EMPTY
        from rancher_tui.lab import session as lab

        folder = self.session.path / "lab"
        if not lab.alive(folder):
            return EMPTY
        return msg(
            "the practice world stays up for the commands, at most {hours:.0f} hours; "
            "rancher-tui delete {name} --yes {name} ends it",
            hours=lab.settings_of(folder).life_hours,
            name=self.session.name,
        )

    def check(self, step: int) -> AsyncIterator[Finding]:
        from rancher_tui.checks import run_step

        return self._checked(run_step(step, self.session, self.store.state))

    async def _checked(self, findings: AsyncIterator[Finding]) -> AsyncIterator[Finding]:
        async for finding in findings:
            yield finding
        self._reports = self.session.reports()

    def absent_files(self, fields: Iterable[str]) -> Sequence[Finding]:
        return list(file_fields.missing(self.store.state, fields, self.session.cluster_folder))

    def take_over(self) -> Message:
        try:
            opened = self.session.take_over()
        except (TakeOverError, SessionError, OSError) as error:
            return msg("{error}", error=str(error))
        self.opened = opened
        self.store.reload(opened.state)
        return EMPTY

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self.store.save()
        self.session.close()
