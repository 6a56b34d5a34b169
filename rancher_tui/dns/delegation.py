"""The name servers to which a zone is delegated, found by asking its parent's servers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dns.message
import dns.name
import dns.rdatatype

from rancher_tui.dns.answer import KINDS, read
from rancher_tui.dns.names import shown
from rancher_tui.transport.name_servers import Question, Reply, Server, ask

_PARENT_SERVERS = 4
"""So many of the parent's servers are asked at once; the first that tells is believed."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """A zone and the servers its parent names: (name, address) each, and the `lost` names without an address.

    `no_route` are servers of an address family that this machine does not have: nothing can be said about them.
    """

    zone: str = ""
    servers: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    no_route: tuple[tuple[str, str], ...] = ()

    def fact(self) -> dict[str, Any]:
        """The delegation as the facts hold it."""
        return {
            "zone": self.zone,
            "servers": [list(pair) for pair in self.servers],
            "lost": list(self.lost),
            "no_route": [list(pair) for pair in self.no_route],
        }


async def walk(
    name: dns.name.Name, resolver: Server, limit: float, locate: Callable[[str], Server]
) -> Delegation | None:
    """Find the zone of `name` and its delegation; None where the resolver does not tell.

    The resolver finds the zone cuts and the parent's servers; these say where the zone is (a referral with glue).
    Where none of them can be asked, the zone's own NS records stand for the delegation.
    """
    cuts = await _zone_cuts(name, resolver, limit)
    if not cuts:
        return None
    zone = cuts[0]
    names, glue = cuts[0].servers, cuts[0].glue
    if len(cuts) > 1:
        told = await _told_by_parent(zone.name, cuts[1], resolver, limit, locate)
        names, glue = told or (names, glue)
    found = await asyncio.gather(*(_addresses(server, glue, resolver, limit) for server in names))
    pairs = [(shown(server), address) for server, many in zip(names, found, strict=True) for address in many]
    lost = [shown(server) for server, many in zip(names, found, strict=True) if not many]
    servers = dict.fromkeys(pairs)
    no_route = tuple(pair for pair in servers if not _has_route(locate(pair[1])))
    return Delegation(
        shown(zone.name), tuple(pair for pair in servers if pair not in no_route), tuple(lost), no_route
    )


def _has_route(server: Server) -> bool:
    """False where this machine has no route at all for the address; nothing is sent to find out."""
    try:
        with socket.socket(server.family, socket.SOCK_DGRAM) as probe:
            probe.connect((server.address, server.port))
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Cut:
    """A zone's apex, its name servers, and addresses of these that came along."""

    name: dns.name.Name
    servers: tuple[dns.name.Name, ...]
    glue: dict[dns.name.Name, tuple[str, ...]]


async def _zone_cuts(name: dns.name.Name, resolver: Server, limit: float) -> list[_Cut]:
    """The zones above a name, the nearest first; only the nearest two matter."""
    above = [name]
    while above[-1] != dns.name.root:
        above.append(above[-1].parent())
    replies = await asyncio.gather(*(ask(resolver, Question(place, dns.rdatatype.NS), limit) for place in above))
    cuts = []
    for reply in replies:
        servers = _ns(reply, reply.question.name)
        if servers and reply.message is not None:
            cuts.append(_Cut(reply.question.name, servers, _glue(reply.message)))
    return cuts[:2]


def _ns(reply: Reply, zone: dns.name.Name) -> tuple[dns.name.Name, ...]:
    """The NS names for a zone in an answer or a referral."""
    if reply.message is None or reply.rcode != "NOERROR":
        return ()
    for rrset in (*reply.message.answer, *reply.message.authority):
        if rrset.rdtype == dns.rdatatype.NS and rrset.name == zone:
            return tuple(record.target for record in rrset)
    return ()


def _glue(message: dns.message.Message) -> dict[dns.name.Name, tuple[str, ...]]:
    glue: dict[dns.name.Name, tuple[str, ...]] = {}
    for rrset in message.additional:
        if rrset.rdtype in KINDS.values():
            glue[rrset.name] = (*glue.get(rrset.name, ()), *(record.address for record in rrset))
    return glue


async def _told_by_parent(
    zone: dns.name.Name, parent: _Cut, resolver: Server, limit: float, locate: Callable[[str], Server]
) -> tuple[tuple[dns.name.Name, ...], dict[dns.name.Name, tuple[str, ...]]] | None:
    """The delegation as the parent's servers give it, with its glue; None where none of them answers."""
    addresses = await asyncio.gather(
        *(_addresses(server, parent.glue, resolver, limit) for server in parent.servers[:_PARENT_SERVERS])
    )
    asked = [address for many in addresses for address in many[:1]]
    question = Question(zone, dns.rdatatype.NS, recursion=False)
    waiting = {asyncio.create_task(ask(locate(address), question, limit)) for address in asked}
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for reply in (task.result() for task in done):
                servers = _ns(reply, zone)
                if servers and reply.message is not None:
                    return servers, _glue(reply.message)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return None


async def _addresses(
    server: dns.name.Name, glue: dict[dns.name.Name, tuple[str, ...]], resolver: Server, limit: float
) -> Sequence[str]:
    """A name server's addresses: the glue that came along, else what the resolver says."""
    if glue.get(server):
        return glue[server]
    replies = await asyncio.gather(*(ask(resolver, Question(server, kind), limit) for kind in KINDS.values()))
    return [
        address
        for version, reply in zip(KINDS, replies, strict=True)
        for address in read(reply, version).addresses
    ]
