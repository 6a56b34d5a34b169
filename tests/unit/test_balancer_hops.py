"""Which hop is to blame, from answers alone; and how a front is named."""

from __future__ import annotations

import pytest

from rancher_tui.balancer.front import Front
from rancher_tui.balancer.hops import Hop, Node, Ping, blame, node, ping
from rancher_tui.transport.http import Answer

URL = "https://rancher.example.com/ping"


def answer(status: int, body: str = "", location: str = "") -> Answer:
    return Answer(status, {"location": location} if location else {}, body.encode(), "HTTP/1.1", 0.0)


@pytest.mark.parametrize(
    ("told", "meaning"),
    [
        (answer(200, "pong"), Ping.PONG),
        (answer(200, "pong\n"), Ping.OTHER),
        (answer(200, "<html>"), Ping.OTHER),
        (answer(302, location=URL), Ping.TO_ITSELF),
        (answer(307, location="https://RANCHER.example.com:443/ping"), Ping.TO_ITSELF),
        (answer(301, location="http://rancher.example.com/ping"), Ping.ELSEWHERE),
        (answer(302, location="https://other.example.com/ping"), Ping.ELSEWHERE),
        (answer(302, location="https://[broken"), Ping.ELSEWHERE),
        (answer(404, "default backend - 404"), Ping.DEFAULT_BACKEND),
        (answer(502), Ping.NO_BACKEND),
        (answer(503), Ping.NO_BACKEND),
        (answer(504), Ping.NO_BACKEND),
        (answer(401), Ping.OTHER),
    ],
)
def test_what_an_answer_to_ping_means(told: Answer, meaning: Ping) -> None:
    assert ping(told, URL) is meaning


@pytest.mark.parametrize(
    ("told", "plain", "state"),
    [
        (answer(200, "pong"), answer(302, location=URL), Node.GOOD),
        (answer(200, "pong"), answer(308, location=URL), Node.INGRESS_REDIRECTS),
        (answer(308, location=URL), answer(308, location=URL), Node.INGRESS_REDIRECTS),
        (answer(302, location=URL), answer(302, location=URL), Node.INGRESS_DROPS),
        (answer(404), answer(404), Node.UNKNOWN_NAME),
        (answer(503), answer(503), Node.POD_DOWN),
        (answer(504), answer(504), Node.UNREACHED),
        (answer(500), answer(500), Node.STRANGE),
    ],
)
def test_what_a_node_shows(told: Answer, plain: Answer, state: Node) -> None:
    assert node(told, plain) is state


@pytest.mark.parametrize(
    ("seen", "nodes", "hop"),
    [
        (Ping.NO_BACKEND, [], Hop.BEHIND),
        (Ping.NO_BACKEND, [Node.SILENT] * 3, Hop.BEHIND),
        (Ping.NO_BACKEND, [Node.CLOSED] * 3, Hop.INGRESS),
        (Ping.NO_BACKEND, [Node.GOOD] * 3, Hop.BALANCER),
        (Ping.NO_BACKEND, [Node.GOOD, Node.UNREACHED, Node.UNREACHED], Hop.OVERLAY),
        (Ping.NO_BACKEND, [Node.POD_DOWN] * 3, Hop.RANCHER),
        (Ping.NO_BACKEND, [Node.UNREACHED] * 3, Hop.OVERLAY),
        (Ping.NO_BACKEND, [Node.GOOD, Node.CLOSED], Hop.INGRESS),
        (Ping.TO_ITSELF, [], Hop.BALANCER),
        (Ping.TO_ITSELF, [Node.GOOD], Hop.BALANCER),
        (Ping.TO_ITSELF, [Node.INGRESS_DROPS] * 3, Hop.INGRESS),
        (Ping.TO_ITSELF, [Node.INGRESS_REDIRECTS] * 3, Hop.INGRESS),
        (Ping.DEFAULT_BACKEND, [], Hop.BALANCER),
        (Ping.DEFAULT_BACKEND, [Node.GOOD] * 3, Hop.BALANCER),
        (Ping.DEFAULT_BACKEND, [Node.UNKNOWN_NAME] * 3, Hop.INGRESS),
        (Ping.OTHER, [Node.GOOD] * 3, Hop.BALANCER),
    ],
)
def test_which_hop_is_to_blame(seen: Ping, nodes: list[Node], hop: Hop) -> None:
    found = blame(seen, {f"10.0.0.{number}": state for number, state in enumerate(nodes)})
    assert found.hop is hop
    assert found.title.english
    assert found.remedy.english


def test_a_front_is_named_by_name_and_address() -> None:
    plain = Front.of("rancher.example.com.")
    assert (plain.base, plain.port, plain.address) == ("https://rancher.example.com", 443, "")
    other = Front.of("rancher.example.com:8443", "10.0.0.5")
    assert (other.base, other.port, other.address) == ("https://rancher.example.com:8443", 8443, "10.0.0.5")
    tunnel = Front.of("rancher.example.com", "127.0.0.1:9443")
    assert (tunnel.base, tunnel.port) == ("https://rancher.example.com", 9443)
    assert tunnel.bases == ("https://rancher.example.com", "https://rancher.example.com:9443")
    assert tunnel.subject == "rancher.example.com at 127.0.0.1:9443"
    six = Front.of("rancher.example.com", "[2001:db8::1]:8443")
    assert (six.address, six.port) == ("2001:db8::1", 8443)
    assert Front.of("rancher.example.com", "2001:db8::1").address == "2001:db8::1"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("", ""),
        ("https://rancher.example.com", ""),
        ("rancher.example.com/ping", ""),
        ("rancher.example.com:", ""),
        ("rancher.example.com:0", ""),
        ("rancher.example.com", "10.0.0.1:99999"),
        ("rancher.example.com", "10.0.0.1:https"),
    ],
)
def test_what_names_no_front_is_refused(name: str, address: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        Front.of(name, address)
