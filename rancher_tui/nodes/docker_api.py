"""The Docker engine through a forwarded socket, as RKE reaches it: is it there, and what does it tell of itself?

All questions go out at once on one stream; an engine that ends the stream early is asked the rest one by one.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, cast

from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login

LARGEST_ANSWER = 4 << 20
_BOUNDED = re.compile(rb"content-length|chunked", re.IGNORECASE)
PING, INFO, CONTAINERS = "/_ping", "/info", "/containers/json?all=1"


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


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: status, the `Server` header, the body, and whether its length was told beforehand."""

    status: int
    server: str
    body: bytes
    bounded: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """What was heard: `pinned` is the ping of the API version that RKE speaks, None where it was not asked for;
    `facts` are the engine's `info` as one line, its version, all containers' names."""

    ping: Ping
    pinned: Ping | None
    facts: dict[str, str]


async def ask_engine(login: Login, socket: str, deadline: float, api: str = "") -> Engine:
    """Ask the engine behind `socket`; `api` is the API version that an old RKE speaks.

    SshError: `forwarding-refused`, `forwarding-failed`, `connection-lost`. TimeoutError when it takes the
    connection and says nothing.
    """
    paths = [PING, INFO, CONTAINERS, *([f"/v{api}{PING}"] if api else [])]
    heard = await _converse(login, socket, paths, deadline)
    answers: list[Answer | None] = [*read_answers(heard)]
    if not answers or answers[0] is None:
        return Engine(Ping(None, "", heard[:2000].decode("utf-8", "replace")), None, {})
    first = _as_ping(answers[0])
    if not first.good:
        return Engine(first, None, {})
    for path in paths[len(answers) :]:
        answers.append(next(read_answers(await _converse(login, socket, [path], deadline)), None))
    pinned = _as_ping(answers[3]) if api and answers[3] else None
    return Engine(first, pinned, _facts(answers[1], answers[2]))


def _facts(info: Answer | None, containers: Answer | None) -> dict[str, str]:
    try:
        told = json.loads(info.body) if info else {}
        listed = json.loads(containers.body) if containers else []
        names = [str(name).lstrip("/") for each in listed for name in each["Names"][:1]]
        version = str(told.get("ServerVersion", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}
    if not version:
        return {}
    return {"docker-info": json.dumps(told), "docker-server": version, "containers": "\n".join(names)}


async def _converse(login: Login, socket: str, paths: Sequence[str], deadline: float) -> bytes:
    """Everything that comes back when all `paths` are asked for on one stream, to its end or the last answer."""
    last = len(paths) - 1
    requests = "".join(
        f"GET {path} HTTP/1.1\r\nHost: docker\r\n{'Connection: close' if index == last else 'Accept: */*'}\r\n\r\n"
        for index, path in enumerate(paths)
    )
    async with login.unix_socket(socket, deadline) as (reader, writer):
        heard = b""
        try:
            async with asyncio.timeout(deadline):
                writer.write(requests.encode())
                while len(heard) < LARGEST_ANSWER and not _whole(heard, len(paths)):
                    piece = await reader.read(LARGEST_ANSWER - len(heard))
                    if not piece:
                        break
                    heard += piece
        except TimeoutError:
            if not heard:
                raise
        except OSError as error:
            if not heard:
                raise SshError(Rung.FORWARDING_FAILED, path=socket, error=str(error)) from None
    if not heard and login.lost:
        raise SshError(Rung.CONNECTION_LOST, path=socket, error="the connection ended")
    return heard


def _whole(heard: bytes, wanted: int) -> bool:
    """True when nothing more is to come: all answers are there, the last with a length of its own."""
    if heard.count(b"HTTP/1.") < wanted or not _BOUNDED.search(heard):
        return False
    answers = [*read_answers(heard)]
    return len(answers) == wanted and answers[-1].bounded


class _Replayed:
    """What was heard, in the shape of a socket for `http.client`, which closes what it has read."""

    def __init__(self, heard: bytes) -> None:
        self._stream = _Open(heard)

    def makefile(self, *_: Any) -> io.BytesIO:
        return self._stream


class _Open(io.BytesIO):
    def close(self) -> None:
        """Stay open for the next answer."""


def read_answers(heard: bytes) -> Iterator[Answer]:
    """The complete HTTP answers in `heard`, in turn; one without a length lasts until the end."""
    replayed = cast(Any, _Replayed(heard))
    while True:
        response = HTTPResponse(replayed, method="GET")
        try:
            response.begin()
            bounded = response.chunked or response.length is not None
            body = response.read()
        except (HTTPException, ValueError, OSError):
            return
        yield Answer(response.status, response.getheader("Server") or "", body, bounded)


def _as_ping(answer: Answer) -> Ping:
    """Docker tells its version as `Server: Docker/20.10.24 (linux)`."""
    name, _, rest = answer.server.partition("/")
    version = rest.split(" ")[0] if name.lower() == "docker" else ""
    return Ping(answer.status, version, answer.body[:2000].decode("utf-8", "replace"))
