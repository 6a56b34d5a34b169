"""What is odd about an answer without being wrong: the warnings of one vantage. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from rancher_tui.dns.answer import Outcome
from rancher_tui.dns.look import Origin, Seen
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg, msg_n

LOW_TTL: Final = 30
HIGH_TTL: Final = 86400
SLOW_SECONDS: Final = 1.0
LONG_CHAIN: Final = 8


def _networks(*texts: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


_RANGES: Final = {
    "unusable-address": _networks(
        "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::ffff:0:0/96", "100::/64", "ff00::/8"
    ),
    "loopback-address": _networks("127.0.0.0/8", "::1/128"),
    "link-local-address": _networks("169.254.0.0/16", "fe80::/10"),
    "private-address": _networks(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"
    ),
}
"""Special-purpose ranges by code (IANA registries, RFC 6890); a documentation range is an ordinary one here."""

_RANGE_TITLES: Final = {
    "unusable-address": msg("{addresses} can be no host's address"),
    "loopback-address": msg("{addresses} is the asking machine itself"),
    "link-local-address": msg("{addresses} is only valid on one link"),
    "private-address": msg("{addresses} is private"),
}

_RANGE_DETAILS: Final = {
    "unusable-address": msg("No connection can be made to it."),
    "loopback-address": msg("Every machine that asks connects to itself instead of the load balancer."),
    "link-local-address": msg("Machines beyond a router cannot reach it."),
    "private-address": msg("Only machines inside that network reach it; agents of clusters elsewhere will not."),
}


def warn(seen: Seen, code: str, title: Message, detail: Message = EMPTY, **evidence: Any) -> Finding:
    """A warning about one vantage."""
    return Finding(Status.WARN, code, seen.vantage, title, detail, EMPTY, evidence, "dns", 3)


def warnings(seen: Seen) -> Iterator[Finding]:
    """Everything odd that one vantage shows by itself."""
    yield from _about_the_way(seen)
    yield from _about_addresses(seen)
    yield from _about_the_server(seen)


def _about_the_way(seen: Seen) -> Iterator[Finding]:
    leading = seen.leading
    if leading.outcome is Outcome.ELSEWHERE:
        yield warn(
            seen,
            "cname-elsewhere",
            msg("an alias for {target}, outside this server's zones", target=leading.chain[-1]),
            msg("The server is right as far as it goes; a resolver has to follow the name."),
            chain=list(leading.chain),
            followed=leading.followed,
        )
    longest = max((answer.chain for answer in seen.answers.values()), key=len, default=())
    if len(longest) > LONG_CHAIN and leading.outcome is not Outcome.LOOP:
        yield warn(
            seen,
            "long-cname-chain",
            msg_n("{number} CNAME to follow", "{number} CNAMEs to follow", len(longest)),
            msg("Resolvers give up on long chains; some after {limit}.", limit=LONG_CHAIN),
            chain=list(longest),
        )
    ttls = seen.ttls
    if ttls and max(ttls) > HIGH_TTL:
        yield warn(
            seen,
            "high-ttl",
            msg("answers are kept for {hours} hours", hours=max(ttls) // 3600),
            msg("A change of the load balancer's address would be seen that late."),
            ttl=max(ttls),
        )
    if seen.addresses and seen.invented and set(seen.addresses) == seen.invented:
        yield warn(
            seen,
            "wildcard",
            msg("any name beside this one gets the same answer"),
            msg("A wildcard record answers: a mistyped name looks right, and search suffixes lead astray."),
            addresses=sorted(seen.invented),
        )


def _about_addresses(seen: Seen) -> Iterator[Finding]:
    for code, networks in _RANGES.items():
        inside = [address for address in seen.addresses if _in_any(address, networks)]
        if inside:
            yield warn(
                seen,
                code,
                replace(_RANGE_TITLES[code], arguments={"addresses": ", ".join(inside[:3])}),
                _RANGE_DETAILS[code],
                addresses=inside,
            )
    four = seen.answers.get(4)
    if four is not None and four.answered and not four.addresses and seen.addresses:
        yield warn(
            seen,
            "ipv6-only",
            msg("only IPv6 addresses"),
            msg("Hosts and containers without IPv6 cannot reach the name."),
            addresses=list(seen.addresses),
        )


def _in_any(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    parsed = ipaddress.ip_address(address)
    return any(parsed.version == network.version and parsed in network for network in networks)


def _about_the_server(seen: Seen) -> Iterator[Finding]:
    if any(answer.truncated for answer in seen.answers.values()):
        yield warn(
            seen,
            "truncated",
            msg("the answer does not fit into one UDP packet"),
            msg("Clients must ask again by TCP port 53; firewalls often close it."),
            records=len(seen.addresses),
        )
    slowest = max((answer.seconds for answer in seen.answers.values()), default=0.0)
    answered = any(
        answer.outcome not in (Outcome.TIMEOUT, Outcome.UNREACHABLE) for answer in seen.answers.values()
    )
    if answered and slowest > SLOW_SECONDS:
        yield warn(
            seen,
            "slow",
            msg("the answer took {seconds} s", seconds=f"{slowest:.1f}"),
            msg("Every new connection by name waits that long."),
            seconds=round(slowest, 3),
            by_family={
                f"IPv{version}": answer.rcode if answer.rcode == "timeout" else round(answer.seconds, 3)
                for version, answer in seen.answers.items()
            },
        )
    asked_by_the_host = seen.origin in (Origin.SYSTEM, Origin.NODE) and seen.server
    if asked_by_the_host and _in_any(seen.server, _RANGES["loopback-address"]):
        yield warn(
            seen,
            "loopback-resolver",
            msg("the resolver is a loopback address"),
            msg("Pods take it over from a node and would ask themselves; give the kubelet a real server."),
            server=seen.server,
        )


def low_ttl(seen: Seen, others: list[Seen]) -> Finding | None:
    """A TTL under 30 s, unless another vantage shows that a cache has merely counted it down."""
    ttls = seen.ttls
    if not ttls or min(ttls) >= LOW_TTL:
        return None
    if not seen.leading.authoritative and any(_longer(other, seen) for other in others):
        return None
    return warn(
        seen,
        "low-ttl",
        msg("answers are kept for {seconds} s only", seconds=min(ttls)),
        msg("Name servers are asked again and again; a resolver that fails is noticed at once."),
        ttl=min(ttls),
    )


def _longer(other: Seen, seen: Seen) -> bool:
    return set(other.addresses) == set(seen.addresses) and bool(other.ttls) and min(other.ttls) >= LOW_TTL
