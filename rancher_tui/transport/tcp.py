"""Whether a TCP port accepts connections. Nothing is sent, nothing is judged."""

from __future__ import annotations

import asyncio
import os


async def connects(address: str, port: int, limit: float) -> str:
    """Empty where a connection comes about in `limit` seconds, else the system's words; `timeout` for silence."""
    try:
        async with asyncio.timeout(limit):
            _reader, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)
    writer.transport.abort()
    return ""
