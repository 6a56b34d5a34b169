"""From what the vantages saw to findings. Pure: no clock, no network.

One cause gives one red line a vantage. Addresses are compared within a family.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import dns.name

from rancher_tui.dns.answer import Answer, Outcome
from rancher_tui.dns.look import Origin, Seen
from rancher_tui.dns.names import Expected, family, shown
from rancher_tui.dns.warnings import low_ttl, warnings
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg


@dataclass(frozen=True, slots=True)
class Target:
    """What a vantage's addresses are compared with.

    `names` in text without last dot, lower case; `open` is true where an expected name could not be resolved, so
    that an address beside `addresses` cannot be called wrong.
    """

    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    open: bool = False

    @property
    def families(self) -> frozenset[int]:
        """The families in which something is expected."""
        return frozenset(family(address) for address in self.addresses)


def target(expected: Expected, seen: Seen, everyone: Sequence[Seen] = ()) -> Target | None:
    """What `seen` is compared with; None while an expected name's addresses must come from other vantages."""
    addresses = set(expected.addresses)
    unresolved = False
    for name in expected.names:
        if shown(name).lower() in _names_on_the_way(seen):
            addresses |= set(seen.addresses)
        elif name in seen.expected:
            addresses |= seen.expected[name]
        elif not everyone:
            return None
        else:
            elsewhere = {address for other in everyone for address in other.expected.get(name, ())}
            addresses |= elsewhere
            unresolved = unresolved or not elsewhere
    names = frozenset(shown(name).lower() for name in expected.names)
    return Target(frozenset(addresses), names, unresolved)


def _names_on_the_way(seen: Seen) -> set[str]:
    return {name.lower() for answer in seen.answers.values() for name in answer.chain}


def judge(seen: Seen, name: dns.name.Name, target: Target) -> list[Finding]:
    """The findings about one vantage: its red line or `resolves`, then its warnings."""
    red = _red(seen, shown(name), target)
    green = [] if red else [_resolves(seen, target)]
    return [*([red] if red else []), *green, *warnings(seen)]


def across(name: str, everyone: Sequence[Seen]) -> Iterator[Finding]:
    """What only the vantages together show: differing answers, low TTLs, a name that is only in a hosts file.

    `name` as it was typed.
    """
    for seen in everyone:
        found = low_ttl(seen, [other for other in everyone if other is not seen])
        if found:
            yield found
    others = [seen for seen in everyone if seen.origin is not Origin.HOSTS]
    alone = [] if any(seen.addresses for seen in others) else [seen for seen in everyone if seen not in others]
    for seen in alone:
        yield Finding(
            Status.WARN,
            "hosts-file-only",
            seen.vantage,
            msg("the name is only in the hosts file"),
            msg("Other machines, pods and agents do not read this file; the name needs a DNS record."),
            EMPTY,
            {"addresses": list(seen.addresses)},
            "dns",
            3,
        )
    yield from _differing(name, others if alone else everyone)


def unresolved(name: dns.name.Name, everyone: Sequence[Seen]) -> Finding | None:
    """The expected name that no vantage resolves, so that nothing can be compared with it."""
    text = shown(name)
    if any(name in seen.expected or text.lower() in _names_on_the_way(seen) for seen in everyone):
        return None
    if not any(seen.leading.answered for seen in everyone):
        return None
    return Finding(
        Status.UNKNOWN,
        "expected-unresolved",
        text,
        msg("the load balancer's own name was not resolved"),
        msg("No vantage knows addresses of {name}, so no answer can be compared with it.", name=text),
        msg("rancher-tui dns {name}", name=shlex.quote(text)),
        {},
        "dns",
        3,
    )


def _differing(name: str, everyone: Sequence[Seen]) -> Iterator[Finding]:
    differing = False
    for version in (4, 6):
        sets = {
            frozenset(seen.answers[version].addresses)
            for seen in everyone
            if version in seen.answers and seen.answers[version].answered
        }
        differing = differing or len(sets) > 1
    if not differing:
        return
    told = {seen.vantage: sorted(seen.addresses) for seen in everyone if _says(seen)}
    detail = msg("The vantages do not agree; a change may not have reached all servers yet.")
    nodes = {frozenset(seen.addresses) for seen in everyone if seen.origin is Origin.NODE and _says(seen)}
    others = {frozenset(seen.addresses) for seen in everyone if seen.origin is not Origin.NODE and _says(seen)}
    if nodes and others and not nodes & others:
        detail = msg("Split horizon: the nodes are told something else than this machine.")
    yield Finding(
        Status.FAIL,
        "differing-answers",
        name,
        msg("not every vantage gives the same addresses"),
        detail,
        msg("rancher-tui dns {name} --watch", name=shlex.quote(name)),
        {"answers": told},
        "dns",
        3,
    )


def _says(seen: Seen) -> bool:
    return any(answer.answered for answer in seen.answers.values())


def _red(seen: Seen, name: str, target: Target) -> Finding | None:
    """The one fail or unknown of a vantage, or None. Where both families are expected, both must be told."""
    wanted = [seen.answers[version] for version in seen.answers if version in (target.families or {4, 6})]
    lame = _lame(seen)
    if lame:
        return _finding(Status.FAIL, "lame-delegation", seen, name, lame, target)
    if not any(answer.addresses for answer in wanted):
        faults = wanted
    elif len(target.families) > 1:
        faults = [answer for answer in wanted if not answer.addresses and not answer.answered]
    else:
        faults = []
    if faults:
        worst = min(faults, key=lambda answer: list(Outcome).index(answer.outcome))
        return _fault(seen, name, worst, target)
    return _compared(seen, name, target)


def _lame(seen: Seen) -> Answer | None:
    """A server named by the delegation that does not answer as the zone's authority."""
    if seen.origin is not Origin.AUTHORITY:
        return None
    for answer in seen.answers.values():
        silent = answer.outcome in (Outcome.TIMEOUT, Outcome.UNREACHABLE)
        explained = answer.outcome in (Outcome.LOOP, Outcome.BOGUS)
        if not silent and not explained and (not answer.authoritative or answer.rcode in ("SERVFAIL", "REFUSED")):
            return answer
    return None


def _fault(seen: Seen, name: str, answer: Answer, target: Target) -> Finding | None:
    if answer.outcome is Outcome.ELSEWHERE:
        return None
    status = Status.UNKNOWN if answer.outcome in (Outcome.TIMEOUT, Outcome.UNREACHABLE) else Status.FAIL
    code = "no-address" if answer.outcome is Outcome.REFERRAL else answer.outcome.value
    return _finding(status, code, seen, name, answer, target)


def _compared(seen: Seen, name: str, target: Target) -> Finding | None:
    """Wrong or partly wrong addresses, family by family; None where all is as expected or nothing is."""
    compared = [address for address in seen.addresses if family(address) in target.families]
    good = [address for address in compared if address in target.addresses]
    strange = [address for address in compared if address not in target.addresses]
    if not strange or target.open:
        return None
    code = "partly-wrong-address" if good else "wrong-address"
    return _finding(Status.FAIL, code, seen, name, seen.leading, target, strange=strange)


def _resolves(seen: Seen, target: Target) -> Finding:
    addresses = ", ".join(seen.addresses[:4])
    if seen.leading.outcome is Outcome.ELSEWHERE:
        title = msg("an alias for {target}", target=seen.leading.chain[-1])
    else:
        title = msg("resolves to {addresses}", addresses=addresses)
    detail = EMPTY
    if target.open:
        detail = msg("Not compared: the load balancer's own name was not resolved.")
    elif target.families and seen.addresses:
        detail = msg("That is the load balancer.")
    evidence = {"addresses": list(seen.addresses), "chain": list(seen.leading.chain)}
    return Finding(Status.PASS, "resolves", seen.vantage, title, detail, EMPTY, evidence, "dns", 3)


_TITLES = {
    "nxdomain": msg("{name} does not exist"),
    "no-address": msg("{name} has no address"),
    "servfail": msg("the server failed ({rcode})"),
    "refused": msg("the server refuses to answer ({rcode})"),
    "lame-delegation": msg("the delegation names a server that is no authority"),
    "cname-loop": msg("the aliases run in a circle"),
    "dnssec-bogus": msg("DNSSEC signatures do not verify"),
    "wrong-address": msg("resolves to {addresses}, not to the load balancer"),
    "partly-wrong-address": msg("resolves to the load balancer and to {strange}"),
    "timeout": msg("no answer in time"),
    "unreachable": msg("the server cannot be reached"),
}

_DETAILS = {
    "nxdomain": msg("The server knows the zone and says that there is no such name."),
    "no-address": msg("The name is known, but not with an address of the wanted kind."),
    "servfail": msg("The server could not find out. Its own log tells why."),
    "refused": msg("It does not serve this zone, or not this client."),
    "lame-delegation": msg("The parent zone sends resolvers to it, and it does not know the zone."),
    "cname-loop": msg("Following the CNAME records leads back to a name already met."),
    "dnssec-bogus": msg("The server answers only with checking disabled; validating resolvers refuse the name."),
    "wrong-address": msg("Agents and browsers would go to another machine."),
    "partly-wrong-address": msg("Some of the connections would go to another machine."),
    "timeout": msg("Silence: a firewall, a wrong address, or a server that is overloaded."),
    "unreachable": msg("This machine's network says so: nothing listens there, or no route leads there."),
}

_REMEDIES = {
    "nxdomain": msg("create an A record for {name}: rancher-tui dns {name} --expect ADDRESS writes it out"),
    "no-address": msg("add an A record for {name}"),
    "servfail": msg("dig {name} @{server} -p {port}"),
    "refused": msg("ask a server that serves the zone, or allow this client in its configuration"),
    "lame-delegation": msg("correct the NS records in the parent zone, or load the zone on this server"),
    "cname-loop": msg("replace one of the CNAME records by an A record: {chain}"),
    "dnssec-bogus": msg(
        "sign the zone anew, or correct the DS record in the parent zone: delv {name} @{server} -p {port}"
    ),
    "wrong-address": msg("point {name} to {expected}"),
    "partly-wrong-address": msg("remove {strange} from the records of {name}"),
    "timeout": msg("dig {name} @{server} -p {port}; allow UDP and TCP port {port}"),
    "unreachable": msg("dig {name} @{server} -p {port}; start the server, or name another one"),
}

_RECORD = msg("create the record: {name} leads to {expected}; then ask again")


def _finding(
    status: Status,
    code: str,
    seen: Seen,
    name: str,
    answer: Answer,
    target: Target,
    strange: Sequence[str] = (),
) -> Finding:
    values = {
        "name": name,
        "rcode": answer.rcode,
        "server": seen.server,
        "port": seen.port,
        "addresses": ", ".join(seen.addresses[:4]),
        "strange": ", ".join(strange[:4]),
        "expected": ", ".join(sorted(target.addresses or target.names)[:4]),
        "chain": " -> ".join((name, *answer.chain)),
    }
    remedy = _RECORD if code == "nxdomain" and values["expected"] else _REMEDIES[code]
    return Finding(
        status,
        code,
        seen.vantage,
        _filled(_TITLES[code], values),
        _filled(_DETAILS[code], values),
        _filled(remedy, values | {"name": shlex.quote(name)}),
        _evidence(seen, answer, target),
        "dns",
        3,
    )


def _filled(text: Message, values: dict[str, Any]) -> Message:
    """The text with just the values that it names, so that a stored finding holds no more than it shows."""
    return replace(text, arguments={key: value for key, value in values.items() if f"{{{key}}}" in text.template})


def _evidence(seen: Seen, answer: Answer, target: Target) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "rcode": answer.rcode,
        "by_family": {f"IPv{version}": told.rcode for version, told in seen.answers.items()},
        "addresses": list(seen.addresses),
        "chain": list(answer.chain),
        "authoritative": answer.authoritative,
    }
    if target.addresses or target.names:
        evidence["expected"] = sorted(target.addresses | target.names)
    if answer.words:
        evidence["words"] = answer.words
    if answer.outcome is Outcome.REFERRAL:
        evidence["referral"] = True
    return evidence
