"""Real load balancers (nginx, HAProxy) on loopback in front of backends, with certificates made for the test."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FQDN = "rancher.example.test"
DEADLINE = 20.0
"""Seconds within which a server has to be up."""


def free_port(address: str = "127.0.0.1") -> int:
    """A TCP port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Pair:
    """A server certificate for FQDN with its key, and the CA that issued it."""

    chain: Path
    key: Path
    combined: Path
    ca_pem: str


def make_pair(folder: Path, name: str = FQDN) -> Pair:
    """Write a fresh pair for `name`, the combined file where HAProxy's configuration expects it."""
    now = datetime.datetime.now(datetime.UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])

    def certificate(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=90))
        )

    ca = (
        certificate(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = (
        certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    chain, private, combined = folder / "fullchain.pem", folder / "privkey.pem", folder / "rancher-haproxy.pem"
    key_pem = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(leaf.public_bytes(pem))
    private.write_bytes(key_pem)
    combined.write_bytes(leaf.public_bytes(pem) + key_pem)
    return Pair(chain, private, combined, ca.public_bytes(pem).decode())


def wait_for_port(port: int, process: subprocess.Popen[bytes], address: str = "127.0.0.1") -> None:
    """Return when something accepts connections on `port`; fail when `process` ends or the deadline passes."""
    import time

    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"{process.args!r} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")


@contextlib.contextmanager
def nginx(folder: Path, config: str, port: int) -> Iterator[None]:
    """Run nginx with `config` (a whole nginx.conf) until the block ends; up when `port` accepts."""
    (folder / "nginx.conf").write_text(config)
    arguments = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    extra = f"daemon off; pid {folder}/nginx.pid;"
    process = subprocess.Popen([*arguments, "-g", extra], start_new_session=True)
    try:
        wait_for_port(port, process)
        yield
    finally:
        _end(process)


@contextlib.contextmanager
def caddy(folder: Path, config: str, port: int) -> Iterator[None]:
    """Run Caddy with `config` until the block ends; up when `port` accepts."""
    (folder / "Caddyfile").write_text(config)
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
        try:
            wait_for_port(port, process)
            yield
        finally:
            _end(process)


@contextlib.contextmanager
def haproxy(folder: Path, config: str, port: int) -> Iterator[None]:
    """Run HAProxy with `config` until the block ends; up when `port` accepts."""
    (folder / "haproxy.cfg").write_text(config)
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for_port(port, process)
            yield
        finally:
            _end(process)


SERVERS = {"nginx": nginx, "haproxy": haproxy, "caddy": caddy}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and its workers."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)


@contextlib.asynccontextmanager
async def pong_backend(address: str, body: bytes = b"pong") -> AsyncIterator[int]:
    """A backend that answers every request with 200 and `body`; gives its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(65536)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, address, 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


class LocalProcess:
    """A "node's" process on this machine, as a rehearsal holds it over SSH."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().rstrip("\n")

    async def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()


class LocalNodes:
    """Starts a rehearsal's command lines on this machine and remembers their processes."""

    def __init__(self, unreachable: tuple[int, ...] = (), path: str = os.environ["PATH"]) -> None:
        self.unreachable = unreachable
        self.path = path
        self.started: list[asyncio.subprocess.Process] = []

    async def open(self, row: int, command: str) -> LocalProcess:
        if row in self.unreachable:
            raise OSError("no route to host")
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PATH": self.path},
        )
        self.started.append(process)
        return LocalProcess(process)

    @property
    def left_over(self) -> list[int]:
        """Processes that still run."""
        return [process.pid for process in self.started if process.returncode is None]
