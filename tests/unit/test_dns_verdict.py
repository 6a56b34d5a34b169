"""One sentence about a name: what a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from rancher_tui.dns.verdict import in_order, verdict
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg


def finding(code: str, subject: str, status: Status = Status.FAIL, detail: Message = EMPTY) -> Finding:
    return Finding(status, code, subject, msg("title"), detail)


def good(subject: str) -> Finding:
    return finding("resolves", subject, Status.PASS)


def facts(
    *vantages: str, addresses: tuple[str, ...] = ("203.0.113.10",), rcode: str = "NOERROR"
) -> dict[str, Any]:
    return {
        "vantages": [
            {"vantage": name, "origin": "named", "addresses": list(addresses), "chain": [], "rcode": rcode}
            for name in vantages
        ]
    }


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([good("a"), good("b")], "2 of 2 vantages say 203.0.113.10"),
        ([good("a"), good("b"), finding("ipv6-only", "a", Status.WARN)], "2 of 2 vantages say 203.0.113.10, by IPv6 only"),
        ([finding("nxdomain", "a"), finding("nxdomain", "b")], "is not there; 0 of 2 vantages are right"),
        ([good("a"), finding("wrong-address", "b"), finding("differing-answers", "n")],
         "not everywhere yet; 1 of 2 vantages are right"),
        ([finding("wrong-address", "a"), finding("timeout", "b", Status.UNKNOWN)], "leads elsewhere; 0 of 2 vantages are right"),
        ([good("a"), finding("timeout", "b", Status.UNKNOWN)], "not every server answers in time; 1 of 2 vantages are right"),
        ([good("a"), finding("nxdomain", "b"), finding("hosts-file-only", "a", Status.WARN)],
         "is only in a hosts file; 1 of 2 vantages know it"),
        ([good("a"), finding("wrong-address", "b"), finding("differing-answers", "n", detail=msg("Split horizon: …"))],
         "split horizon: the nodes are told something else; 1 of 2 vantages are right"),
        ([finding("cname-loop", "a"), finding("servfail", "b")], "its aliases run in a circle; 0 of 2 vantages are right"),
    ],
    ids=["agreed", "IPv6 only", "not there", "not everywhere", "wrong", "silent", "hosts file", "split", "circle"],
)  # fmt: skip
def test_one_sentence(findings: list[Finding], expected: str) -> None:
    assert verdict(findings, facts("a", "b")).english == expected


def test_an_alias_and_nothing_at_all_are_said_too() -> None:
    alias = facts("a", addresses=())
    alias["vantages"][0]["chain"] = ["lb.example.net"]
    assert verdict([good("a")], alias).english == "the one vantage asked says lb.example.net"
    assert verdict([finding("bad-name", "x..y")], {"vantages": []}).english.startswith("cannot be asked for")


def test_findings_stand_in_the_order_of_the_vantages_whoever_answered_first() -> None:
    facts = {"vantages": [{"vantage": name} for name in ("a", "b", "c")]}
    arrived = [
        finding("differing-answers", "rancher.example.com"),
        finding("refused", "c"),
        finding("nxdomain", "a"),
    ]
    assert [item.subject for item in in_order(arrived, facts)] == ["a", "c", "rancher.example.com"]
