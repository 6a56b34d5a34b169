"""The load balancer of an open session: its configuration shown and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import failed, operate, written
from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


@dataclass(slots=True)
class BalancerDesk:
    """What the load balancer screen asks for."""

    session: Session
    store: Store

    def text(self) -> str | Message:
        from rancher_tui.balancer.write import RefusedError, write

        try:
            return write(self.store.state, self.store.state.balancer.kind).text
        except RefusedError as error:
            return error.findings[0].title
        except ValueError:
            return msg("no such kind of load balancer")

    def file(self) -> str:
        from rancher_tui.balancer.write import FILES

        names = FILES.get(self.store.state.balancer.kind, ("balancer.conf",))
        return str(self.session.path / names[-1])

    def write(self, path: str) -> Sequence[Finding]:
        text = self.text()
        if isinstance(text, Message):
            return [failed("balancer", "cannot-write", text)]
        return operate("balancer", lambda: written(Path(path).expanduser(), text))
