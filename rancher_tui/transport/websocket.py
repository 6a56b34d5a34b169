"""A WebSocket pinned to an address, with the operator's own CA and a deadline. Nothing is judged here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rancher_tui.transport.http import FetchError, fetch_error, tls_context

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection


class UpgradeRefusedError(Exception):
    """The server answered with something else than 101: its status, headers (lower case) and body."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"answered {status} in place of 101")
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        """The body as text, whatever bytes are in it."""
        return self.body.decode("utf-8", "replace")


@asynccontextmanager
async def open_websocket(
    url: str,
    *,
    address: str | None = None,
    port: int | None = None,
    ca_pem: str | None = None,
    verify: bool = True,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,  # noqa: ASYNC109 - the deadline for connecting and the upgrade
) -> AsyncIterator[ClientConnection]:
    """An open WebSocket for `url` (`ws:` or `wss:`), to `address` and `port` where given; no pings are sent.

    UpgradeRefusedError: an HTTP answer, but not 101. FetchError: no answer.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus, WebSocketException

    parts = urlsplit(url)
    secure = parts.scheme == "wss"
    context = await asyncio.to_thread(tls_context, ca_pem, verify=verify) if secure else None
    opening = connect(
        url,
        host=address or parts.hostname,
        port=port or parts.port or (443 if secure else 80),
        ssl=context,
        server_hostname=parts.hostname if secure else None,
        additional_headers=dict(headers or {}),
        user_agent_header="rancher-tui",
        open_timeout=timeout,
        ping_interval=None,
        close_timeout=2,
        proxy=None,
        compression=None,
    )
    try:
        connection = await opening
    except InvalidStatus as error:
        response = error.response
        told = {name.lower(): value for name, value in response.headers.raw_items()}
        raise UpgradeRefusedError(response.status_code, told, bytes(response.body or b"")) from error
    except (WebSocketException, OSError, TimeoutError, EOFError) as error:
        raise fetch_error(error) from error
    try:
        yield connection
    finally:
        await connection.close()


__all__ = ["FetchError", "UpgradeRefusedError", "open_websocket"]
