"""An ingress with a Rancher behind it, as a node's port 80 shows them (ingress-nginx and Rancher v2.0, reference).

Enough for probes: names, X-Forwarded headers, links, the CA, WebSockets. Faults are switches.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass
class Rancher:
    """What the stand-in is told to be."""

    name: str
    ca: str = ""
    pod: str = "ready"
    """`ready`, `down` (503) or `unreached` (504)."""
    believes_headers: bool = True
    """The ingress keeps X-Forwarded-Proto (use-forwarded-headers)."""
    redirects_itself: bool = False
    """The ingress has a TLS section: 308 for plain HTTP."""
    is_ingress: bool = True
    token: str = "token-x:y"
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextlib.asynccontextmanager
async def node(rancher: Rancher, address: str, port: int) -> AsyncIterator[None]:
    """The stand-in on a node's address and port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path = head[0].split(" ")[:2]
            headers = {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in head[1:] if ": " in line}
            rancher.asked.append((path, headers))
            answered = answer(rancher, method, path, headers)
            writer.write(answered)
            await writer.drain()
            if b"101" in answered[:12]:
                await reader.read(65536)
        writer.close()

    server = await asyncio.start_server(serve, address, port)
    async with server:
        yield


def answer(rancher: Rancher, method: str, path: str, headers: dict[str, str]) -> bytes:
    """The bytes that a request is answered with."""
    host = headers.get("host", "")
    bare = path.partition("?")[0]
    if not rancher.is_ingress:
        return reply(200, b"It works!", "text/html")
    if bare == "/healthz" and host.partition(":")[0] != rancher.name:
        return reply(200, b"")
    if host.partition(":")[0] != rancher.name:
        return reply(404, b"default backend - 404")
    proto = headers.get("x-forwarded-proto", "") if rancher.believes_headers else "http"
    if rancher.redirects_itself and proto != "https":
        return reply(308, b"", location=f"https://{host}{path}")
    if rancher.pod != "ready":
        return reply(503 if rancher.pod == "down" else 504, b"<h1>nginx</h1>", "text/html")
    return behind(rancher, method, bare, headers, proto)


def behind(rancher: Rancher, method: str, path: str, headers: dict[str, str], proto: str) -> bytes:
    """Rancher itself."""
    host = headers.get("host", "")
    if path == "/healthz":
        return reply(200, b"ok")
    if proto != "https" and method != "GET":
        return reply(400, b"Use HTTPS")
    if proto != "https":
        return reply(302, b"", location=f"https://{host}{path}")
    if path == "/ping":
        return reply(200, b"pong")
    if path == "/v3/settings/cacerts":
        return reply(200, json.dumps({"name": "cacerts", "value": rancher.ca}).encode(), "application/json")
    if path == "/v3-public":
        port = headers.get("x-forwarded-port", "443")
        name = host.partition(":")[0]
        base = f"https://{name}" if port == "443" else f"https://{name}:{port}"
        return reply(200, json.dumps({"links": {"self": f"{base}/v3-public"}}).encode(), "application/json")
    if path in ("/v3/connect", "/v3/subscribe"):
        return websocket(rancher, path, headers)
    return reply(200, b"<html>Rancher</html>", "text/html")


def websocket(rancher: Rancher, path: str, headers: dict[str, str]) -> bytes:
    """The tunnel and the event stream: an upgrade, a token."""
    if "upgrade" not in headers.get("connection", "").lower():
        return reply(400, b"websocket: could not find connection header with token 'upgrade'")
    if path == "/v3/connect" or headers.get("authorization") != f"Bearer {rancher.token}":
        return reply(401, b"failed authentication")
    accept = base64.b64encode(hashlib.sha1(headers["sec-websocket-key"].encode() + MAGIC).digest())
    event = b'{"name":"ping"}'
    head = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    )
    return head + accept + b"\r\n\r\n" + bytes([0x81, len(event)]) + event


def reply(status: int, body: bytes, kind: str = "text/plain", location: str = "") -> bytes:
    """An HTTP answer that ends its connection."""
    extra = f"Location: {location}\r\n" if location else ""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{extra}Connection: close\r\n\r\n".encode() + body
