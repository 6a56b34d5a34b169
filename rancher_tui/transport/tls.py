"""The certificates that a TLS server presents, as they come on the wire; nothing is judged here."""

from __future__ import annotations

import asyncio
import ssl
import time


async def fetch_chain(host: str, port: int, server_name: str | None = None, timeout: float = 10.0) -> list[bytes]:  # noqa: ASYNC109
    """DER certificates in the order served, also untrusted or expired ones.

    `server_name` is sent as SNI (`host` if left out); `timeout` in seconds is for the whole of it. OSError
    (ssl.SSLError and TimeoutError among them) where there is no connection or no handshake.
    """
    deadline = time.monotonic() + timeout
    async with asyncio.timeout(timeout):
        context = await asyncio.to_thread(_context)
        _, writer = await asyncio.open_connection(
            host, port, ssl=context, server_hostname=server_name or host,
            ssl_handshake_timeout=max(0.1, deadline - time.monotonic()),
        )  # fmt: skip
        try:
            return _presented(writer.get_extra_info("ssl_object"))
        finally:
            writer.transport.abort()


def _context() -> ssl.SSLContext:
    """A client that takes any certificate and old protocols, for it only looks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _presented(connection: ssl.SSLObject) -> list[bytes]:
    get_chain = getattr(connection, "get_unverified_chain", None)
    if get_chain is not None:
        return [bytes(item) for item in get_chain()]
    inner = connection._sslobj  # type: ignore[attr-defined]
    return [ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in inner.get_unverified_chain() or ()]
