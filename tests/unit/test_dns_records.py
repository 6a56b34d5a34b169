"""The record to create, in each form; and how a node and a machine's own files are read."""

from __future__ import annotations

import json

import pytest

from rancher_tui.dns.check import check
from rancher_tui.dns.names import BadNameError, to_send
from rancher_tui.dns.nodes import node_vantage
from rancher_tui.dns.records import creation
from rancher_tui.dns.system import hosts_addresses, read_resolv_conf
from rancher_tui.transport.name_servers import BadServerError, Server, parse_server
from rancher_tui.transport.on_node import Ran


def test_an_address_becomes_an_a_record() -> None:
    made = creation("rancher.example.com", "192.0.2.7")
    assert made.bind == "rancher.example.com.\t300\tIN\tA\t192.0.2.7\n"
    assert "Type:  A\nValue: 192.0.2.7" in made.console
    (change,) = json.loads(made.route53)["Changes"]
    assert change["ResourceRecordSet"] == {
        "Name": "rancher.example.com.",
        "Type": "A",
        "TTL": 300,
        "ResourceRecords": [{"Value": "192.0.2.7"}],
    }


def test_addresses_of_both_families_become_two_record_sets() -> None:
    made = creation("rancher.example.com", "192.0.2.7, 2001:db8::7 192.0.2.8")
    assert [(record.kind, record.values) for record in made.records] == [
        ("A", ("192.0.2.7", "192.0.2.8")),
        ("AAAA", ("2001:db8::7",)),
    ]


def test_the_name_of_an_alb_becomes_an_alias() -> None:
    made = creation("rancher.example.com", "rancher-1.eu-west-1.elb.amazonaws.com")
    assert made.bind == "rancher.example.com.\t300\tIN\tCNAME\trancher-1.eu-west-1.elb.amazonaws.com.\n"
    assert made.note is None
    assert creation("example.com", "lb.elsewhere.net").note is not None, "no CNAME at a zone's top"


@pytest.mark.parametrize("balancer", ["", "  ", "192.0.2.7 lb.example.com", "a.example.com b.example.com"])
def test_what_cannot_be_one_record_is_refused(balancer: str) -> None:
    with pytest.raises(ValueError):
        creation("rancher.example.com", balancer)


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("10.0.0.1", Server("10.0.0.1", 53)),
        (" 10.0.0.1:5353 ", Server("10.0.0.1", 5353)),
        ("2001:db8::1", Server("2001:db8::1", 53)),
        ("[2001:db8::1]", Server("2001:db8::1", 53)),
        ("[2001:db8::1]:54", Server("2001:db8::1", 54)),
    ],
)
def test_a_server_is_read_as_typed(typed: str, server: Server) -> None:
    assert parse_server(typed) == server


@pytest.mark.parametrize(
    "typed", ["", "ns1.example.com", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:x", "[::1]x"]
)
def test_what_is_no_server_is_refused(typed: str) -> None:
    with pytest.raises(BadServerError):
        parse_server(typed)


@pytest.mark.parametrize(
    "typed", ["", ".", "a..b", ".a", "a" * 64, ".".join(["a" * 63] * 4), "ü" * 63 + ".example"]
)
def test_what_cannot_be_sent_is_a_bad_name(typed: str) -> None:
    with pytest.raises(BadNameError):
        to_send(typed)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a" * 63, "a" * 63 + "."),
        (".".join(["a" * 63] * 3 + ["a" * 61]) + ".", ".".join(["a" * 63] * 3 + ["a" * 61]) + "."),
        ("_dmarc.-x-.example", "_dmarc.-x-.example."),
        ("Bücher.example", "xn--bcher-kva.example."),
        ("例え.テスト。", "xn--r8jz45g.xn--zckzah."),
        ("STRASSE.example", "STRASSE.example."),
        ("straße.example", "xn--strae-oqa.example."),
    ],
)
def test_what_can_be_sent_is_sent(typed: str, sent: str) -> None:
    assert to_send(typed).to_text() == sent


async def test_a_bad_name_asks_nobody() -> None:
    facts: dict[str, object] = {}
    found = [
        finding.code
        async for finding in check("a..b", expected=[], servers=["192.0.2.1"], timeout=60, facts=facts)
    ]
    assert found == ["bad-name"]
    assert facts["vantages"] == []


async def test_a_bad_expectation_is_named_by_its_own_text() -> None:
    found = check("rancher.example.com", expected=["lb..example.com"], servers=["192.0.2.1"], timeout=60, facts={})
    assert [(finding.code, finding.subject) async for finding in found] == [("bad-name", "lb..example.com")]


def test_resolv_conf_is_read_as_the_resolver_library_reads_it() -> None:
    text = "# nameserver 1.1.1.1\nnameserver 10.0.0.2\nnameserver 10.0.0.2\nnameserver junk\n"
    text += "nameserver fe80::1%eth0\n"
    servers, search = read_resolv_conf(text + "domain old.example\nsearch a.example b.example.\noptions ndots:5\n")
    assert servers == (Server("10.0.0.2"), Server("fe80::1"))
    assert [name.to_text() for name in search] == ["a.example.", "b.example."]


def test_the_hosts_file_is_read_by_whole_names() -> None:
    text = "127.0.0.1\tlocalhost\n10.0.0.9 lb Rancher.Example.com # rancher2.example.com\n"
    text += "::1 rancher.example.com.\nx y\n"
    assert hosts_addresses(text, to_send("rancher.example.com")) == ("10.0.0.9", "::1")
    assert hosts_addresses(text, to_send("rancher2.example.com")) == ()


NODE = """--rancher-tui-- resolv
nameserver 127.0.0.53
--rancher-tui-- hosts
127.0.0.1 localhost
--rancher-tui-- getent 4
{four}--rancher-tui-- exit {code}
--rancher-tui-- getent 6
--rancher-tui-- exit 2
--rancher-tui-- why
{why}--rancher-tui-- end
"""


async def from_node(output: str, expected: list[str]) -> dict[str, str]:
    async def run(_command: str) -> Ran:
        return Ran(0, output)

    vantages = [node_vantage("rancher.example.com", run, "node 10.0.0.1")]
    found = check(
        "rancher.example.com", expected=expected, servers=["127.0.0.1:1"], timeout=0.2, facts={}, more=vantages
    )
    return {finding.code: finding.status.value async for finding in found if finding.subject == "node 10.0.0.1"}


async def test_a_node_that_sees_the_balancer() -> None:
    output = NODE.format(four="192.0.2.7  STREAM rancher.example.com\n192.0.2.7  DGRAM\n", code=0, why="")
    assert await from_node(output, ["192.0.2.7"]) == {"resolves": "pass", "loopback-resolver": "warn"}


async def test_a_node_that_is_told_something_else() -> None:
    output = NODE.format(four="192.0.2.66  STREAM rancher.example.com\n", code=0, why="")
    assert (await from_node(output, ["192.0.2.7"]))["wrong-address"] == "fail"


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n", "nxdomain"),
        ("** server can't find rancher.example.com: SERVFAIL\n", "servfail"),
        (";; communications error to 10.0.0.1#53: timed out\n", "timeout"),
        ("", "no-address"),
    ],
)
async def test_a_node_that_finds_nothing_tells_why(why: str, code: str) -> None:
    assert code in await from_node(NODE.format(four="", code=2, why=why), [])


async def test_a_node_that_cannot_be_asked_is_unknown() -> None:
    async def run(_command: str) -> Ran:
        raise OSError("connection lost")

    seen = await node_vantage("rancher.example.com", run, "node")
    assert {answer.rcode for answer in seen.answers.values()} == {"unreachable"}
    assert (await from_node("sh: getent: not found\n", []))["unreachable"] == "unknown"
