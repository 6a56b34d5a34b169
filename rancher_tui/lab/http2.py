"""HTTP/2 for the lab's load balancer: the same handlers as `http`, many requests on one connection (h2 speaks)."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from rancher_tui.lab.http import MAX_BODY, Handler, Headers, Reader, Request, Response, Stream, Writer

_CHUNK = 65536
_HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"}


class _Connection:
    """One client; a task for every request."""

    def __init__(self, reader: Reader, writer: Writer, handler: Handler) -> None:
        self._reader = reader
        self._writer = writer
        self._handler = handler
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self._requests: dict[int, Request] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._window_opened = asyncio.Event()

    async def run(self) -> None:
        """Serve until the client goes."""
        self._h2.initiate_connection()
        await self._flush()
        try:
            while data := await self._reader.read(_CHUNK):
                for event in self._h2.receive_data(data):
                    self._take(event)
                await self._flush()
        except (OSError, h2.exceptions.ProtocolError):
            with suppress(OSError):
                await self._flush()
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            self._writer.close()

    async def _flush(self) -> None:
        self._writer.write(self._h2.data_to_send())
        await self._writer.drain()

    def _take(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self._requests[event.stream_id] = _request(
                [(_text(name), _text(value)) for name, value in event.headers]
            )
        elif isinstance(event, h2.events.DataReceived):
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self._collect(event.stream_id, event.data)
        elif isinstance(event, h2.events.StreamEnded):
            request = self._requests.pop(event.stream_id, None)
            if request is not None:
                task = asyncio.create_task(self._answer(event.stream_id, request))
                self._tasks[event.stream_id] = task
        elif isinstance(event, h2.events.StreamReset):
            self._requests.pop(event.stream_id, None)
            if event.stream_id in self._tasks:
                self._tasks[event.stream_id].cancel()
        elif isinstance(event, h2.events.WindowUpdated | h2.events.RemoteSettingsChanged):
            self._window_opened.set()

    def _collect(self, stream: int, data: bytes) -> None:
        request = self._requests.get(stream)
        if request is not None:
            request.body += data
            if len(request.body) > MAX_BODY:
                del self._requests[stream]
                self._h2.reset_stream(stream, h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)

    async def _answer(self, stream: int, request: Request) -> None:
        try:
            answer = await self._handler(request)
            with suppress(OSError, h2.exceptions.ProtocolError):
                if isinstance(answer, Response):
                    await self._send_head(stream, answer.status, answer.headers)
                    await self._send_data(stream, answer.body if request.method != "HEAD" else b"")
                elif isinstance(answer, Stream):
                    await self._send_head(stream, answer.status, answer.headers)
                    async for part in answer.parts:
                        await self._send_data(stream, part)
                else:
                    await self._send_head(stream, 501, [])
                self._h2.end_stream(stream)
                await self._flush()
        finally:
            self._tasks.pop(stream, None)

    async def _send_head(self, stream: int, status: int, headers: Headers) -> None:
        kept = [(name, value) for name, value in headers if name not in _HOP_BY_HOP]
        self._h2.send_headers(stream, [(":status", str(status)), *kept])
        await self._flush()

    async def _send_data(self, stream: int, data: bytes) -> None:
        """Send as far as the client's window reaches, and wait for more of it."""
        while data:
            size = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size, len(data))
            if size <= 0:
                self._window_opened.clear()
                await self._window_opened.wait()
                continue
            self._h2.send_data(stream, data[:size])
            data = data[size:]
            await self._flush()


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _request(pairs: Headers) -> Request:
    special = {name: value for name, value in pairs if name.startswith(":")}
    headers = [pair for pair in pairs if not pair[0].startswith(":")]
    if not any(name == "host" for name, _value in headers):
        headers.insert(0, ("host", special.get(":authority", "")))
    return Request(special.get(":method", "GET"), special.get(":path", "/"), headers)


async def serve(reader: Reader, writer: Writer, handler: Handler) -> None:
    """Answer requests on one connection until it ends."""
    await _Connection(reader, writer, handler).run()
