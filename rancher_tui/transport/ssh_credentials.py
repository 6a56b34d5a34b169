"""What proves who we are, fetched when the server asks for it: after the host key has been judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_keys import PrivateKey

if TYPE_CHECKING:
    import asyncssh


class Credentials:
    """The one private key, or the agent's keys, of one login. `error` says why there was nothing to offer."""

    def __init__(self, agent_path: str | None, load: Callable[[], PrivateKey] | None) -> None:
        self._agent_path = agent_path
        self._load = load
        self._asked = False
        self._agent: asyncssh.SSHAgentClient | None = None
        self.key: PrivateKey | None = None
        self.offered: list[dict[str, str]] = []
        self.error: SshError | None = None

    async def offer(self) -> list[Any] | None:
        """The keys to try, at the first time of asking; None afterwards and when there are none."""
        if self._asked:
            return None
        self._asked = True
        try:
            if self._agent_path is not None:
                return await self._agent_keys(self._agent_path)
            if self._load is None:
                return None
            self.key = await asyncio.to_thread(self._load)
        except SshError as error:
            self.error = error
            return None
        self.offered = [{"key": self.key.source, "fingerprint": self.key.fingerprint}]
        return [(self.key.key, self.key.certificate) if self.key.certificate else self.key.key]

    async def _agent_keys(self, path: str) -> list[Any]:
        import asyncssh

        try:
            self._agent = await asyncssh.connect_agent(path)
            keys = list(await self._agent.get_keys())
        except (OSError, ValueError, asyncssh.Error) as error:
            raise SshError(Rung.AGENT_UNREACHABLE, agent=path, error=str(error)) from None
        if not keys:
            raise SshError(Rung.AGENT_UNREACHABLE, agent=path, error="the agent holds no key")
        self.offered = [{"key": key.get_comment() or "", "fingerprint": _fingerprint(key)} for key in keys]
        return keys

    async def close(self) -> None:
        """Let go of the agent."""
        if self._agent:
            self._agent.close()
            with suppress(OSError):
                await self._agent.wait_closed()


def _fingerprint(pair: asyncssh.SSHKeyPair) -> str:
    from asyncssh.public_key import KeyImportError, decode_ssh_public_key

    try:
        return str(decode_ssh_public_key(pair.public_data).get_fingerprint())
    except KeyImportError:
        return ""
