"""HTTP/1.1 for the lab's servers and their clients, over any pair of byte streams (h11 speaks, we carry).

A handler takes a `Request` and returns a `Response`, or a `Switch` that takes over the connection.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import h11

_CHUNK = 65536
_MAX_BODY = 16 * 2**20


class Reader(Protocol):
    """The reading half of a stream."""

    async def read(self, n: int = -1, /) -> bytes: ...


class Writer(Protocol):
    """The writing half of a stream."""

    def write(self, data: bytes, /) -> None: ...

    async def drain(self) -> None: ...

    def close(self) -> None: ...


Headers = list[tuple[str, str]]


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, by its lower-case name."""
    return next((value for key, value in headers if key == name), None)


@dataclass(slots=True)
class Request:
    """A request as it came; header names are lower-case."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    peer: dict[str, Any] = field(default_factory=dict)
    """The client's certificate as `ssl.getpeercert` gives it; empty without one."""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def header(self, name: str) -> str | None:
        return header(self.headers, name)

    @property
    def host(self) -> str:
        """The name in the Host header, without a port, lower-case."""
        return (self.header("host") or "").rpartition("@")[2].split(":")[0].lower()

    @property
    def upgrades(self) -> bool:
        """True when the client asks for another protocol on this connection."""
        return "upgrade" in (self.header("connection") or "").lower() and self.header("upgrade") is not None


@dataclass(slots=True)
class Response:
    """A complete response."""

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)


@dataclass(slots=True)
class Switch:
    """The connection leaves HTTP: 101, then `run` carries it; `early` is what was read beyond the request."""

    headers: Headers
    run: Callable[[Reader, Writer, bytes], Awaitable[None]]


Handler = Callable[[Request], Awaitable[Response | Switch]]


def text(status: int, body: str, kind: str = "text/plain; charset=utf-8") -> Response:
    """A response with a text."""
    return Response(status, body.encode(), [("content-type", kind)])


def as_json(status: int, body: Any) -> Response:
    """A response with JSON."""
    return Response(status, json.dumps(body).encode(), [("content-type", "application/json")])


async def _event(connection: h11.Connection, reader: Reader) -> Any:
    while True:
        event = connection.next_event()
        if event is not h11.NEED_DATA:
            return event
        connection.receive_data(await reader.read(_CHUNK))


def _decoded(headers: Any) -> Headers:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


async def _body(connection: h11.Connection, reader: Reader) -> bytes:
    parts: list[bytes] = []
    size = 0
    while isinstance(event := await _event(connection, reader), h11.Data):
        parts.append(bytes(event.data))
        size += len(event.data)
        if size > _MAX_BODY:
            raise h11.RemoteProtocolError("body too large", 413)
    return b"".join(parts)


def _send_response(connection: h11.Connection, writer: Writer, response: Response) -> None:
    drop = {"content-length", "transfer-encoding", "connection"}
    headers = [pair for pair in response.headers if pair[0] not in drop]
    headers.append(("content-length", str(len(response.body))))
    reason = HTTPStatus(response.status).phrase
    head = connection.send(h11.Response(status_code=response.status, headers=headers, reason=reason))
    without_body = connection.their_state is h11.ERROR or response.status in (204, 304)
    data = b"" if without_body else connection.send(h11.Data(data=response.body))
    end = connection.send(h11.EndOfMessage())
    writer.write((head or b"") + (data or b"") + (end or b""))


async def _one(
    connection: h11.Connection, reader: Reader, writer: Writer, handler: Handler, peer: dict[str, Any]
) -> bool:
    """Answer one request; False when the connection is over."""
    event = await _event(connection, reader)
    if not isinstance(event, h11.Request):
        return False
    request = Request(event.method.decode(), event.target.decode("latin-1"), _decoded(event.headers), peer=peer)
    request.body = await _body(connection, reader)
    answer = await handler(request)
    if isinstance(answer, Switch):
        head = connection.send(h11.InformationalResponse(status_code=101, headers=answer.headers))
        writer.write(head or b"")
        await writer.drain()
        await answer.run(reader, writer, connection.trailing_data[0])
        return False
    _send_response(connection, writer, answer)
    await writer.drain()
    if connection.our_state is h11.MUST_CLOSE:
        return False
    connection.start_next_cycle()
    return True


async def serve(reader: Reader, writer: Writer, handler: Handler, peer: dict[str, Any] | None = None) -> None:
    """Answer requests on one connection until it ends; a request that is no HTTP gets 400."""
    connection = h11.Connection(h11.SERVER)
    try:
        while await _one(connection, reader, writer, handler, peer or {}):
            pass
    except h11.RemoteProtocolError as error:
        if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            with suppress(h11.LocalProtocolError, OSError):
                _send_response(connection, writer, text(error.error_status_hint, "Bad Request"))
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        with suppress(OSError):
            writer.close()


def listener(handler: Handler) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A callback for `asyncio.start_server` that answers with `handler`."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peercert") or {}
        with suppress(asyncio.CancelledError):
            await serve(reader, writer, handler, peer)

    return connected


async def exchange(
    reader: Reader, writer: Writer, request: Request
) -> tuple[Response, bytes] | tuple[Response, None]:
    """Send one request and read its answer.

    The second item is None for an ordinary answer; after a 101 it is what was read beyond the answer's head.
    h11.RemoteProtocolError or OSError when the peer does not answer in HTTP.
    """
    connection = h11.Connection(h11.CLIENT)
    headers = [pair for pair in request.headers if pair[0] not in ("content-length", "transfer-encoding")]
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append(("content-length", str(len(request.body))))
    head = connection.send(h11.Request(method=request.method, target=request.target, headers=headers))
    data = connection.send(h11.Data(data=request.body)) if request.body else b""
    end = connection.send(h11.EndOfMessage())
    writer.write((head or b"") + (data or b"") + (end or b""))
    await writer.drain()
    event = await _event(connection, reader)
    if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
        answer = Response(101, b"", _decoded(event.headers))
        return answer, connection.trailing_data[0]
    if not isinstance(event, h11.Response):
        raise h11.RemoteProtocolError("connection closed without an answer")
    answer = Response(event.status_code, b"", _decoded(event.headers))
    answer.body = await _body(connection, reader)
    return answer, None


async def pump(reader: Reader, writer: Writer) -> None:
    """Carry bytes one way until the reader ends."""
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()


async def join(left: tuple[Reader, Writer], right: tuple[Reader, Writer]) -> None:
    """Carry bytes both ways until either side ends."""
    ways = [
        asyncio.ensure_future(pump(left[0], right[1])),
        asyncio.ensure_future(pump(right[0], left[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
