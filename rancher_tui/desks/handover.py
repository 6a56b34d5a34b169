"""The hand-over of an open session: the report, and the bundle shown before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import operate, written
from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store
    from rancher_tui.operations.bundling import Item


@dataclass(slots=True)
class HandoverDesk:
    """What is asked for to hand an install over."""

    session: Session
    store: Store

    def report_file(self) -> str:
        """Where the report is written unless another file is named."""
        return str(self.session.path / f"{self.session.name}-report.md")

    def write_report(self, path: str) -> Sequence[Finding]:
        from rancher_tui.operations.handover import written as report

        def told() -> Message:
            file = Path(path).expanduser()
            kind = "html" if file.suffix.lower() in (".html", ".htm") else "md"
            text = written(file, report(self.session, self.store.state, kind))
            self.session.journal("report", file=str(file))
            return text

        return operate("report", told)

    def bundle(self) -> list[Item]:
        """What a bundle would hold, secrets taken out; nothing is written."""
        from rancher_tui.operations.bundling import collect

        return collect(self.session, self.store.state)

    def write_bundle(self, items: list[Item]) -> Sequence[Finding]:
        from rancher_tui.operations.bundling import write

        return operate("bundle", lambda: _bundled(write(self.session, items)))


def _bundled(path: Path) -> Message:
    """Its name first: a long folder is cut at its end."""
    return msg("{name} is written into {folder}", name=path.name, folder=str(path.parent))
