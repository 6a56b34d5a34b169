"""The judge of a server's host key while a connection is being made: known, pinned, unknown or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rancher_tui.transport.ssh_credentials import Credentials
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_known import KnownHosts, Trust, Vouched

if TYPE_CHECKING:
    import asyncssh

LARGEST_AUTH_BANNER = 4096


class Verifier:
    """One connection's verdict on the key it was shown. `only_look` refuses every key, having seen it."""

    def __init__(self, address: str, port: int, hosts: KnownHosts, only_look: bool = False) -> None:
        self._address = address
        self._port = port
        self._hosts = hosts
        self._only_look = only_look
        self.presented: asyncssh.SSHKey | None = None
        self.trust = Trust.UNKNOWN
        self.vouched: Vouched | None = None
        self.said = ""

    def trusted(
        self, _host: str, _addr: str, _port: int | None
    ) -> tuple[list[object], list[object], list[object]]:
        """What asyncssh may accept by itself: keys signed by a known authority, never a plain key."""
        found = self._hosts.vouched(self._address, self._port)
        return [], list(found.authorities) if found else [], list(found.revoked) if found else []

    def algorithms(self) -> list[str]:
        """Host key algorithms in the order to ask for: those of known keys first, so that a known key is shown."""
        from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

        found = self._hosts.vouched(self._address, self._port)
        keys = found.keys if found else self._hosts.without_port(self._address)
        known = [algorithm for key in keys for algorithm in key.sig_algorithms]
        plain = get_default_public_key_algs()
        certified = get_default_certificate_algs() if found and found.authorities else []
        ordered = [*certified, *(name for name in known if name in plain), *plain]
        return [name.decode("ascii") for name in dict.fromkeys(ordered)]

    def client(self, credentials: Credentials) -> asyncssh.SSHClient:
        """The callbacks of one connection, which offers `credentials` once the key is trusted."""
        import asyncssh

        verifier = self

        class Client(asyncssh.SSHClient):
            def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
                return verifier.judge(key)

            async def public_key_auth_requested(self) -> list[Any] | None:
                return await credentials.offer()

            def auth_banner_received(self, msg: str, lang: str) -> None:
                verifier.said = (verifier.said + msg)[:LARGEST_AUTH_BANNER]

        return Client()

    def judge(self, key: asyncssh.SSHKey) -> bool:
        """Note the key that was shown and say whether the login may go on."""
        self.presented = key
        self.trust, self.vouched = self._hosts.verdict(self._address, self._port, key)
        return self.trust is Trust.KNOWN and not self._only_look

    def error(self, said: str) -> SshError:
        """Why the key was not taken; `said` are asyncssh's words."""
        shown = {}
        if self.presented:
            shown = {"type": self.presented.get_algorithm(), "fingerprint": self.presented.get_fingerprint()}
        known = [key.get_fingerprint() for key in self.vouched.keys] if self.vouched else []
        source = self.vouched.source if self.vouched else ""
        if self.trust in (Trust.CHANGED, Trust.REVOKED) or "revoked" in said:
            return SshError(Rung.HOST_KEY_CHANGED, **shown, known=known, source=source, error=said)
        return SshError(Rung.HOST_KEY_UNKNOWN, **shown, error=said)
