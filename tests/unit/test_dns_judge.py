"""From what vantages saw to findings, without any network: families, expectations, several vantages."""

from __future__ import annotations

import pytest

from rancher_tui.dns.answer import Answer, Outcome
from rancher_tui.dns.judge import across, judge, target
from rancher_tui.dns.look import Origin, Seen
from rancher_tui.dns.names import expected, to_send

NAME = to_send("rancher.example.com")
FOUR, SIX, STRANGE = "203.0.113.10", "2001:db8::10", "203.0.113.66"


def answer(what: str) -> Answer:
    """An address, or an outcome by its code."""
    if what[0].isdigit():
        return Answer(Outcome.ADDRESSES, "NOERROR", addresses=tuple(what.split()), ttl=300, authoritative=True)
    outcome = Outcome(what)
    rcodes = {"nxdomain": "NXDOMAIN", "servfail": "SERVFAIL", "refused": "REFUSED", "dnssec-bogus": "SERVFAIL"}
    rcode = rcodes.get(what, what if what in ("timeout", "unreachable") else "NOERROR")
    chain = ("lb.elsewhere.test",) if what in ("cname-elsewhere", "cname-loop") else ()
    return Answer(outcome, rcode, chain=chain, authoritative=True)


def seen(four: str, six: str = "no-address", vantage: str = "a", origin: Origin = Origin.NAMED) -> Seen:
    return Seen(vantage, origin, "192.0.2.53", 53, {4: answer(four), 6: answer(six)})


def codes(one: Seen, *wanted: str) -> list[str]:
    aim = target(expected(wanted), one, [one])
    assert aim is not None
    return [finding.code for finding in judge(one, NAME, aim)]


@pytest.mark.parametrize(
    ("four", "six", "wanted", "found"),
    [
        (FOUR, "no-address", [], ["resolves"]),
        (FOUR, SIX, [], ["resolves"]),
        (FOUR, "servfail", [], ["resolves"]),
        (FOUR, "timeout", [], ["resolves"]),
        (FOUR, "nxdomain", [FOUR], ["resolves"]),
        (FOUR, "2001:db8::99", [FOUR], ["resolves"]),
        (FOUR, "no-address", [FOUR, SIX], ["resolves"]),
        (FOUR, "servfail", [FOUR, SIX], ["servfail"]),
        (FOUR, "timeout", [FOUR, SIX], ["timeout"]),
        (FOUR, "2001:db8::99", [FOUR, SIX], ["partly-wrong-address"]),
        (STRANGE, SIX, [FOUR, SIX], ["partly-wrong-address"]),
        (STRANGE, "no-address", [FOUR], ["wrong-address"]),
        (f"{FOUR} {STRANGE}", "no-address", [FOUR], ["partly-wrong-address"]),
        ("no-address", SIX, [FOUR], ["no-address", "ipv6-only"]),
        ("no-address", SIX, [SIX], ["resolves", "ipv6-only"]),
        ("no-address", SIX, [], ["resolves", "ipv6-only"]),
        (FOUR, "no-address", [SIX], ["no-address"]),
        ("timeout", SIX, [FOUR], ["timeout"]),
        ("timeout", SIX, [SIX], ["resolves"]),
        ("timeout", "no-address", [], ["timeout"]),
        ("no-address", "timeout", [FOUR], ["no-address"]),
        ("no-address", "timeout", [], ["timeout"]),
        ("nxdomain", "timeout", [], ["nxdomain"]),
        ("servfail", "no-address", [], ["servfail"]),
        ("timeout", "unreachable", [], ["unreachable"]),
        ("dnssec-bogus", "dnssec-bogus", [FOUR], ["dnssec-bogus"]),
        ("cname-loop", "cname-loop", [FOUR], ["cname-loop"]),
        ("cname-elsewhere", "cname-elsewhere", [FOUR], ["resolves", "cname-elsewhere"]),
        ("cname-elsewhere", "cname-elsewhere", ["lb.elsewhere.test"], ["resolves", "cname-elsewhere"]),
        ("referral", "referral", [], ["no-address"]),
    ],
)
def test_one_vantage(four: str, six: str, wanted: list[str], found: list[str]) -> None:
    assert codes(seen(four, six), *wanted) == found


@pytest.mark.parametrize(
    ("vantages", "differ"),
    [
        ([seen(FOUR), seen(FOUR, vantage="b")], False),
        ([seen(f"{FOUR} {STRANGE}"), seen(f"{STRANGE} {FOUR}", vantage="b")], False),
        ([seen(FOUR), seen(STRANGE, vantage="b")], True),
        ([seen(FOUR), seen("nxdomain", "nxdomain", vantage="b")], True),
        ([seen(FOUR), seen("no-address", vantage="b")], True),
        ([seen("nxdomain", "nxdomain"), seen("no-address", vantage="b")], False),
        ([seen(FOUR), seen("timeout", "timeout", vantage="b")], False),
        ([seen(FOUR), seen("servfail", "servfail", vantage="b")], False),
        ([seen(FOUR), seen("refused", "refused", vantage="b")], False),
        ([seen(FOUR), seen("cname-elsewhere", "cname-elsewhere", vantage="b")], False),
        ([seen(FOUR, SIX), seen(FOUR, "timeout", vantage="b")], False),
        ([seen(FOUR, SIX), seen(FOUR, vantage="b")], True),
    ],
)
def test_several_vantages(vantages: list[Seen], differ: bool) -> None:
    found = [finding for finding in across("rancher.example.com", vantages) if finding.code == "differing-answers"]
    assert len(found) == differ
    assert all(finding.subject == "rancher.example.com" for finding in found)


def test_nodes_that_are_told_something_else_are_called_a_split_horizon() -> None:
    outside = seen(FOUR)
    inside = [seen("10.0.0.9", vantage=f"node {number}", origin=Origin.NODE) for number in (1, 2)]
    (finding,) = across("rancher.example.com", [outside, *inside])
    assert "Split horizon" in finding.detail.english
    assert finding.evidence["answers"] == {"a": [FOUR], "node 1": ["10.0.0.9"], "node 2": ["10.0.0.9"]}


def test_a_server_of_the_delegation_must_answer_as_the_authority() -> None:
    lame = Answer(Outcome.ADDRESSES, "NOERROR", addresses=(FOUR,), ttl=300, authoritative=False)
    cached = Seen("ns1", Origin.AUTHORITY, "192.0.2.53", 53, {4: lame, 6: lame})
    assert codes(cached, FOUR) == ["lame-delegation"]
    for outcome in ("refused", "servfail"):
        assert codes(seen(outcome, outcome, origin=Origin.AUTHORITY)) == ["lame-delegation"]
    assert codes(seen("timeout", "timeout", origin=Origin.AUTHORITY)) == ["timeout"]
    assert codes(seen("cname-loop", "cname-loop", origin=Origin.AUTHORITY)) == ["cname-loop"]
    assert codes(seen(FOUR, origin=Origin.AUTHORITY), FOUR) == ["resolves"]


def test_a_name_that_is_not_there_yet_is_told_with_the_record_to_create() -> None:
    def told(*wanted: str) -> str:
        one = seen("nxdomain", "nxdomain")
        aim = target(expected(wanted), one, [one])
        assert aim is not None
        return judge(one, NAME, aim)[0].remedy.english

    assert FOUR in told(FOUR)
    assert "--expect ADDRESS" in told()
