"""The certificates of an open session: repaired."""

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
class CertificateDesk:
    """What the certificate screen asks for."""

    session: Session
    store: Store

    def repair_chain(self) -> Sequence[Finding]:
        from rancher_tui.operations import repaired_chain

        def told() -> Message:
            path = repaired_chain(self.session, self.store.state)
            files = self.store.state.certificates.model_copy(update={"chain_path": str(path)})
            self.store.update("use the repaired chain", certificates=files)
            return msg("{path} is written and used from now on", path=str(path))

        return operate("certificates", told)
