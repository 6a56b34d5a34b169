"""The Docker engine through a forwarded socket, as RKE reaches it: is it there, and does it answer?"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login

LARGEST_ANSWER = 4 << 20
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
    return read_ping(await _ask(login, socket, f"/v{api}/_ping" if api else "/_ping", deadline))


async def engine_facts(login: Login, socket: str, deadline: float) -> dict[str, str]:
    """What the engine itself tells, as facts: its `info` as one line, its version, all containers' names."""
    try:
        answers = await asyncio.gather(
            _ask(login, socket, "/info", deadline), _ask(login, socket, "/containers/json?all=1", deadline)
        )
        info, containers = (json.loads(_body(answer)) for answer in answers)
        names = [str(name).lstrip("/") for each in containers for name in each["Names"][:1]]
        version = str(info.get("ServerVersion", ""))
    except (TimeoutError, SshError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    return {"docker-info": json.dumps(info), "docker-server": version, "containers": "\n".join(names)}


async def _ask(login: Login, socket: str, path: str, deadline: float) -> bytes:
    """The whole answer to a GET, HTTP/1.0 so that it comes in one piece."""
    async with login.unix_socket(socket, deadline) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.0\r\nHost: docker\r\n\r\n".encode())
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
    return answer


def _body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def read_ping(answer: bytes) -> Ping:
    """An HTTP answer's status, the engine's version (`Server: Docker/20.10.24 (linux)`), the text."""
    status = _STATUS.match(answer)
    server = _SERVER.search(answer)
    return Ping(
        int(status.group(1)) if status else None,
        server.group(1).decode("ascii", "replace") if server else "",
        answer[:2000].decode("utf-8", "replace"),
    )
