"""What a TLS server presents is fetched as it is: untrusted, expired, in wrong order, with another name."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rancher_tui.transport import tls
from tests.unit.certificates_pki import DAY, FQDN, NOW, Issued, chain_of, issue, pem, root, server

pytestmark = pytest.mark.real

LEAF, LOWER, UPPER, ROOT = chain_of(2)


@asynccontextmanager
async def serving(folder: Path, *chain: Issued, seen: list[str | None] | None = None) -> AsyncIterator[int]:
    """A TLS server on loopback that presents `chain`; gives its port."""
    (folder / "chain.pem").write_bytes(pem(*chain))
    (folder / "key.pem").write_bytes(chain[0].key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    if seen is not None:
        context.sni_callback = lambda _, name, __: seen.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    started = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with started:
        yield started.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    "chain",
    [
        (LEAF, LOWER, UPPER),
        (LEAF, UPPER, LOWER),
        (LEAF,),
        (LEAF, LOWER, UPPER, ROOT),
        (LEAF, LOWER, LOWER, root("Stranger Root")),
        (server(FQDN, LOWER, key_name="gone", begin=NOW - 900 * DAY, end=NOW - 800 * DAY), LOWER),
        (server("other.example.org", issue("Unknown CA")),),
        (server(FQDN),),
    ],
    ids=[
        "right",
        "swapped",
        "leaf only",
        "with root",
        "copies and strangers",
        "expired",
        "unknown",
        "self-signed",
    ],
)
async def test_the_chain_comes_as_it_is_served(tmp_path: Path, chain: tuple[Issued, ...]) -> None:
    async with serving(tmp_path, *chain) as port:
        found = await tls.fetch_chain("127.0.0.1", port, FQDN, timeout=10)
    assert found == [item.der for item in chain]


async def test_the_name_asked_for_is_sent(tmp_path: Path) -> None:
    seen: list[str | None] = []
    async with serving(tmp_path, LEAF, seen=seen) as port:
        await tls.fetch_chain("127.0.0.1", port, FQDN, timeout=10)
    assert seen == [FQDN]


async def test_a_server_that_says_nothing_is_left_at_the_deadline() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    started = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with started:
        port = started.sockets[0].getsockname()[1]
        with pytest.raises(OSError):
            await tls.fetch_chain("127.0.0.1", port, timeout=0.3)


async def test_a_server_without_tls_is_told_as_such() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    started = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with started:
        with pytest.raises(OSError):
            await tls.fetch_chain("127.0.0.1", started.sockets[0].getsockname()[1], timeout=5)


async def test_a_closed_port_is_told_as_such() -> None:
    started = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = started.sockets[0].getsockname()[1]
    started.close()
    await started.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await tls.fetch_chain("127.0.0.1", port, timeout=5)
