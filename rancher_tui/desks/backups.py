"""The copies of what must not be lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rancher_tui.desks.operate import failed, operate
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


REHEARSED: Final = "restore-rehearsed"
"""The journal's word for a restore into a folder that is thrown away."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup as the screen lists it."""

    made_at: datetime
    age_s: float
    purpose: str
    files: int
    lacks: tuple[str, ...]
    tried: bool | None = None
    """Whether it was whole when it was restored for trial; None while nobody tried."""


@dataclass(slots=True)
class BackupDesk:
    """What the backup screens ask for."""

    session: Session
    store: Store

    def config(self) -> Sequence[Finding]:
        from rancher_tui.operations.keeping import back_up_config

        def told() -> Message:
            return msg(
                "copied and verified in {folder}",
                folder=str(back_up_config(self.session, self.store.state).folder),
            )

        return operate("backup-config", told)

    async def result(self, passphrase: str = "") -> Sequence[Finding]:
        """Copy what the run left, and copy that to the second place where there is one."""
        made = await asyncio.to_thread(self._result)
        to = self.store.state.copies.to.strip()
        if not to or made[0].bad:
            return made
        from rancher_tui.backup.copies import all_of
        from rancher_tui.install.secrets import SecretError
        from rancher_tui.operations.keeping import KeepError, send

        try:
            backup = all_of(self.session.backups_folder)[0]
            target = self.session.secrets.resolve(to)
            place = await send(self.session, self.store.state, backup, target, passphrase)
        except SecretError as error:
            return [failed("backup-result", "secret-missing", error.message)]
        except KeepError as error:
            return [failed("backup-result", error.code, error.message)]
        title = msg("copied, and verified in {place} too", place=place)
        return [Finding(Status.PASS, "done", "", title, check="backup-result")]

    def _result(self) -> Sequence[Finding]:
        from rancher_tui.operations.keeping import back_up_result

        def told() -> Message:
            backup = back_up_result(self.session, self.store.state)
            if backup.lacks:
                names = ", ".join(backup.lacks)
                return msg("copied to {folder}; not there: {names}", folder=str(backup.folder), names=names)
            return msg("copied and verified in {folder}", folder=str(backup.folder))

        return operate("backup-result", told)

    @property
    def needs_passphrase(self) -> bool:
        """True when the second copy is to be encrypted."""
        return bool(self.store.state.copies.to.strip()) and self.store.state.copies.encrypt

    async def rehearse(self) -> Sequence[Finding]:
        """Whether the newest backup could be restored: restored into a folder that is thrown away, and read."""
        from rancher_tui.backup.copies import all_of
        from rancher_tui.install.session import Home
        from rancher_tui.operations.restoring import rehearse

        def look() -> list[Finding]:
            backups = all_of(self.session.backups_folder)
            if not backups:
                return [failed("restore", "no-backup", msg("there is no backup yet; b makes one"))]
            found = list(rehearse(Home(self.session.path.parents[1]), backups[0].folder))
            bad = [finding for finding in found if finding.bad]
            folder = backups[0].folder.name
            self.session.journal(REHEARSED, ok=not bad, folder=folder)
            title = msg("{folder} was restored for trial and read: whole", folder=folder)
            return bad or [Finding(Status.PASS, "done", folder, title, check="restore")]

        try:
            return await asyncio.to_thread(look)
        except OSError as error:
            reason = error.strerror or str(error)
            return [failed("restore", "cannot-write", msg("cannot be tried: {error}", error=reason))]

    @property
    def folder(self) -> str:
        return str(self.session.backups_folder)

    def kept(self) -> list[Kept]:
        """The backups there are, newest first."""
        from rancher_tui.backup.copies import all_of
        from rancher_tui.install import journal

        done = (entry for entry in journal.entries(self.session.journal_file) if entry.get("action") == REHEARSED)
        tried = {entry.get("folder"): bool(entry.get("ok")) for entry in done}
        return [
            Kept(
                backup.made_at,
                backup.age_seconds,
                backup.purpose,
                len(backup.entries),
                backup.lacks,
                tried.get(backup.folder.name),
            )
            for backup in all_of(self.session.backups_folder)
        ]

    def result_files(self) -> Sequence[tuple[str, bool]]:
        from rancher_tui.proofs.inputs import result_files

        return [(name, path.is_file()) for name, path in result_files(self.session, self.store.state).items()]
