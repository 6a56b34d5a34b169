"""Name servers that behave as no well-kept one does: each is a few lines of Python on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from rancher_tui.dns.check import check
from rancher_tui.dns.watch import Round, watch
from rancher_tui.finding import Finding

NAME = "rancher.example.test"
RIGHT, WRONG = "203.0.113.10", "203.0.113.66"

Behaviour = Callable[[dns.message.Message], list[bytes | dns.message.Message]]


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        assert self.transport is not None
        for packet in self.behaviour(dns.message.from_wire(data)):
            self.transport.sendto(packet if isinstance(packet, bytes) else packet.to_wire(), addr)


@contextlib.asynccontextmanager
async def server(behaviour: Behaviour, address: str = "127.0.0.1") -> AsyncIterator[str]:
    """A UDP name server that answers as `behaviour` says; it has no TCP port."""
    loop = asyncio.get_running_loop()
    transport, _protocol = await loop.create_datagram_endpoint(lambda: _Udp(behaviour), (address, 0))
    host = f"[{address}]" if ":" in address else address
    try:
        yield "{}:{}".format(host, transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


def asked_for(query: dns.message.Message) -> tuple[str, str]:
    question = query.question[0]
    return question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)


def answer(
    query: dns.message.Message, *records: str, ttl: int = 300, rcode: str = "NOERROR"
) -> dns.message.Message:
    """An authoritative answer with `KIND VALUE` records for the name asked for."""
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    response.set_rcode(dns.rcode.from_text(rcode))
    for record in records:
        kind, value = record.split(" ", 1)
        response.answer.append(dns.rrset.from_text(query.question[0].name, ttl, "IN", kind, value))
    return response


def only(name: str, *records: str, ttl: int = 300) -> Behaviour:
    """A server that knows one name."""

    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        asked, kind = asked_for(query)
        if asked.lower() != name:
            return [answer(query, rcode="NXDOMAIN")]
        return [answer(query, *(record for record in records if record.split()[0] in (kind, "CNAME")), ttl=ttl)]

    return behaviour


async def look(*servers: str, expected: tuple[str, ...] = (), limit: float = 0.6) -> list[Finding]:
    found = check(NAME, expected=expected, servers=servers, timeout=limit, facts={})
    return [finding async for finding in found]


def codes(findings: list[Finding]) -> list[str]:
    return sorted(finding.code for finding in findings)


async def test_answers_to_other_questions_and_junk_are_passed_over() -> None:
    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        good = only(NAME, f"A {RIGHT}")(query)
        forged = answer(query, f"A {WRONG}")
        forged.id = (query.id + 1) % 65536
        other = answer(dns.message.make_query("other.example.test", "A", id=query.id), f"A {WRONG}")
        return [b"", b"\x00", b"junk that is no message", forged, other, *good]

    async with server(behaviour) as place:
        assert codes(await look(place, expected=(RIGHT,))) == ["resolves"]


async def test_a_question_lost_on_the_way_is_asked_again() -> None:
    lost: set[tuple[str, str]] = set()

    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        if asked_for(query) not in lost:
            lost.add(asked_for(query))
            return []
        return only(NAME, f"A {RIGHT}")(query)

    async with server(behaviour) as place:
        assert codes(await look(place, expected=(RIGHT,), limit=1.0)) == ["resolves"]


async def test_a_server_that_ignores_ipv6_questions_counts_by_its_ipv4_answer() -> None:
    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        return [] if asked_for(query)[1] == "AAAA" else only(NAME, f"A {RIGHT}")(query)

    async with server(behaviour) as place:
        assert codes(await look(place, expected=(RIGHT,))) == ["resolves"]
        slow = await look(place, expected=(RIGHT,), limit=1.2)
        assert codes(slow) == ["resolves", "slow"], "programs that ask for both wait that long"


async def test_a_servfail_that_passes_is_no_broken_signature() -> None:
    failed: set[tuple[str, str]] = set()

    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        if asked_for(query) not in failed:
            failed.add(asked_for(query))
            return [answer(query, rcode="SERVFAIL")]
        return only(NAME, f"A {RIGHT}")(query)

    async with server(behaviour) as place:
        assert codes(await look(place, expected=(RIGHT,))) == ["resolves"]


async def test_only_checking_disabled_gives_an_answer() -> None:
    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        if query.flags & dns.flags.CD:
            return only(NAME, f"A {RIGHT}")(query)
        return [answer(query, rcode="SERVFAIL")]

    async with server(behaviour) as place:
        (finding,) = await look(place, expected=(RIGHT,))
        assert finding.code == "dnssec-bogus"


async def test_a_circle_that_the_server_hides_behind_servfail() -> None:
    chain = {NAME: "a.example.test.", "a.example.test": "b.example.test.", "b.example.test": "a.example.test."}

    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        asked, kind = asked_for(query)
        return [answer(query, f"CNAME {chain[asked]}") if kind == "CNAME" else answer(query, rcode="SERVFAIL")]

    async with server(behaviour) as place:
        (finding,) = await look(place)
        assert finding.code == "cname-loop"
        assert finding.evidence["chain"] == ["a.example.test", "b.example.test", "a.example.test"]


async def test_an_endless_chain_ends() -> None:
    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        asked, kind = asked_for(query)
        if kind != "CNAME":
            return [answer(query, rcode="SERVFAIL")]
        return [answer(query, f"CNAME x{asked[:40].replace('.', '-')}.example.test.")]

    async with server(behaviour) as place:
        assert codes(await look(place, limit=2.0)) == ["long-cname-chain", "servfail"]


async def test_records_in_any_order_and_of_other_names_do_not_mislead() -> None:
    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        asked, kind = asked_for(query)
        if asked.lower() != NAME:
            return [answer(query, rcode="NXDOMAIN")]
        response = answer(query)
        if kind == "A":
            for owner, record in (("x", WRONG), ("end", RIGHT)):
                response.answer.append(dns.rrset.from_text(f"{owner}.example.test.", 300, "IN", "A", record))
        response.answer.append(dns.rrset.from_text("MID.example.test.", 300, "IN", "CNAME", "end.example.test."))
        response.answer.append(dns.rrset.from_text(f"{NAME}.", 300, "IN", "CNAME", "mid.EXAMPLE.test."))
        return [response]

    async with server(behaviour) as place:
        found = await look(place, expected=(RIGHT,))
        assert codes(found) == ["resolves"]
        chain = [name.lower() for name in found[0].evidence["chain"]]
        assert chain == ["mid.example.test", "end.example.test"]


async def test_a_ttl_that_a_cache_has_counted_down_is_no_low_ttl() -> None:
    def cached(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        (response,) = only(NAME, f"A {RIGHT}", ttl=4)(query)
        assert isinstance(response, dns.message.Message)
        response.flags &= ~dns.flags.AA
        return [response]

    async with server(cached) as cache, server(only(NAME, f"A {RIGHT}", ttl=600)) as authority:
        assert codes(await look(cache, expected=(RIGHT,))) == ["low-ttl", "resolves"]
        assert codes(await look(cache, authority, expected=(RIGHT,))) == ["resolves", "resolves"]


async def test_other_failures_of_a_server_are_failures() -> None:
    for rcode, code in (("FORMERR", "servfail"), ("NOTIMP", "servfail"), ("NOTAUTH", "refused")):

        def behaviour(query: dns.message.Message, rcode: str = rcode) -> list[bytes | dns.message.Message]:
            return [answer(query, rcode=rcode)]

        async with server(behaviour) as place:
            (finding,) = await look(place)
            assert finding.code == code
            assert rcode in finding.title.english


async def test_a_cut_answer_without_tcp_is_not_believed() -> None:
    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        (response,) = only(NAME, f"A {RIGHT}")(query)
        assert isinstance(response, dns.message.Message)
        response.flags |= dns.flags.TC
        return [response]

    async with server(behaviour) as place:
        found = await look(place, expected=(RIGHT,))
        assert [finding.code for finding in found if finding.bad] == ["unreachable"]


async def test_a_server_on_ipv6_is_asked_too() -> None:
    try:
        async with server(only(NAME, f"A {RIGHT}"), "::1") as place:
            (finding,) = await look(place, expected=(RIGHT,))
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert (finding.code, finding.subject) == ("resolves", place)


async def test_the_name_itself_is_asked_for_first() -> None:
    order: list[str] = []

    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        order.append(asked_for(query)[0])
        return only(NAME, f"A {RIGHT}")(query)

    async with server(behaviour) as place:
        assert codes(await look(place, expected=(RIGHT,))) == ["resolves"]
    assert order[:2] == [NAME, NAME], "the name itself is asked for first"


async def test_the_same_server_named_twice_is_one_vantage() -> None:
    async with server(only(NAME, f"A {RIGHT}")) as place:
        assert codes(await look(place, f" {place}", expected=(RIGHT,))) == ["resolves"]


async def test_a_watch_goes_on_until_the_answer_is_right() -> None:
    rounds: list[str] = [WRONG, WRONG, RIGHT]
    asked = 0

    def behaviour(query: dns.message.Message) -> list[bytes | dns.message.Message]:
        return only(NAME, f"A {rounds[min(asked, 2)]}")(query)

    async with server(behaviour) as place:
        told: list[tuple[Any, ...]] = []
        async for turn in watch(NAME, expected=[RIGHT], servers=[place], timeout=1, interval=0.01):
            if isinstance(turn, Finding):
                told.append((turn.code, asked))
                continue
            asked += 1
            told.append((turn.number, turn.settled, turn.next_in is None))
    assert told == [
        *[("wrong-address", 0), (1, False, False)],
        *[("wrong-address", 1), (2, False, False)],
        *[("resolves", 2), (3, True, True)],
    ], "each round's findings come before the round"


async def test_a_watch_ends_at_its_limit() -> None:
    async with server(only(NAME, f"A {WRONG}")) as place:
        turns = watch(NAME, expected=[RIGHT], servers=[place], timeout=1, interval=0.05, limit=0.2)
        last = [turn async for turn in turns][-1]
    assert isinstance(last, Round)
    assert not last.settled
    assert last.next_in is None


async def test_a_check_that_is_left_early_leaves_nothing_running() -> None:
    async with server(lambda _query: []) as silent, server(only(NAME, f"A {RIGHT}")) as quick:
        found = check(NAME, expected=[], servers=[silent, quick], timeout=60, facts={})
        first = await anext(found)
        assert first.code == "resolves"
        await found.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1
