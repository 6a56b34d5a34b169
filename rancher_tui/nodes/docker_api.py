"""The Docker engine through a forwarded socket, as RKE reaches it: is it there, and does it answer?"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login

LARGEST_ANSWER = 65536
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_SERVER = re.compile(rb"^Server: *Docker/([^ \r\n(]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ping:
    """The answer to `GET /_ping`: its status (None: no HTTP), the engine's version if told, the text."""

    status: int | None
    version: str
    text: str

    @property
    def good(self) -> bool:
        """True when an engine answered."""
        return self.status == 200


async def ping(login: Login, socket: str, deadline: float, api: str = "") -> Ping:
    """Ask the engine behind `socket`; `api` prefixes the path with an API version as old RKE releases do.

    SshError: `forwarding-refused`, `forwarding-failed`, `connection-lost`. TimeoutError when it takes the
    connection and says nothing.
    """
    path = f"/v{api}/_ping" if api else "/_ping"
    async with login.unix_socket(socket, deadline) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        try:
            async with asyncio.timeout(deadline):
                while len(answer) < LARGEST_ANSWER:
                    piece = await reader.read(LARGEST_ANSWER - len(answer))
                    if not piece:
                        break
                    answer += piece
        except TimeoutError:
            if not answer:
                raise
        except OSError as error:
            raise SshError(Rung.FORWARDING_FAILED, path=socket, error=str(error)) from None
    if not answer and login.lost:
        raise SshError(Rung.CONNECTION_LOST, path=socket, error="the connection ended")
    return read_ping(answer)


def read_ping(answer: bytes) -> Ping:
    """An HTTP answer's status, the engine's version (`Server: Docker/20.10.24 (linux)`), the text."""
    status = _STATUS.match(answer)
    server = _SERVER.search(answer)
    return Ping(
        int(status.group(1)) if status else None,
        server.group(1).decode("ascii", "replace") if server else "",
        answer[:2000].decode("utf-8", "replace"),
    )
