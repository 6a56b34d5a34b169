"""Rehearsals through real load balancers that run our own configurations, and through broken ones."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.balancer.echo import Echoes
from rancher_tui.balancer.rehearse import rehearse
from rancher_tui.balancer.write import write
from rancher_tui.finding import Finding
from rancher_tui.install.state import Balancer, InstallState, Node
from rancher_tui.transport.http import fetch
from tests.conftest import require
from tests.real.balancers import FQDN, SERVERS, LocalNodes, Pair, free_port, make_pair

pytestmark = pytest.mark.real

EVERYTHING_PASSES = {
    "echo",
    "tls",
    "http2",
    "spread",
    "host-header",
    "forwarded-proto",
    "forwarded-port",
    "forwarded-for",
    "websocket",
    "buffering",
    "upload",
    "redirect",
    "websocket-idle",
    "failover",
}


def install(folder: Path) -> InstallState:
    """Three nodes on loopback addresses behind a balancer on free ports."""
    balancer = Balancer(
        address="127.0.0.1",
        http_port=str(free_port()),
        https_port=str(free_port()),
        node_port=str(free_port()),
        certificate_path=str(folder / "fullchain.pem"),
        key_path=str(folder / "privkey.pem"),
    )
    nodes = tuple(Node(address=f"127.0.0.{number}") for number in (31, 32, 33))
    return InstallState(fqdn=FQDN, nodes=nodes, balancer=balancer)


def brisk(config: str) -> str:
    """The configuration with health checks so often that the tests need not wait for them."""
    checks = config.replace("check inter 5s fall 2 rise 2", "check inter 100ms fall 2 rise 1")
    return checks.replace("health_interval 5s", "health_interval 100ms")


async def rehearsed(
    state: InstallState, pair: Pair, nodes: LocalNodes, **settings: Any
) -> tuple[list[Finding], dict[str, Any]]:
    facts: dict[str, Any] = {}
    usual = {"idle": 1.0, "settle": 15.0, "limit": 5.0}
    found = rehearse(state, nodes.open, facts=facts, ca_pem=pair.ca_pem, **{**usual, **settings})
    return [finding async for finding in found], facts


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy"])
async def test_our_own_configuration_passes_every_look(kind: str, tmp_path: Path) -> None:
    require(kind)
    pair, state, nodes = make_pair(tmp_path), install(tmp_path), LocalNodes()
    with SERVERS[kind](tmp_path, brisk(write(state, kind).text), int(state.balancer.https_port)):
        findings, facts = await rehearsed(state, pair, nodes)
    assert {finding.code for finding in findings if finding.status == "pass"} == EVERYTHING_PASSES, [
        finding.to_json() for finding in findings if finding.status != "pass"
    ]
    assert set(facts["spread"]) == {"1 127.0.0.31", "2 127.0.0.32", "3 127.0.0.33"}
    assert sum(facts["spread"].values()) == 30
    assert all(row["right"] for row in facts["headers"])
    assert nodes.left_over == []


async def only(state: InstallState, nodes: LocalNodes) -> dict[str, Finding]:
    """A rehearsal where nothing answers as a balancer: what is said about the nodes."""
    found = rehearse(state, nodes.open, facts={}, idle=0, settle=0, limit=1.0)
    return {finding.subject: finding async for finding in found}


async def test_what_keeps_an_echo_server_from_starting_is_named(tmp_path: Path) -> None:
    state = install(tmp_path)
    taken = await asyncio.start_server(
        lambda _reader, writer: writer.close(), "127.0.0.31", int(state.balancer.node_port)
    )
    async with taken:
        nodes = LocalNodes(unreachable=(1,))
        found = await only(state, nodes)
    assert found["1 127.0.0.31"].code == "port-busy"
    assert found["2 127.0.0.32"].code == "node-unreachable"
    assert "no route to host" in str(found["2 127.0.0.32"].evidence)
    assert nodes.left_over == []


async def test_a_node_without_python_and_a_user_without_rights(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "id").write_text("#!/bin/sh\necho 1000\n")
    (tools / "id").chmod(0o755)
    found = await only(install(tmp_path), LocalNodes(path=str(tools)))
    assert {finding.code for finding in found.values()} == {"no-python"}
    (tools / "python3").symlink_to(sys.executable)
    low = install(tmp_path)
    low = low.model_copy(update={"balancer": low.balancer.model_copy(update={"node_port": "80"})})
    found = await only(low, LocalNodes(path=str(tools)))
    assert {finding.code for finding in found.values()} == {"not-permitted"}
    assert {finding.status.value for finding in found.values()} == {"unknown"}


async def test_a_rehearsal_that_is_left_early_leaves_nothing_on_the_nodes(tmp_path: Path) -> None:
    state, nodes = install(tmp_path), LocalNodes()
    found = rehearse(state, nodes.open, facts={}, idle=0, settle=0, limit=1.0)
    first = await anext(found)
    assert first.code == "balancer-refused" or first.code == "echo"
    assert len(nodes.started) == 3
    await found.aclose()
    assert nodes.left_over == []


async def test_echo_servers_end_when_whoever_holds_them_is_killed(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import subprocess, sys, time\n"
        "from rancher_tui.balancer.echo import start_command\n"
        "from rancher_tui.install.state import Node\n"
        f"command = start_command('n', 't', Node(address='127.0.0.31'), {port}, 60)\n"
        "held = subprocess.Popen(['/bin/sh', '-c', command],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "print(held.stdout.readline().decode().strip(), flush=True)\n"
        "time.sleep(60)\n"
    )
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    assert (await holder.stdout.readline()).decode().strip() == "ready"
    assert await listens_on("127.0.0.31", port)
    holder.kill()
    await holder.wait()
    async with asyncio.timeout(10):
        while await listens_on("127.0.0.31", port):
            await asyncio.sleep(0.02)


async def listens_on(address: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        _reader, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True


async def test_only_who_knows_the_token_is_told_anything(tmp_path: Path) -> None:
    port, nodes = free_port(), LocalNodes()
    async with Echoes(nodes.open, port) as echoes:
        assert await echoes.start([(0, Node(address="127.0.0.31"))]) == {}
        url = f"http://{FQDN}/secret"
        stranger = await fetch(url, address="127.0.0.31", port=port)
        assert (stranger.status, stranger.text) == (404, "rancher-tui rehearsal")
        known = await fetch(url, address="127.0.0.31", port=port, headers={"x-rancher-tui": echoes.token})
        assert '"path": "/secret"' in known.text
        health = await fetch(f"http://{FQDN}/healthz", address="127.0.0.31", port=port)
        assert (health.status, health.text) == (200, "ok")
    assert nodes.left_over == []


async def test_a_certificate_of_another_ca_is_told_once_and_the_rest_is_still_judged(tmp_path: Path) -> None:
    require("nginx")
    (tmp_path / "other").mkdir()
    pair, state, nodes = make_pair(tmp_path), install(tmp_path), LocalNodes()
    stranger = make_pair(tmp_path / "other")
    with SERVERS["nginx"](tmp_path, write(state, "nginx").text, int(state.balancer.https_port)):
        findings, _facts = await rehearsed(state, stranger, nodes, idle=0, stop_one=False)
    assert pair.ca_pem != stranger.ca_pem
    assert [finding.code for finding in findings if finding.bad] == ["certificate-untrusted"]
    assert {"spread", "websocket", "redirect"} <= {
        finding.code for finding in findings if finding.status == "pass"
    }
