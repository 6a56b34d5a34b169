"""What nodes show when they are asked without the balancer, as findings."""

from __future__ import annotations

import asyncio

import pytest

from rancher_tui.balancer.front import Judge
from rancher_tui.balancer.hops import Node
from rancher_tui.balancer.node_probe import Asked, Shown, api_ports, ask_nodes, node_findings
from rancher_tui.finding import Status
from rancher_tui.transport.tcp import connects

JUDGE = Judge("probe", "rancher.example.com:443")


def told(state: Node, **answers: str) -> list[tuple[str, Status]]:
    shown = [Shown("10.0.0.1", state, "", answers)]
    return [(finding.code, finding.status) for finding in node_findings(JUDGE, shown)]


@pytest.mark.parametrize(
    ("state", "code"),
    [(Node.CLOSED, "node-closed"), (Node.INGRESS_DROPS, "ingress-drops-header"), (Node.POD_DOWN, "pod-not-ready")],
)
def test_a_node_that_is_wrong_beside_a_good_balancer_is_a_warning(state: Node, code: str) -> None:
    assert told(state) == [(code, Status.WARN)]


def test_a_good_node_is_told_and_one_that_believes_plain_http_warned_of() -> None:
    assert told(Node.GOOD, P10="302 https://rancher.example.com/ping") == [("node", Status.PASS)]
    assert told(Node.GOOD, P10="200 pong") == [("node", Status.PASS), ("proto-believed", Status.WARN)]
    assert told(Node.SILENT) == [], "a firewall before the nodes is no fault"


async def test_a_port_is_open_refused_or_silent() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await connects("127.0.0.1", port, 2.0) == ""
    server.close()
    await server.wait_closed()
    assert "refused" in (await connects("127.0.0.1", port, 2.0)).lower()
    (finding,) = [finding async for finding in api_ports(JUDGE, ["127.0.0.77"], 2.0)]
    assert (finding.code, finding.status, finding.subject) == ("api-port", Status.WARN, "node 127.0.0.77")


async def test_something_else_on_the_node_s_port_is_no_ingress() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nIt works!")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        (shown,) = await ask_nodes(Asked("rancher.example.com", port, 2.0), ["127.0.0.1"])
    assert (shown.state, shown.answers["P9"]) == (Node.NOT_INGRESS, "200 It works!")
