"""One HTTP request, pinned to an address, with the operator's own CA, HTTP/2, a deadline. Nothing is judged here.

Redirects are not followed, proxies of the environment are not used, nothing is kept between two requests: a probe
has to see what this one connection gives.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

Kind = Literal["unresolved", "refused", "unreachable", "timeout", "untrusted", "tls", "closed", "protocol"]

_BODY_LIMIT: Final = 1 << 20
_PAUSE: Final = 0.25
"""Seconds of silence that end what counts as the first part of a body."""


class FetchError(Exception):
    """No answer came. `kind` says at which rung, `words` are the system's or the library's own."""

    def __init__(self, kind: Kind, words: str) -> None:
        super().__init__(f"{kind}: {words}" if words else kind)
        self.kind: Kind = kind
        self.words = words


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. Header names are lower case, repeated ones joined by `, `; `body` at most 1 MiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    http_version: str
    """`HTTP/1.1` or `HTTP/2`."""
    seconds: float
    alpn: str = ""
    tls_version: str = ""
    peer: str = ""
    """The address that was connected to, `ADDRESS:PORT`."""
    certificate: bytes = field(default=b"", repr=False)
    """The server's own certificate as DER; empty over plain HTTP."""

    @property
    def text(self) -> str:
        """The body as text, whatever bytes are in it."""
        return self.body.decode("utf-8", "replace")


def tls_context(ca_pem: str | None = None, *, verify: bool = True) -> ssl.SSLContext:
    """A client's context: the given CAs alone, or the system's; with `verify` off nothing is proven.

    FetchError (`untrusted`) where no certificate can be read from `ca_pem`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if ca_pem is None:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise FetchError("untrusted", f"the CA file cannot be used: {error}") from error
    return context


@lru_cache(maxsize=16)
def _shared_context(ca_pem: str | None, verify: bool, _http2: bool) -> ssl.SSLContext:
    """A context kept for further requests; httpx sets its ALPN list, so each choice of HTTP/2 has its own."""
    return tls_context(ca_pem, verify=verify)


async def fetch(
    url: str,
    *,
    address: str | None = None,
    port: int | None = None,
    ca_pem: str | None = None,
    verify: bool = True,
    http2: bool = True,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
    content: bytes | None = None,
    first_only: bool = False,
    timeout: float = 10.0,  # noqa: ASYNC109 - the deadline for connecting, asking and reading together
) -> Answer:
    """The answer to one request for `url`, from `address` and `port` where they are given (Host and SNI stay).

    `ca_pem` holds the CAs to trust in place of the system's. With `first_only` the body is what came before
    the first pause.
    FetchError where no answer came.
    """
    import httpx

    context = await asyncio.to_thread(_shared_context, ca_pem, verify, http2)
    started = time.monotonic()
    try:
        async with (
            asyncio.timeout(timeout),
            httpx.AsyncClient(
                verify=context, http2=http2, trust_env=False, follow_redirects=False, timeout=timeout
            ) as client,
            client.stream(method, content=content, **_pinned(url, address, port, headers)) as response,
        ):
            body = await _body(response, first_only)
            return _answer(response, body, started)
    except TimeoutError as error:
        raise FetchError("timeout", f"no answer within {timeout:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise fetch_error(error) from error


def _pinned(url: str, address: str | None, port: int | None, headers: Mapping[str, str] | None) -> dict[str, Any]:
    """The request's arguments: the connection goes to `address`, while Host and SNI name the URL's host."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    sent = {"host": parts.netloc.rpartition("@")[2], "user-agent": "rancher-tui"}
    sent |= {name.lower(): value for name, value in (headers or {}).items()}
    place = address or host
    bracketed = f"[{place}]" if ":" in place else place
    target_port = port or parts.port
    netloc = f"{bracketed}:{target_port}" if target_port else bracketed
    return {
        "url": parts._replace(netloc=netloc).geturl(),
        "headers": sent,
        "extensions": {"sni_hostname": host},
    }


async def _body(response: httpx.Response, first_only: bool) -> bytes:
    body = b""
    chunks = response.aiter_bytes()
    with suppress(TimeoutError):
        async for chunk in chunks:
            body += chunk
            if len(body) >= _BODY_LIMIT:
                break
            if first_only:
                async with asyncio.timeout(_PAUSE):
                    body += b"".join([more async for more in chunks])
    return body[:_BODY_LIMIT]


def _answer(response: httpx.Response, body: bytes, started: float) -> Answer:
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return Answer(
        response.status_code,
        {name.lower(): ", ".join(response.headers.get_list(name)) for name in response.headers},
        body,
        response.http_version,
        time.monotonic() - started,
        (tls.selected_alpn_protocol() or "") if tls else "",
        (tls.version() or "") if tls else "",
        f"{peer[0]}:{peer[1]}" if peer else "",
        (tls.getpeercert(binary_form=True) or b"") if tls else b"",
    )


async def certificate_without_sni(address: str, port: int, limit: float) -> bytes:
    """The certificate (DER) that a server shows to a client that names nobody. FetchError where none comes."""
    context = tls_context(verify=False)
    try:
        async with asyncio.timeout(limit):
            _reader, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname="")
    except (OSError, ValueError) as error:
        raise fetch_error(error) from error
    try:
        shown: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return shown or b""
    finally:
        writer.transport.abort()


def fetch_error(error: BaseException) -> FetchError:
    """The rung at which a connection or request failed, from the causes that a library wraps around it."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError("untrusted", cause.verify_message or str(cause))
        if isinstance(cause, ssl.SSLError):
            return FetchError("tls", str(cause))
        if isinstance(cause, TimeoutError):
            return FetchError("timeout", str(cause))
        if isinstance(cause, ConnectionRefusedError):
            return FetchError("refused", str(cause))
        if isinstance(cause, OSError):
            return FetchError(_os_kind(cause), str(cause))
    words = str(error)
    if "getaddrinfo" in words or "Name or service" in words:
        return FetchError("unresolved", words)
    closed = "disconnected" in words or "closed" in words
    return FetchError("closed" if closed else "protocol", words)


def causes(error: BaseException | None) -> list[BaseException]:
    """An exception and what it was raised from, the innermost first; groups are opened."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                found += causes(inner)
        error = error.__cause__ or error.__context__
    return found[::-1]


def _os_kind(error: OSError) -> Kind:
    import socket

    if isinstance(error, socket.gaierror):
        return "unresolved"
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return "closed"
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "unreachable"
    if error.errno == errno.ETIMEDOUT:
        return "timeout"
    return "unreachable"
