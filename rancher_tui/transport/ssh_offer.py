"""What algorithms a server offers, read without negotiating: was it over them that it hung up?

A server sends its offer right after the versions (RFC 4253, 7.1), also one that will find nothing in common.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

LARGEST_OFFER = 35000
_KEXINIT = 20
_COOKIE = 16
_PARTS = ("key exchange", "host key", "cipher out", "cipher in", "MAC out", "MAC in")


async def read_offer(link: socket.socket, deadline: float) -> dict[str, list[str]]:
    """The server's name lists by what they are for; empty where it sends none. `link` shows its banner next."""
    loop = asyncio.get_running_loop()
    seen = b""
    try:
        async with asyncio.timeout(deadline):
            await loop.sock_sendall(link, b"SSH-2.0-rancher_tui\r\n")
            while len(seen) < LARGEST_OFFER:
                piece = await loop.sock_recv(link, 4096)
                seen += piece
                if offer := parse_offer(seen):
                    return offer
                if not piece:
                    return {}
    except (OSError, TimeoutError):
        return {}
    return {}


def parse_offer(seen: bytes) -> dict[str, list[str]]:
    """The name lists in a server's banner and first packet; empty while they are not whole, or are none."""
    start = 0
    while not seen[start:].startswith(b"SSH-"):
        start = seen.find(b"\n", start) + 1
        if not start:
            return {}
    start = seen.find(b"\n", start) + 1
    packet = seen[start:] if start else b""
    if len(packet) < 6 or len(packet) < 4 + int.from_bytes(packet[:4], "big") or packet[5] != _KEXINIT:
        return {}
    rest, offer = packet[6 + _COOKIE :], {}
    for part in _PARTS:
        length = int.from_bytes(rest[:4], "big")
        offer[part] = rest[4 : 4 + length].decode("ascii", "replace").split(",")
        rest = rest[4 + length :]
    return offer


def nothing_in_common(offer: dict[str, list[str]], host_keys: Sequence[str]) -> dict[str, list[str]]:
    """The parts of a server's offer of which this program can do nothing; `host_keys` are those it takes."""
    from asyncssh.encryption import get_default_encryption_algs
    from asyncssh.kex import get_default_kex_algs
    from asyncssh.mac import get_default_mac_algs

    ciphers = {name.decode() for name in get_default_encryption_algs()}
    macs = {name.decode() for name in get_default_mac_algs()}
    ours = {
        "key exchange": {name.decode() for name in get_default_kex_algs()},
        "host key": set(host_keys),
        "cipher out": ciphers,
        "cipher in": ciphers,
        "MAC out": macs,
        "MAC in": macs,
    }
    sealed = all(_sealing(offer.get(part, []), ciphers) for part in ("cipher out", "cipher in"))
    return {
        part: names
        for part, names in offer.items()
        if not ours[part] & set(names) and not (sealed and part.startswith("MAC"))
    }


def _sealing(names: Sequence[str], ours: set[str]) -> bool:
    """True where the ciphers in common make MACs themselves (GCM, ChaCha20-Poly1305)."""
    common = ours & set(names)
    return bool(common) and all("gcm" in name or "poly1305" in name for name in common)
