"""The way in: the name server and the load balancer before anything is installed behind them."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.asyncquery
import dns.message
import dns.rcode
import httpx
import pytest
from cryptography import x509

from tests.real.lab_world import World, world

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("entrance") / "lab") as made:
        yield made


def name_server(lab: World) -> tuple[str, int]:
    address, _colon, port = lab.state.dns.servers[0].rpartition(":")
    return address, int(port)


@pytest.mark.parametrize("ask", [dns.asyncquery.udp, dns.asyncquery.tcp])
async def test_the_name_resolves_to_the_balancer(lab: World, ask: Callable[..., object]) -> None:
    address, port = name_server(lab)
    query = dns.message.make_query(lab.state.fqdn, "A")
    query_by = dns.asyncquery.udp if ask is dns.asyncquery.udp else dns.asyncquery.tcp
    answer = await query_by(query, address, port=port, timeout=5)
    assert answer.answer[0][0].to_text() == lab.state.balancer.address


def test_dig_agrees(lab: World, requires: Callable[..., None]) -> None:
    requires("dig")
    address, port = name_server(lab)
    command = ["dig", f"@{address}", "-p", str(port), lab.state.fqdn, "+short"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.strip() == lab.state.balancer.address


async def test_the_name_resolves_elsewhere_where_that_is_the_fault(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "name-elsewhere") as lab:
        address, port = name_server(lab)
        answer = await dns.asyncquery.udp(
            dns.message.make_query(lab.state.fqdn, "A"), address, port=port, timeout=5
        )
        found = answer.answer[0][0].to_text()
        assert found != lab.state.balancer.address
        assert str((await lab.run(f"getent hosts {lab.state.fqdn}")).stdout).split()[0] == found


def test_the_chain_is_the_server_s_and_then_the_intermediate(lab: World) -> None:
    chain = x509.load_pem_x509_certificates(Path(lab.state.certificates.chain_path).read_bytes())
    root = x509.load_pem_x509_certificate(Path(lab.state.certificates.ca_path).read_bytes())
    names = chain[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [lab.state.fqdn]
    chain[0].verify_directly_issued_by(chain[1])
    chain[1].verify_directly_issued_by(root)


def test_openssl_takes_the_chain_for_the_name(lab: World, requires: Callable[..., None]) -> None:
    requires("openssl")
    files = lab.state.certificates
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", lab.state.fqdn]
    command += ["-CAfile", files.ca_path, "-untrusted", files.chain_path, files.chain_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr


async def test_clients_that_trust_the_ca_alone_are_served(lab: World) -> None:
    answer = await lab.visit("/ping")
    assert (answer.status_code, "Bad Gateway" in answer.text) == (502, True)


async def test_http_2_is_spoken_to_clients_that_offer_it(lab: World) -> None:
    assert [(await lab.visit("/ping", http2=offered)).http_version for offered in (True, False)] == [
        "HTTP/2",
        "HTTP/1.1",
    ]


@pytest.mark.parametrize("http2", [True, False])
async def test_streams_pass_as_they_come(lab: World, http2: bool) -> None:
    goes_on = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst")
        await goes_on.wait()
        writer.write(b"last")
        writer.close()

    node, port = lab.state.nodes[0], int(lab.state.balancer.node_port)
    async with (
        await asyncio.start_server(answer, node.address, port),
        lab.client(http2=http2) as client,
        client.stream("GET", lab.url("/stream")) as response,
    ):
        parts = response.aiter_bytes()
        assert await anext(parts) == b"first"
        goes_on.set()
        assert [part async for part in parts] == [b"last"]


@pytest.mark.parametrize("http2", [True, False])
async def test_large_uploads_and_answers_pass_whole(lab: World, http2: bool) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(lengths[0].partition(b":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    body = bytes(range(256)) * 8192
    node, port = lab.state.nodes[1], int(lab.state.balancer.node_port)
    async with await asyncio.start_server(answer, node.address, port), lab.client(http2=http2) as client:
        response = await client.post(lab.url("/upload"), content=body)
    assert response.content == body


async def test_a_backend_sees_who_asked_and_how(lab: World) -> None:
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.extend((await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    node, balancer = lab.state.nodes[2], lab.state.balancer
    headers = {"x-forwarded-proto": "http", "x-forwarded-port": "1", "x-forwarded-for": "203.0.113.9"}
    async with await asyncio.start_server(answer, node.address, int(balancer.node_port)), lab.client() as client:
        assert (await client.get(lab.url("/"), headers=headers)).status_code == 204
    assert [line for line in seen if line.startswith(("host:", "x-forwarded-"))] == [
        f"host: {lab.state.fqdn}:{balancer.https_port}",
        "x-forwarded-proto: https",
        f"x-forwarded-port: {balancer.https_port}",
        "x-forwarded-for: 203.0.113.9, 127.0.0.1",
    ]


async def test_clients_that_do_not_know_the_ca_refuse(lab: World) -> None:
    url = f"https://{lab.state.balancer.address}:{lab.state.balancer.https_port}/"
    async with httpx.AsyncClient(trust_env=False, verify=ssl.create_default_context()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_plain_http_is_sent_to_https_with_path_and_query(lab: World) -> None:
    balancer = lab.state.balancer
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"host": lab.state.fqdn}
        answer = await client.get(f"http://{balancer.address}:{balancer.http_port}/some/path?x=1", headers=headers)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"https://{lab.state.fqdn}:{balancer.https_port}/some/path?x=1"


async def test_a_host_reaches_the_balancer_by_name(lab: World) -> None:
    done = await lab.run(f"curl -s -k -o /dev/null -w '%{{http_code}}\\n' https://{lab.state.fqdn}/ping")
    assert done.stdout == "502\n"
