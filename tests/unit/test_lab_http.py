"""HTTP of the lab's servers: what a client sends, however badly, gets an answer or an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rancher_tui.lab.http import Request, Response, Stream, Switch, begin, exchange, serve, text


class Sink:
    """A writer that keeps what is written."""

    def __init__(self) -> None:
        self.data = b""
        self.closed = False

    def write(self, data: bytes, /) -> None:
        self.data += data

    async def drain(self) -> None:
        return

    def close(self) -> None:
        self.closed = True


def fed(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def echo(request: Request) -> Response | Stream | Switch:
    return text(200, f"{request.method} {request.path} {request.body.decode()}")


async def answers(data: bytes) -> bytes:
    sink = Sink()
    await serve(fed(data), sink, echo)
    assert sink.closed
    return sink.data


async def test_requests_on_one_connection_are_answered_in_turn() -> None:
    get = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    post = b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
    said = await answers(get + post)
    assert said.count(b"HTTP/1.1 200 OK") == 2
    assert said.index(b"GET /a ") < said.index(b"POST /b hi")


async def test_a_chunked_body_is_put_together() -> None:
    head = b"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b"POST /b abc" in await answers(head + b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")


async def test_head_gets_the_head_alone() -> None:
    said = await answers(b"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert said.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("data", [b"nonsense\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
async def test_what_is_no_request_is_400(data: bytes) -> None:
    assert (await answers(data)).startswith(b"HTTP/1.1 400 ")


async def test_a_client_that_leaves_half_way_gets_no_answer_of_the_handler() -> None:
    said = await answers(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal")
    assert b"200 OK" not in said


async def test_a_stream_without_a_length_is_chunked() -> None:
    async def streaming(_request: Request) -> Stream:
        async def parts() -> AsyncIterator[bytes]:
            for part in (b"one", b"", b"two"):
                yield part

        return Stream(200, [("content-type", "text/plain")], parts())

    sink = Sink()
    await serve(fed(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), sink, streaming)
    head, _blank, body = sink.data.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert body == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


@given(st.binary(max_size=400))
async def test_any_bytes_end_without_an_error(data: bytes) -> None:
    await answers(data)


async def test_an_exchange_skips_interim_answers_and_reads_to_the_end() -> None:
    said = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody"
    answer = await exchange(fed(said), Sink(), Request("GET", "/", [("host", "x")]))
    assert (answer.status, answer.body) == (200, b"body")


async def test_after_a_switch_what_was_read_beyond_is_kept() -> None:
    said = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x00"
    headers = [("host", "x"), ("connection", "Upgrade"), ("upgrade", "websocket")]
    answer = await begin(fed(said), Sink(), Request("GET", "/", headers))
    assert (answer.status, answer.early) == (101, b"\x81\x00")
