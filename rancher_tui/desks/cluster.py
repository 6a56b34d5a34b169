"""The cluster file of an open session: shown, compared, exported."""

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
class ClusterDesk:
    """What the review screen asks for."""

    session: Session
    store: Store

    def text(self) -> str | Message:
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

        text = self.text()
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

        return operate("export", told)
