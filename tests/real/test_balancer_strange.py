"""Whatever answers in place of a balancer or of Rancher, looks end in time and say something, and none breaks."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rancher_tui.balancer.check import check
from rancher_tui.balancer.front import Front
from rancher_tui.balancer.probe import Probe, probe
from rancher_tui.balancer.rehearse import rehearse
from tests.real.balancers import FQDN, LocalNodes, make_pair
from tests.real.test_balancer_rehearse import install

pytestmark = pytest.mark.real

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(answer: bytes) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(answer)
        await writer.drain()

    return behave


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65536)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65536)
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(1000):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STRANGE: dict[str, Behaviour] = {
    "closes": says(b""),
    "no http": says(b"SSH-2.0-OpenSSH_9.2\r\n" * 50),
    "half a head": says(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "a body that is cut": says(HEAD + b"Content-Length: 1000\r\n\r\n{"),
    "a length that is none": says(HEAD + b"Content-Length: many\r\n\r\n{}"),
    "a head without end": says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300000),
    "json of another shape": says(HEAD + b"Content-Length: 5\r\nConnection: close\r\n\r\n[1,2]"),
    "a node that is none": says(
        HEAD + b'Content-Length: 25\r\nConnection: close\r\n\r\n{"node": 1, "headers": 2}'
    ),
    "a redirect to nowhere": says(
        b"HTTP/1.1 302 Found\r\nLocation: https://[bad:port/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ),
    "a redirect to a strange port": says(
        b"HTTP/1.1 301 Moved\r\nLocation: https://x:99999/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ),
    "control characters": says(
        b"HTTP/1.1 200 \x1b[31mOK\r\nServer: \x1b]0;x\x07\r\nContent-Length: 4\r\nConnection: close\r\n\r\npon\x1b"
    ),
    "compressed rubbish": says(
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nrubb"
    ),
    "endless": endless,
    "trickle": trickle,
    "silent": silent,
}


@contextlib.asynccontextmanager
async def ports(behaviour: Behaviour, folder: Path) -> AsyncIterator[tuple[int, int]]:
    """A port that speaks TLS and a plain one, both behaving so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await behaviour(reader, writer)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
    secure = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    plain = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with secure, plain:
        yield secure.sockets[0].getsockname()[1], plain.sockets[0].getsockname()[1]


@pytest.mark.parametrize("what", STRANGE)
async def test_strange_answers_are_told_and_break_nothing(what: str, tmp_path: Path) -> None:
    pair, state = make_pair(tmp_path), install(tmp_path)
    async with ports(STRANGE[what], tmp_path) as (secure, plain), asyncio.timeout(40):
        front = Front(FQDN, "127.0.0.1", plain, secure, pair.ca_pem, limit=0.25)
        seen = [finding async for finding in probe(Probe(front, ("127.0.0.1",), plain, "", "a:b"))]
        assert any(finding.bad for finding in seen)
        asked = state.model_copy(
            update={
                "balancer": state.balancer.model_copy(update={"https_port": str(secure), "http_port": str(plain)})
            }
        )
        assert [finding async for finding in check(asked, facts={}, ca_pem=pair.ca_pem, limit=0.25)]
        nodes = LocalNodes()
        found = rehearse(asked, nodes.open, facts={}, ca_pem=pair.ca_pem, idle=0.1, settle=0.2, limit=0.25)
        assert any(finding.bad for finding in [each async for each in found])
        assert nodes.left_over == []


async def test_plain_http_where_tls_should_be_and_the_other_way_round(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    answer = says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    async with ports(answer, tmp_path) as (secure, plain):
        front = Front(FQDN, "127.0.0.1", secure, plain, pair.ca_pem, limit=2.0)
        found = {finding.code async for finding in probe(Probe(front))}
        assert found <= {"tls-failed", "balancer-closed"}
        turned = replace(front, http_port=secure, https_port=secure)
        found = {finding.code async for finding in probe(Probe(turned)) if finding.status != "pass"}
        assert "redirect" in found or "balancer-closed" in found
