"""Rehearsals through real load balancers that run our own configurations, and through broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rancher_tui.balancer.rehearse import rehearse
from rancher_tui.balancer.write import write
from rancher_tui.finding import Finding
from rancher_tui.install.state import Balancer, InstallState, Node
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
    """The configuration with health checks ten times as often, so that the tests need not wait for them."""
    return config.replace("inter 5s", "inter 500ms").replace("health_interval 5s", "health_interval 500ms")


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
