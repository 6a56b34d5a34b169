"""What one name server says about a name: both address families at once, and what has to be asked further."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import dns.name
import dns.rdatatype

from rancher_tui.dns.answer import KINDS, Answer, Outcome, cname_target, read
from rancher_tui.dns.names import shown
from rancher_tui.transport.name_servers import Question, Reply, Server, ask

_HOPS: Final = 32
_SIBLING_GRACE: Final = 1.0
"""Seconds that a vantage which has answered waits for the answer about an invented name."""


class Origin(StrEnum):
    """Who named a vantage."""

    NAMED = "named"
    SYSTEM = "system"
    AUTHORITY = "authority"
    HOSTS = "hosts"
    NODE = "node"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one vantage saw: `answers` by family (4, 6), `expected` the expected names that it resolved."""

    vantage: str
    origin: Origin
    server: str
    port: int
    answers: Mapping[int, Answer]
    expected: Mapping[dns.name.Name, frozenset[str]] = field(default_factory=dict)
    invented: frozenset[str] = frozenset()
    """Addresses that the server gives for a name beside the asked one that nobody can have made."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, IPv4 first."""
        return tuple(address for family in sorted(self.answers) for address in self.answers[family].addresses)

    @property
    def ttls(self) -> list[int]:
        """The TTLs of the answers with addresses, else of what there is."""
        found = [
            (bool(answer.addresses), answer.ttl) for answer in self.answers.values() if answer.ttl is not None
        ]
        best = max((useful for useful, _ttl in found), default=False)
        return [ttl for useful, ttl in found if useful == best]

    @property
    def leading(self) -> Answer:
        """The answer that says most: one with addresses, else the gravest."""
        ordered = [self.answers[family] for family in sorted(self.answers)]
        for answer in ordered:
            if answer.addresses:
                return answer
        return min(ordered, key=lambda answer: list(Outcome).index(answer.outcome))


async def look(
    server: Server,
    name: dns.name.Name,
    limit: float,
    *,
    vantage: str,
    origin: Origin = Origin.NAMED,
    expected: Iterable[dns.name.Name] = (),
    recursion: bool = True,
) -> Seen:
    """Ask `server` for A and AAAA of `name`, of the expected names and of an invented sibling, all at once.

    `limit` is for one question, in seconds. The questions about `name` go out first: some servers answer in turn.
    """
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(_ask_both(server, name, limit, recursion))
        invented = group.create_task(_addresses(server, _sibling(name), limit, recursion))
        others = {
            other: group.create_task(_addresses(server, other, limit, recursion))
            for other in expected
            if other != name
        }
        replies = await asked
        answers = await _looked_into(server, name, limit, replies)
        if any(answer.addresses for answer in answers.values()):
            await asyncio.wait({invented}, timeout=_SIBLING_GRACE)
        if not invented.done():
            invented.cancel()
    resolved = {other: task.result() for other, task in others.items()}
    return Seen(
        vantage,
        origin,
        server.address,
        server.port,
        answers,
        {other: addresses for other, addresses in resolved.items() if addresses},
        frozenset() if invented.cancelled() else invented.result(),
    )


def _sibling(name: dns.name.Name) -> dns.name.Name | None:
    """A name beside `name` that nobody can have made; None where there is no room for one."""
    if len(name.labels) < 3:
        return None
    try:
        return dns.name.Name([f"no-such-{secrets.token_hex(8)}".encode(), *name.labels[1:]])
    except dns.name.NameTooLong:
        return None


async def _ask_both(server: Server, name: dns.name.Name, limit: float, recursion: bool) -> dict[int, Reply]:
    replies = await asyncio.gather(
        *(ask(server, Question(name, kind, recursion), limit) for kind in KINDS.values())
    )
    return dict(zip(KINDS, replies, strict=True))


async def _addresses(server: Server, name: dns.name.Name | None, limit: float, recursion: bool) -> frozenset[str]:
    """The addresses of another name, nothing looked into."""
    if name is None:
        return frozenset()
    replies = await _ask_both(server, name, limit, recursion)
    return frozenset(address for family, reply in replies.items() for address in read(reply, family).addresses)


async def _looked_into(
    server: Server, name: dns.name.Name, limit: float, replies: dict[int, Reply]
) -> dict[int, Answer]:
    answers = {family: read(reply, family) for family, reply in replies.items()}
    failed = [
        family
        for family, answer in answers.items()
        if answer.rcode == "SERVFAIL" and answer.outcome is Outcome.SERVFAIL
    ]
    if failed:
        answers |= await _why_servfail(server, replies, answers, failed, limit)
    for family, answer in list(answers.items()):
        if answer.outcome is Outcome.ELSEWHERE:
            answers[family] = await _followed(
                server, name, answer, family, limit, replies[family].question.recursion
            )
    return answers


async def _why_servfail(
    server: Server, replies: dict[int, Reply], answers: dict[int, Answer], failed: list[int], limit: float
) -> dict[int, Answer]:
    """SERVFAIL looked into: a circle of CNAMEs, else a signature that does not verify, else as it was."""
    question = replies[failed[0]].question
    chain, circle = await _hop_by_hop(server, question, limit, asyncio.get_running_loop().time() + 2 * limit)
    words = tuple(shown(name) for name in chain)
    if circle:
        return {family: replace(answers[family], outcome=Outcome.LOOP, chain=words) for family in failed}
    explained = await asyncio.gather(
        *(_unchecked(server, replies[family].question, answers[family], family, limit) for family in failed)
    )
    return {
        family: replace(answer, chain=answer.chain or words)
        for family, answer in zip(failed, explained, strict=True)
    }


async def _unchecked(server: Server, question: Question, failed: Answer, family: int, limit: float) -> Answer:
    """Asked again with CD: BOGUS where that is answered and the plain question still fails."""
    unchecked = await ask(server, replace(question, checking_disabled=True), limit)
    if unchecked.rcode not in ("NOERROR", "NXDOMAIN"):
        return failed
    again = await ask(server, question, limit)
    if again.rcode != "SERVFAIL":
        return read(again, family)
    return replace(failed, outcome=Outcome.BOGUS, words=" ".join(read(unchecked, family).addresses))


async def _hop_by_hop(
    server: Server, question: Question, limit: float, end: float
) -> tuple[list[dns.name.Name], bool]:
    """The CNAMEs from a name on, each asked for by itself until `end`, and whether they run in a circle."""
    chain: list[dns.name.Name] = []
    here = question.name
    seen = {here}
    for _hop in range(_HOPS):
        if asyncio.get_running_loop().time() > end:
            break
        reply = await ask(server, replace(question, name=here, kind=dns.rdatatype.CNAME), limit)
        target = cname_target(reply)
        if target is None:
            return chain, False
        chain.append(target)
        if target in seen:
            return chain, True
        seen.add(target)
        here = target
    return chain, False


async def _followed(
    server: Server, name: dns.name.Name, answer: Answer, family: int, limit: float, recursion: bool
) -> Answer:
    """An authoritative CNAME without its target's addresses: ask the same server for the target too.

    Not every server follows a CNAME from one of its zones into another (RFC 1034 4.3.2 lets it). The answer stays
    ELSEWHERE unless the server is an authority for the target.
    """
    seen = {shown(name).lower()}
    answer = replace(answer, own_hops=len(answer.chain))
    for _hop in range(_HOPS):
        end = answer.chain[-1]
        if end.lower() in seen:
            return replace(answer, outcome=Outcome.LOOP)
        seen.add(end.lower())
        target = dns.name.from_text(end)
        further = read(await ask(server, Question(target, KINDS[family], recursion), limit), family)
        if not further.authoritative or further.outcome in (Outcome.SERVFAIL, Outcome.REFUSED):
            return replace(answer, followed=further.rcode)
        ttls = [ttl for ttl in (answer.ttl, further.ttl) if ttl is not None]
        answer = replace(
            further,
            chain=(*answer.chain, *further.chain),
            own_hops=answer.own_hops,
            owners=(*answer.owners, *further.owners),
            dnames=(*answer.dnames, *further.dnames),
            ttl=min(ttls, default=None),
            seconds=max(answer.seconds, further.seconds),
        )
        if answer.outcome is not Outcome.ELSEWHERE:
            return answer
    return answer
