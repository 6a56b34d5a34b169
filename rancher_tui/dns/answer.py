"""Reading one DNS message as the answer to an address question. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from rancher_tui.dns.names import shown
from rancher_tui.transport.name_servers import Reply

KINDS = {4: dns.rdatatype.A, 6: dns.rdatatype.AAAA}


class Outcome(StrEnum):
    """What an address question came to, the one that decides among several first."""

    LOOP = "cname-loop"
    NXDOMAIN = "nxdomain"
    BOGUS = "dnssec-bogus"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    ELSEWHERE = "cname-elsewhere"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REFERRAL = "referral"
    NO_ADDRESS = "no-address"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server says about a name in one address family.

    `chain` holds the CNAME targets in order; `ttl` is the least on the way in seconds, None without records;
    `rcode` is the server's, or `timeout`/`unreachable`; `words` the system's or the investigation's.
    """

    outcome: Outcome
    rcode: str
    chain: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    authoritative: bool = False
    truncated: bool = False
    protocol: str = "udp"
    seconds: float = 0.0
    words: str = ""
    followed: str = ""
    """The rcode with which the server answered about the last CNAME's target, where it was asked for it."""
    own_hops: int | None = None
    """How many of the aliases the first answer held, where more was asked for; None where it held all."""
    owners: tuple[str, ...] = ()
    """The names of the aliases, then of the address records, as the server spells them."""
    dnames: tuple[tuple[str, str], ...] = ()
    """DNAME records on the way: owner and target."""

    @property
    def answered(self) -> bool:
        """True when the server said what addresses the name has, be it none at all."""
        return self.rcode in ("NOERROR", "NXDOMAIN") and self.outcome not in (Outcome.ELSEWHERE, Outcome.REFERRAL)


@dataclass(frozen=True, slots=True)
class Way:
    """The way through an answer section: from the name asked for by CNAMEs to addresses."""

    chain: tuple[dns.name.Name, ...]
    addresses: tuple[str, ...]
    ttl: int | None
    circle: bool
    owners: tuple[dns.name.Name, ...] = ()
    dnames: tuple[tuple[dns.name.Name, dns.name.Name], ...] = ()

    def end(self, name: dns.name.Name) -> dns.name.Name:
        """The name that the chain ends at."""
        return self.chain[-1] if self.chain else name


def way(message: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> Way:
    """Follow `name` through the answer section, whatever the order of its records."""
    cnames: dict[dns.name.Name, dns.rrset.RRset] = {}
    addresses: dict[dns.name.Name, dns.rrset.RRset] = {}
    dnames: list[tuple[dns.name.Name, dns.name.Name]] = []
    for rrset in message.answer:
        if rrset.rdclass != dns.rdataclass.IN:
            continue
        if rrset.rdtype == dns.rdatatype.CNAME:
            cnames.setdefault(rrset.name, rrset)
        elif rrset.rdtype == dns.rdatatype.DNAME:
            dnames.append((rrset.name, rrset[0].target))
        elif rrset.rdtype == kind:
            addresses.setdefault(rrset.name, rrset)
    chain: list[dns.name.Name] = []
    owners: list[dns.name.Name] = []
    ttls: list[int] = []
    seen = {name}
    here = name
    while here not in addresses and here in cnames:
        ttls.append(cnames[here].ttl)
        owners.append(cnames[here].name)
        here = cnames[here][0].target
        chain.append(here)
        if here in seen:
            return Way(tuple(chain), (), min(ttls), True, tuple(owners), tuple(dnames))
        seen.add(here)
    found: tuple[str, ...] = ()
    if here in addresses:
        owners.append(addresses[here].name)
        ttls.append(addresses[here].ttl)
        found = tuple(dict.fromkeys(record.address for record in addresses[here]))
    return Way(tuple(chain), found, min(ttls, default=None), False, tuple(owners), tuple(dnames))


def read(reply: Reply, family: int) -> Answer:
    """The answer that one reply alone gives; ELSEWHERE and SERVFAIL are to be looked into."""
    message = reply.message
    if message is None:
        return Answer(
            Outcome.UNREACHABLE if reply.silence == "unreachable" else Outcome.TIMEOUT,
            str(reply.silence),
            protocol=reply.protocol,
            seconds=reply.seconds,
            truncated=reply.truncated,
            words=reply.words,
        )
    found = way(message, reply.question.name, KINDS[family])
    return Answer(
        _outcome(message, found, reply.question.name),
        reply.rcode,
        tuple(shown(name) for name in found.chain),
        found.addresses,
        found.ttl,
        bool(message.flags & dns.flags.AA),
        reply.truncated,
        reply.protocol,
        reply.seconds,
        owners=tuple(shown(owner) for owner in found.owners),
        dnames=tuple((shown(owner), shown(target)) for owner, target in found.dnames),
    )


def _outcome(message: dns.message.Message, found: Way, asked: dns.name.Name) -> Outcome:
    if found.circle:
        return Outcome.LOOP
    rcode = message.rcode()
    if rcode == dns.rcode.NXDOMAIN:
        return Outcome.NXDOMAIN
    if rcode in (dns.rcode.REFUSED, dns.rcode.NOTAUTH):
        return Outcome.REFUSED
    if rcode != dns.rcode.NOERROR:
        return Outcome.SERVFAIL
    if found.addresses:
        return Outcome.ADDRESSES
    return _empty(message, found, found.end(asked))


def _empty(message: dns.message.Message, found: Way, end: dns.name.Name) -> Outcome:
    """NOERROR without an address: a true "none", a CNAME that leads out of the server's zones, or a referral.

    A "none" is proven by the SOA of a zone that holds the name at the end (RFC 2308).
    """
    authority = {rrset.rdtype for rrset in message.authority}
    zones = [rrset.name for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA]
    if any(end.is_subdomain(zone) for zone in zones):
        return Outcome.NO_ADDRESS
    authoritative = bool(message.flags & dns.flags.AA)
    if found.chain and authoritative and not message.flags & dns.flags.RA:
        return Outcome.ELSEWHERE
    if not found.chain and not authoritative and dns.rdatatype.NS in authority:
        return Outcome.REFERRAL
    return Outcome.NO_ADDRESS


def cname_target(reply: Reply) -> dns.name.Name | None:
    """The CNAME that a server gives for exactly the name it was asked for."""
    if reply.message is None:
        return None
    for rrset in reply.message.answer:
        if rrset.rdtype == dns.rdatatype.CNAME and rrset.name == reply.question.name:
            target: dns.name.Name = rrset[0].target
            return target
    return None
