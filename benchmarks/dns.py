"""One name from ten vantages: this check, `dig` and `nslookup` in turn, with one slow vantage among them.

The servers are a process of their own: python -m benchmarks.dns
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Limit, Measurement, Peer, Row, absence
from rancher_tui.dns.check import check

VANTAGES = 10
NAME = "rancher.example.test"
ADDRESS = "203.0.113.10"
_WIRE_NAME = b"".join(bytes([len(label)]) + label.encode() for label in NAME.split(".")) + b"\0"
DELAYS = [0.005 * (number + 1) for number in range(VANTAGES - 1)] + [0.3]
"""Seconds after which each vantage answers; the last is the slow one."""
ROUNDS = 7

VANTAGE_ROW = Row(
    "dns",
    "one name from 10 vantages, the slowest after 300 ms",
    "ms",
    "a check of all of them; dig and nslookup ask one after another, as the guide does",
    Limit(350),
)


class _Server(asyncio.DatagramProtocol):
    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        asyncio.get_running_loop().call_later(self.delay, self.transport.sendto, _answer(data), addr)


def _answer(query: bytes) -> bytes:
    """An authoritative answer, made byte by byte so that the servers, which share a process, cost nothing."""
    name, kind = query[12:-4], query[-4:-2]
    if name.lower() != _WIRE_NAME:
        return query[:2] + b"\x84\x03" + query[4:]
    if kind != b"\x00\x01":
        return query[:2] + b"\x84\x00" + query[4:]
    address = bytes(int(part) for part in ADDRESS.split("."))
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04" + address
    return query[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + query[12:] + record


async def serve() -> None:
    """Start the servers, say their ports, run until standard input ends."""
    loop = asyncio.get_running_loop()
    ports = []
    for delay in DELAYS:
        transport, _protocol = await loop.create_datagram_endpoint(partial(_Server, delay), ("127.0.0.1", 0))
        ports.append(transport.get_extra_info("sockname")[1])
    print(*ports, flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def servers() -> Iterator[list[int]]:
    """The servers' process: its ports."""
    command = [sys.executable, "-m", "benchmarks.dns"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        yield [int(port) for port in process.stdout.readline().split()]
    finally:
        process.stdin.close()
        process.wait(5)


async def ours(ports: list[int]) -> float:
    """Milliseconds for one check from all vantages."""
    began = time.perf_counter()
    asked = [f"127.0.0.1:{port}" for port in ports]
    found = [f.code async for f in check(NAME, expected=[ADDRESS], servers=asked, timeout=5, facts={})]
    assert found == ["resolves"] * len(ports), found
    return (time.perf_counter() - began) * 1000


def one_by_one(command: list[str], ports: list[int]) -> Peer:
    """One command a vantage, one after another."""
    name, began = f"{command[0]}, one after another", time.perf_counter()
    try:
        for port in ports:
            filled = [word.format(port=port, name=NAME) for word in command]
            subprocess.run(filled, check=False, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        return Peer(name, absent=absence(command[0], "bind9-dnsutils"))
    return Peer(name, (time.perf_counter() - began) * 1000)


def vantages(_folder: Path) -> Iterator[Figure]:
    with servers() as ports:
        asyncio.run(ours(ports))
        times = [asyncio.run(ours(ports)) for _round in range(ROUNDS)]
        dig = one_by_one(["dig", "@127.0.0.1", "-p", "{port}", "{name}", "A", "{name}", "AAAA"], ports)
        nslookup = one_by_one(["nslookup", "-port={port}", "{name}", "127.0.0.1"], ports)
    yield Figure(
        VANTAGE_ROW, statistics.median(times), f"{ROUNDS} checks", (dig, nslookup), f"worst {max(times):.0f} ms"
    )


MEASUREMENTS = (Measurement((VANTAGE_ROW,), vantages),)

if __name__ == "__main__":
    asyncio.run(serve())
