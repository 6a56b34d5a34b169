"""The lab's layer-7 load balancer: ends TLS (HTTP/1.1 and 2), redirects HTTP, proxies to the hosts' ingress.

It does what the guide's nginx does: the Host header stays, X-Forwarded-Proto, -Port and -For are set, WebSockets
pass, a backend that refuses is skipped.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress

import h11

from rancher_tui.lab import http2
from rancher_tui.lab.http import (
    Exchange,
    Headers,
    Reader,
    Request,
    Response,
    Stream,
    Switch,
    Writer,
    begin,
    join,
    listener,
    serve,
    text,
)
from rancher_tui.lab.layout import Place, Settings

CONNECT_TIMEOUT = 2.0
"""Seconds to wait for a backend's connection."""
READ_TIMEOUT = 1.0
"""Seconds to wait for a backend's answer (nginx in the guide: 900; a rehearsal is shorter)."""

_HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"}


def _failure(status: int, words: str) -> Response:
    page = (
        f"<html>\r\n<head><title>{status} {words}</title></head>\r\n<body><h1>{status} {words}</h1></body></html>"
    )
    return text(status, page, "text/html")


class Balancer:
    """The load balancer of one world."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._settings = settings
        self._backends = [(host.address, settings.ingress_port) for host in settings.hosts]
        self._turn = 0
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(place.chain, place.chain_key)
        self._tls.set_alpn_protocols(["h2", "http/1.1"])

    async def start(self) -> None:
        """Listen on both ports; OSError when one is taken."""
        settings = self._settings
        await asyncio.start_server(listener(self._redirect), settings.balancer_address, settings.http_port)
        await asyncio.start_server(self._connected, settings.balancer_address, settings.https_port, ssl=self._tls)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):
            if writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
                await http2.serve(reader, writer, self._pass_on)
            else:
                await serve(reader, writer, self._pass_on)

    async def _redirect(self, request: Request) -> Response:
        port = "" if self._settings.https_port == 443 else f":{self._settings.https_port}"
        name = request.host or self._settings.fqdn
        answer = _failure(301, "Moved Permanently")
        answer.headers.append(("location", f"https://{name}{port}{request.target}"))
        return answer

    def _forwarded(self, request: Request) -> Headers:
        own = {"x-forwarded-proto", "x-forwarded-port", "x-forwarded-for", *_HOP_BY_HOP}
        headers = [pair for pair in request.headers if pair[0] not in own]
        headers.append(("x-forwarded-proto", "https"))
        headers.append(("x-forwarded-port", str(self._settings.https_port)))
        before = request.header("x-forwarded-for")
        headers.append(("x-forwarded-for", f"{before}, 127.0.0.1" if before else "127.0.0.1"))
        if request.upgrades:
            headers.append(("connection", "Upgrade"))
            headers.append(("upgrade", request.header("upgrade") or ""))
        else:
            headers.append(("connection", "close"))
        return headers

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next backend that takes one."""
        for _attempt in self._backends:
            address, port = self._backends[self._turn % len(self._backends)]
            self._turn += 1
            with suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(address, port), CONNECT_TIMEOUT)
        return None

    async def _pass_on(self, request: Request) -> Response | Stream | Switch:
        backend = await self._connect()
        if backend is None:
            return _failure(502, "Bad Gateway")
        reader, writer = backend
        onward = Request(request.method, request.target, self._forwarded(request), request.body)
        try:
            answer = await asyncio.wait_for(begin(reader, writer, onward), READ_TIMEOUT)
        except TimeoutError:
            writer.close()
            return _failure(504, "Gateway Time-out")
        except (OSError, h11.RemoteProtocolError):
            writer.close()
            return _failure(502, "Bad Gateway")
        if answer.early is not None:
            return self._carry(answer, answer.early, backend)
        headers = [pair for pair in answer.headers if pair[0] not in _HOP_BY_HOP]
        return Stream(answer.status, headers, _closing(answer, writer))

    def _carry(
        self, answer: Exchange, early: bytes, backend: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> Switch:
        """The client's connection and the backend's become one."""

        async def carry(client_reader: Reader, client_writer: Writer, sent: bytes) -> None:
            client_writer.write(early)
            backend[1].write(sent)
            await join((client_reader, client_writer), backend)
            backend[1].close()

        return Switch([pair for pair in answer.headers if pair[0] != "content-length"], carry)


async def _closing(answer: Exchange, writer: Writer) -> AsyncIterator[bytes]:
    """The answer's parts; the backend's connection ends with them."""
    try:
        async for part in answer.parts:
            yield part
    finally:
        writer.close()
