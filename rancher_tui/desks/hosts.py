"""The hosts of an open session: their keys seen and trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg, msg_n

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store
    from rancher_tui.nodes.host_keys import HostKeyState


@dataclass(slots=True)
class HostDesk:
    """What the host screens ask for."""

    session: Session
    store: Store
    _keys: list[HostKeyState] = field(default_factory=list)

    async def keys(self) -> Sequence[Finding]:
        """Every host's key: pass where it is known, unknown where it is new, fail where it changed or hides."""
        from rancher_tui.checks import connect_settings
        from rancher_tui.nodes.host_keys import scan

        self._keys = await scan(self.store.state.nodes, connect_settings(self.session, self.store.state))
        return [key_finding(key) for key in self._keys]

    async def trust(self) -> Message:
        """Pin the keys that `host_keys` saw last; how many were taken."""
        import asyncio

        from rancher_tui.nodes.host_keys import pin

        taken = await asyncio.to_thread(pin, self.session.known_hosts, self._keys)
        self.session.journal("trust", hosts=[key.subject for key in self._keys], taken=taken)
        return msg_n("{number} key is trusted now", "{number} keys are trusted now", taken)


def key_finding(key: HostKeyState) -> Finding:
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
