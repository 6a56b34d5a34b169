"""The copies of what must not be lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import operate
from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


@dataclass(slots=True)
class BackupDesk:
    """What the backup screens ask for."""

    session: Session
    store: Store

    def config(self) -> Sequence[Finding]:
        from rancher_tui.operations import back_up_config

        return operate(
            "backup-config",
            lambda: msg(
                "copied and verified in {folder}",
                folder=str(back_up_config(self.session, self.store.state).folder),
            ),
        )

    def result(self) -> Sequence[Finding]:
        from rancher_tui.operations import back_up_result

        def told() -> Message:
            backup = back_up_result(self.session, self.store.state)
            if backup.lacks:
                names = ", ".join(backup.lacks)
                return msg("copied to {folder}; not there: {names}", folder=str(backup.folder), names=names)
            return msg("copied and verified in {folder}", folder=str(backup.folder))

        return operate("backup-result", told)

    @property
    def folder(self) -> str:
        return str(self.session.backups_folder)

    def result_files(self) -> Sequence[tuple[str, bool]]:
        from rancher_tui.operations import result_files

        return [(name, path.is_file()) for name, path in result_files(self.session, self.store.state).items()]
