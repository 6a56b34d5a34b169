"""Where the check looks from: the servers that were named, or everything this machine would ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import dns.name

from rancher_tui.dns.answer import KINDS, Answer, Outcome
from rancher_tui.dns.delegation import Delegation, walk
from rancher_tui.dns.look import Origin, Seen, look
from rancher_tui.dns.names import Expected, family, shown
from rancher_tui.dns.nslookup import nslookup
from rancher_tui.dns.system import System, hosts_addresses
from rancher_tui.transport.name_servers import Server

_AT_ONCE: Final = 64
"""Vantages asked at the same time."""


@dataclass(frozen=True, slots=True)
class Suffixed:
    """Another name, one with a search suffix added, that resolves: its text, and what was seen."""

    name: str
    seen: Seen


@dataclass(slots=True)
class Asking:
    """One question on its way to all vantages, each looked from once."""

    name: dns.name.Name
    expected: Expected
    limit: float
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def server(self, server: Server, vantage: str, origin: Origin) -> Seen:
        """What a name server says."""
        async with self.room:
            return await look(
                server,
                self.name,
                self.limit,
                vantage=vantage,
                origin=origin,
                expected=self.expected.names,
                recursion=origin is not Origin.AUTHORITY,
            )

    def of_system(self, system: System, typed: str) -> Iterable[Awaitable[Seen | Delegation | Suffixed | None]]:
        """Everything that this machine would ask: its resolvers, hosts file, delegation walk and suffixes."""
        for resolver in system.resolvers:
            yield self.server(resolver, f"system resolver {resolver.address}", Origin.SYSTEM)
        yield self._hosts_file(system)
        yield self._delegation(system)
        if not typed.endswith("."):
            for suffix in system.search:
                yield self._with_suffix(system, suffix)

    def of_delegation(self, delegation: Delegation, locate: Callable[[str], Server]) -> Iterable[Awaitable[Seen]]:
        """The servers that the parent zone names."""
        for name, address in delegation.servers:
            yield self.server(locate(address), f"{name} ({address})", Origin.AUTHORITY)

    async def _hosts_file(self, system: System) -> Seen | None:
        addresses = hosts_addresses(system.hosts, self.name)
        if not addresses:
            return None
        answers = {
            version: Answer(Outcome.ADDRESSES, "NOERROR", addresses=mine, protocol="")
            for version in KINDS
            if (mine := tuple(address for address in addresses if family(address) == version))
        }
        return Seen(system.hosts_path, Origin.HOSTS, "", 0, answers)

    async def _delegation(self, system: System) -> Delegation | None:
        for resolver in system.resolvers:
            found = await walk(self.name, resolver, self.limit, system.locate)
            if found is not None:
                return found
        return None

    async def _with_suffix(self, system: System, suffix: dns.name.Name) -> Suffixed | None:
        try:
            longer = self.name.relativize(dns.name.root) + suffix
        except dns.name.NameTooLong:
            return None
        vantage = f"search suffix {shown(suffix)}"
        async with self.room:
            seen = await look(system.resolvers[0], longer, self.limit, vantage=vantage, origin=Origin.SEARCH)
        return Suffixed(shown(longer), seen) if seen.addresses else None


def fact(name: str, seen: Seen) -> dict[str, Any]:
    """A vantage as the commands' facts hold it."""
    leading = seen.leading
    tcp = any(answer.protocol == "tcp" for answer in seen.answers.values())
    asked_here = seen.origin not in (Origin.HOSTS, Origin.NODE)
    return {
        "vantage": seen.vantage,
        "origin": seen.origin.value,
        "server": seen.server,
        "port": seen.port,
        "protocol": ("tcp" if tcp else "udp") if asked_here else "",
        "rcode": leading.rcode,
        "authoritative": leading.authoritative,
        "chain": list(leading.chain),
        "addresses": list(seen.addresses),
        "ttl": min(seen.ttls, default=None),
        "rtt_ms": round(max(answer.seconds for answer in seen.answers.values()) * 1000, 1) if asked_here else None,
        "nslookup": nslookup(name, seen) if asked_here else "",
    }
