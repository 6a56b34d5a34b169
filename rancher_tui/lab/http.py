"""HTTP/1.1 for the lab's servers and their clients, over any pair of byte streams (h11 speaks, we carry).

A handler takes a `Request` and returns a `Response`, a `Stream`, or a `Switch` that takes over the connection.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import h11

_CHUNK = 65536
MAX_BODY = 16 * 2**20
"""Bytes that a request or answer may have."""


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
class Stream:
    """A response whose body comes in parts, each passed on at once."""

    status: int
    headers: Headers
    parts: AsyncIterator[bytes]


@dataclass(slots=True)
class Switch:
    """The connection leaves HTTP: 101, then `run` carries it; `early` is what was read beyond the request."""

    headers: Headers
    run: Callable[[Reader, Writer, bytes], Awaitable[None]]


Handler = Callable[[Request], Awaitable[Response | Stream | Switch]]


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


async def _parts(connection: h11.Connection, reader: Reader) -> AsyncIterator[bytes]:
    """The pieces of a body as they arrive."""
    while isinstance(event := await _event(connection, reader), h11.Data):
        yield bytes(event.data)


async def _body(connection: h11.Connection, reader: Reader) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in _parts(connection, reader):
        parts.append(part)
        size += len(part)
        if size > MAX_BODY:
            raise h11.RemoteProtocolError("body too large", 413)
    return b"".join(parts)


def _head(connection: h11.Connection, status: int, headers: Headers) -> bytes:
    reason = HTTPStatus(status).phrase
    return connection.send(h11.Response(status_code=status, headers=headers, reason=reason)) or b""


def _send_response(connection: h11.Connection, writer: Writer, method: str, response: Response) -> None:
    drop = {"content-length", "transfer-encoding", "connection"}
    headers = [pair for pair in response.headers if pair[0] not in drop]
    headers.append(("content-length", str(len(response.body))))
    head = _head(connection, response.status, headers)
    empty = method == "HEAD" or response.status in (204, 304) or not response.body
    data = b"" if empty else connection.send(h11.Data(data=response.body)) or b""
    writer.write(head + data + (connection.send(h11.EndOfMessage()) or b""))


async def _send_stream(connection: h11.Connection, writer: Writer, method: str, stream: Stream) -> None:
    headers = [pair for pair in stream.headers if pair[0] not in ("transfer-encoding", "connection")]
    if header(headers, "content-length") is None:
        headers.append(("transfer-encoding", "chunked"))
    writer.write(_head(connection, stream.status, headers))
    await writer.drain()
    async for part in stream.parts:
        if part and method != "HEAD":
            writer.write(connection.send(h11.Data(data=part)) or b"")
            await writer.drain()
    writer.write(connection.send(h11.EndOfMessage()) or b"")


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
    if isinstance(answer, Stream):
        await _send_stream(connection, writer, request.method, answer)
    else:
        _send_response(connection, writer, request.method, answer)
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
                _send_response(connection, writer, "GET", text(error.error_status_hint, "Bad Request"))
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


@dataclass(slots=True)
class Exchange:
    """The head of an answer, and its body to come; after a 101 `early` is what was read beyond the head."""

    status: int
    headers: Headers
    parts: AsyncIterator[bytes]
    early: bytes | None = None


async def begin(reader: Reader, writer: Writer, request: Request) -> Exchange:
    """Send one request and read its answer's head; h11.RemoteProtocolError or OSError where there is none."""
    connection = h11.Connection(h11.CLIENT)
    headers = [pair for pair in request.headers if pair[0] not in ("content-length", "transfer-encoding")]
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append(("content-length", str(len(request.body))))
    head = connection.send(h11.Request(method=request.method, target=request.target, headers=headers)) or b""
    data = connection.send(h11.Data(data=request.body)) or b"" if request.body else b""
    writer.write(head + data + (connection.send(h11.EndOfMessage()) or b""))
    await writer.drain()
    event = await _event(connection, reader)
    while isinstance(event, h11.InformationalResponse) and event.status_code != 101:
        event = await _event(connection, reader)
    parts = _parts(connection, reader)
    if isinstance(event, h11.InformationalResponse):
        return Exchange(101, _decoded(event.headers), parts, connection.trailing_data[0])
    if not isinstance(event, h11.Response):
        raise h11.RemoteProtocolError("connection closed without an answer")
    return Exchange(event.status_code, _decoded(event.headers), parts)


async def exchange(reader: Reader, writer: Writer, request: Request) -> Response:
    """Send one request and read its whole answer; h11.RemoteProtocolError or OSError where there is none."""
    answer = await begin(reader, writer, request)
    return Response(answer.status, b"".join([part async for part in answer.parts]), answer.headers)


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
