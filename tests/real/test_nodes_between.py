"""The ways between nodes, on three real SSH servers of loopback: open, blocked, and gone again afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.finding import Finding
from rancher_tui.install.state import Node
from rancher_tui.nodes.between import between
from rancher_tui.transport.ssh import ConnectSettings
from tests.real.healthy_host import healthy_path
from tests.real.sshd import Sshd, make_key, needs_sshd, settings

pytestmark = [pytest.mark.real, needs_sshd]

TCP = (2379, 2380, 6443, 10250)
UDP = 8472


def three(folder: Path, stack: ExitStack, **options: Any) -> tuple[list[Node], ConnectSettings]:
    """Three servers on loopback addresses that nobody else uses, with one key pair and one host key."""
    net = f"127.{random.randint(100, 200)}.{random.randint(1, 250)}"
    host, key = make_key(folder / "host"), make_key(folder / "client")
    servers = []
    for last in (11, 12, 13):
        server = Sshd(folder / str(last), f"{net}.{last}", **options)
        server.host_key, server.key = host, key
        servers.append(stack.enter_context(server))
    trusted = folder / "known_hosts"
    trusted.write_text("".join(server.known_hosts().read_text() for server in servers))
    return [server.node() for server in servers], settings(known_hosts=[trusted])


async def run(
    nodes: list[Node], connect: ConnectSettings, **fields: Any
) -> tuple[list[Finding], list[dict[str, Any]]]:
    facts: dict[str, Any] = {}
    findings = [finding async for finding in between(nodes, connect, facts=facts, seconds=1.5, **fields)]
    return findings, facts["ports"]


def listening(address: str) -> set[int]:
    """Which ports are held on this address, as the kernel tells it."""
    own = "".join(f"{int(part):02X}" for part in reversed(address.split(".")))
    held = set()
    for table, state in (("tcp", "0A"), ("udp", "07")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            place, _, port = line.split()[1].partition(":")
            if place == own and line.split()[3] == state:
                held.add(int(port, 16))
    return held & {*TCP, UDP}


def wait_until_free(addresses: list[str]) -> None:
    ends = time.monotonic() + 10
    while any(listening(address) for address in addresses):
        assert time.monotonic() < ends, {address: listening(address) for address in addresses}
        time.sleep(0.05)


async def test_three_nodes_that_reach_each_other(tmp_path: Path, stack: ExitStack) -> None:
    nodes, connect = three(tmp_path, stack)
    findings, ways = await run(nodes, connect)
    assert (
        sorted((finding.code, finding.status.value) for finding in findings)
        == [("ports-open", "pass")] * 3 + [("udp-open", "pass")] * 3
    )
    assert {(way["protocol"], way["port"]) for way in ways} >= {*(("tcp", port) for port in TCP), ("udp", UDP)}
    assert len({(way["from"], way["to"]) for way in ways}) == 6
    assert {way["result"] for way in ways if way["port"] in (*TCP, UDP)} == {"open"}
    await asyncio.to_thread(wait_until_free, [node.address for node in nodes])


async def test_a_port_at_which_packets_vanish_is_one_red_line_at_its_node(
    tmp_path: Path, stack: ExitStack
) -> None:
    nodes, connect = three(tmp_path, stack)
    hole = stack.enter_context(socket.create_server((nodes[1].address, 6443), backlog=0))
    for _ in range(4):
        filler = stack.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(hole.getsockname())
    findings, ways = await run(nodes, connect)
    assert [(each.code, each.subject) for each in findings if each.bad] == [
        ("port-blocked", f"node 2 {nodes[1].address}")
    ]
    assert {way["result"] for way in ways if way["to"].endswith(nodes[1].address) and way["port"] == 6443} == {
        "timeout"
    }


async def test_a_program_that_already_listens_is_a_way_too(tmp_path: Path, stack: ExitStack) -> None:
    nodes, connect = three(tmp_path, stack)
    stack.enter_context(socket.create_server((nodes[2].address, 2379)))
    findings, ways = await run(nodes, connect)
    assert not [finding for finding in findings if finding.bad]
    assert {way["result"] for way in ways if way["to"].endswith(nodes[2].address) and way["port"] == 2379} == {
        "other"
    }


async def test_udp_that_another_program_holds_is_unknown(tmp_path: Path, stack: ExitStack) -> None:
    nodes, connect = three(tmp_path, stack)
    holder = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    holder.bind((nodes[0].address, UDP))
    findings, _ = await run(nodes, connect)
    assert [(each.code, each.status.value) for each in findings if each.bad] == [("udp-blocked", "unknown")]


async def test_nodes_without_python_are_tried_through_their_ssh_servers(tmp_path: Path, stack: ExitStack) -> None:
    path = healthy_path(tmp_path / "programs", without=("python3",))
    nodes, connect = three(tmp_path, stack, path=path)
    (tmp_path / "programs" / "command").unlink(missing_ok=True)
    findings, ways = await run(nodes, connect, ports={"tcp": [2379], "udp": [UDP]})
    assert {way["listener"] for way in ways if way["port"] == 2379} == {"no-agent"}
    assert {way["result"] for way in ways if way["port"] == 2379} == {"refused"}
    assert {(each.code, each.status.value) for each in findings} == {
        ("ports-open", "pass"),
        ("udp-blocked", "unknown"),
    }


async def test_a_node_that_cannot_be_reached_does_not_keep_the_others_from_being_tried(
    tmp_path: Path, stack: ExitStack
) -> None:
    nodes, connect = three(tmp_path, stack)
    gone = nodes[1].model_copy(update={"port": "1"})
    findings, ways = await run([nodes[0], gone, nodes[2]], connect)
    assert [(each.code, each.subject) for each in findings if each.bad] == [
        ("tcp-refused", f"node 2 {gone.address}")
    ]
    assert len({(way["from"], way["to"]) for way in ways}) == 2


async def test_a_single_node_has_no_ways(tmp_path: Path) -> None:
    findings = [found async for found in between([Node(address="127.0.0.1")], settings(), facts={})]
    assert [(found.code, found.status.value) for found in findings] == [("no-ways", "unknown")]


KILLED = """
import asyncio, json, sys
from pathlib import Path
from rancher_tui.install.state import Node
from rancher_tui.nodes.between import between
from rancher_tui.transport.ssh import ConnectSettings

async def main():
    nodes = [Node(**each) for each in json.loads(sys.argv[1])]
    async for _ in between(nodes, ConnectSettings(known_hosts=[Path(sys.argv[2])]), facts={}, seconds=30,
                           ports={"tcp": [2379, 2380, 6443, 10250, 9], "udp": [8472]}):
        pass

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_listens_any_more_after_we_are_killed(
    tmp_path: Path, stack: ExitStack, how: signal.Signals
) -> None:
    nodes, connect = three(tmp_path, stack)
    hole = stack.enter_context(socket.create_server((nodes[0].address, 10251), backlog=0))
    for _ in range(4):
        filler = stack.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(hole.getsockname())
    rows = json.dumps([node.model_dump() for node in nodes])
    code = KILLED.replace("10250, 9]", "10250, 10251]")
    command = [sys.executable, "-c", code, rows, str(connect.known_hosts[0])]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 20
    while any(listening(node.address) != {*TCP, UDP} for node in nodes):
        assert child.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.05)
    os.kill(child.pid, how)
    child.wait(10)
    wait_until_free([node.address for node in nodes])
