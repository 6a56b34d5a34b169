"""One name from ten vantages: this check, `dig` and `nslookup` in turn, with one slow vantage among them.

Run: python -m benchmarks.dns
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from functools import partial
from typing import Any

from rancher_tui.dns.check import check

VANTAGES = 10
NAME = "rancher.example.test"
ADDRESS = "203.0.113.10"
_WIRE_NAME = b"".join(bytes([len(label)]) + label.encode() for label in NAME.split(".")) + b"\0"
DELAYS = [0.005 * (number + 1) for number in range(VANTAGES - 1)] + [0.3]
"""Seconds after which each vantage answers; the last is the slow one."""
ROUNDS = 7


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


async def ours(ports: list[int]) -> float:
    """Seconds for one check from all vantages."""
    began = time.perf_counter()
    servers = [f"127.0.0.1:{port}" for port in ports]
    found = [f.code async for f in check(NAME, expected=[ADDRESS], servers=servers, timeout=5, facts={})]
    assert found == ["resolves"] * len(ports), found
    return time.perf_counter() - began


def in_turn(command: list[str], ports: list[int]) -> float:
    """Seconds for one command a vantage and record type, one after another."""
    began = time.perf_counter()
    for port in ports:
        filled = [word.format(port=port, name=NAME) for word in command]
        subprocess.run(filled, check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.dns", "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdin is not None
    ports = [int(port) for port in server.stdout.readline().split()]
    asyncio.run(ours(ports))
    times = [asyncio.run(ours(ports)) for _round in range(ROUNDS)]
    alone = statistics.median(asyncio.run(ours(ports[-1:])) for _round in range(ROUNDS))
    dig = in_turn(["dig", "@127.0.0.1", "-p", "{port}", "{name}", "A", "{name}", "AAAA"], ports)
    nslookup = in_turn(["nslookup", "-port={port}", "{name}", "127.0.0.1"], ports)
    server.stdin.close()
    server.wait(5)
    slowest = max(DELAYS)
    median, worst = statistics.median(times), max(times)
    print(f"one name from {VANTAGES} vantages, the slowest answers after {slowest * 1000:.0f} ms")
    print(
        f"  this check     median {median * 1000:6.0f} ms (slowest + {(median - slowest) * 1000:.0f} ms), "
        f"worst {worst * 1000:.0f} ms; to reach: slowest + 50 ms"
    )
    print(f"  the slowest alone    {alone * 1000:7.0f} ms")
    print(f"  dig in turn    {dig * 1000:13.0f} ms  {dig / median:.1f}x")
    print(f"  nslookup       {nslookup * 1000:13.0f} ms  {nslookup / median:.1f}x")


if __name__ == "__main__":
    main()
