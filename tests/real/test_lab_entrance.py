"""The way in: the name server and the load balancer before anything is installed behind them."""

from __future__ import annotations

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
