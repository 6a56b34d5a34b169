"""The lab's zone: what it answers, what it refuses."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from rancher_tui.lab.name_server import Zone

FQDN = "rancher.rehearsal.test"
ADDRESS = "127.70.1.10"


@pytest.fixture
def zone() -> Zone:
    return Zone("rehearsal.test", "127.70.1.53", {FQDN: ADDRESS})


def ask(zone: Zone, name: str, kind: str, limit: int | None = 512) -> dns.message.Message:
    wire = zone.answer(dns.message.make_query(name, kind).to_wire(), limit)
    assert wire is not None
    return dns.message.from_wire(wire)


@pytest.mark.parametrize("name", [FQDN, FQDN.upper(), f"{FQDN}."])
def test_the_name_has_its_address_with_authority(zone: Zone, name: str) -> None:
    answer = ask(zone, name, "A")
    assert answer.answer[0][0].to_text() == ADDRESS
    assert answer.flags & dns.flags.AA


def test_another_type_has_no_data_but_is_no_error(zone: Zone) -> None:
    answer = ask(zone, FQDN, "AAAA")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])
    assert answer.authority[0].rdtype == dns.rdatatype.SOA


def test_an_unknown_name_of_the_zone_does_not_exist(zone: Zone) -> None:
    answer = ask(zone, f"no.{FQDN}", "A")
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert answer.authority[0].rdtype == dns.rdatatype.SOA


@pytest.mark.parametrize("name", ["example.com", "test", "."])
def test_names_outside_the_zone_are_refused(zone: Zone, name: str) -> None:
    assert ask(zone, name, "A").rcode() == dns.rcode.REFUSED


def test_the_zone_names_its_server(zone: Zone) -> None:
    assert ask(zone, "rehearsal.test", "NS").answer[0][0].to_text() == "ns.rehearsal.test."
    assert ask(zone, "ns.rehearsal.test", "A").answer[0][0].to_text() == "127.70.1.53"


@pytest.mark.parametrize("wire", [b"", b"\0" * 5, b"\xff" * 40])
def test_what_is_no_question_gets_no_answer(zone: Zone, wire: bytes) -> None:
    assert zone.answer(wire, 512) is None


def test_an_answer_is_not_answered(zone: Zone) -> None:
    response = dns.message.make_response(dns.message.make_query(FQDN, "A"))
    assert zone.answer(response.to_wire(), 512) is None
