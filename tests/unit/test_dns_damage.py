"""Whatever bytes a server sends: a message that can be parsed can be read, judged and shown."""

from __future__ import annotations

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.dns.answer import KINDS, cname_target, read
from rancher_tui.dns.judge import Target, across, judge
from rancher_tui.dns.look import Origin, Seen
from rancher_tui.dns.names import BadNameError, to_send
from rancher_tui.dns.system import hosts_addresses, read_resolv_conf
from rancher_tui.dns.vantages import fact
from rancher_tui.transport.name_servers import BadServerError, Question, Reply, parse_server

NAME = to_send("rancher.example.com")


def message(*records: str) -> bytes:
    query = dns.message.make_query(NAME, "A")
    response = dns.message.make_response(query)
    for record in records:
        owner, kind, value = record.split(" ", 2)
        response.answer.append(dns.rrset.from_text(owner, 300, "IN", kind, value))
    response.authority.append(dns.rrset.from_text("example.com.", 300, "IN", "NS", "ns1.example.com."))
    return response.to_wire()


MESSAGES = [
    message("rancher.example.com. A 203.0.113.10"),
    message("rancher.example.com. CNAME lb.example.net.", "lb.example.net. A 203.0.113.10"),
    message("rancher.example.com. CNAME b.example.com.", "b.example.com. CNAME rancher.example.com."),
    message(),
]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_answer_is_read_judged_and_shown(data: st.DataObject) -> None:
    wire = bytearray(data.draw(st.sampled_from(MESSAGES)))
    for _flip in range(data.draw(st.integers(0, 5))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    try:
        parsed = dns.message.from_wire(bytes(wire), ignore_trailing=True)
    except Exception:
        return
    replies = {
        version: Reply(Question(NAME, kind), parsed, None, "udp", 0.01, data.draw(st.booleans()))
        for version, kind in KINDS.items()
    }
    cname_target(replies[4])
    seen = Seen(
        "a", Origin.NAMED, "192.0.2.53", 53, {version: read(reply, version) for version, reply in replies.items()}
    )
    findings = [*judge(seen, NAME, Target(frozenset({"203.0.113.10"}))), *across(str(NAME), [seen, seen])]
    assert findings
    for finding in findings:
        assert finding.title.english
        str(finding.to_json())
    shown = fact("rancher.example.com", seen)
    assert isinstance(shown["nslookup"], str)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_typed_text_is_a_name_or_a_bad_one(text: str) -> None:
    try:
        name = to_send(text)
    except BadNameError as error:
        assert error.typed == text
        assert error.reason.english
        return
    assert len(name.to_wire() or b"") <= 255
    assert name.is_absolute()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(alphabet="0123456789.:[]%abcdef ", max_size=40))
def test_any_settings_of_a_machine_are_read(text: str, numbers: str) -> None:
    read_resolv_conf(f"nameserver {numbers}\nsearch {text}\nnameserver {text}\n{text}")
    hosts_addresses(f"{numbers} {text}\n{text} rancher.example.com\n{numbers} rancher.example.com", NAME)
    for typed in (text, numbers):
        try:
            parse_server(typed)
        except BadServerError as error:
            assert str(error)
