"""Probes through real load balancers to a Rancher stand-in: all pass, or the guilty hop is named."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.balancer.check import check
from rancher_tui.balancer.front import Front
from rancher_tui.balancer.probe import Probe, probe
from rancher_tui.balancer.write import write
from rancher_tui.finding import Finding
from rancher_tui.install.state import InstallState
from tests.conftest import require
from tests.real.balancers import FQDN, SERVERS, Pair, free_port, make_pair
from tests.real.rancher_stand_in import Rancher, node
from tests.real.test_balancer_rehearse import brisk, install

pytestmark = pytest.mark.real

ADDRESSES = ("127.0.0.31", "127.0.0.32", "127.0.0.33")
CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@dataclass
class Cluster:
    """A balancer in front of three nodes, and what a probe of it needs."""

    state: InstallState
    pair: Pair
    asked: Probe


@contextlib.asynccontextmanager
async def cluster(
    folder: Path,
    kind: str = "nginx",
    nodes: tuple[Rancher | None, ...] | None = None,
    change: tuple[str, str] = ("", ""),
) -> AsyncIterator[Cluster]:
    """`nodes`: what runs on each, None for nothing; `change`: a text of the configuration and its replacement."""
    pair, state = make_pair(folder), install(folder)
    config = brisk(write(state, kind).text)
    assert change[0] in config
    config = config.replace(*change).replace("PORT", state.balancer.https_port) if change[0] else config
    running = nodes if nodes is not None else (Rancher(FQDN, CA),) * 3
    port = int(state.balancer.node_port)
    async with contextlib.AsyncExitStack() as stack:
        for address, rancher in zip(ADDRESSES, running, strict=True):
            if rancher is not None:
                await stack.enter_async_context(node(rancher, address, port))
        with SERVERS[kind](folder, config, int(state.balancer.https_port)):
            front = Front(
                FQDN,
                "127.0.0.1",
                int(state.balancer.http_port),
                int(state.balancer.https_port),
                pair.ca_pem,
                limit=5.0,
            )
            yield Cluster(state, pair, Probe(front, ADDRESSES, port, CA, "token-x:y"))


async def probed(asked: Probe) -> dict[str, Finding]:
    found = {finding.code: finding async for finding in probe(asked)}
    return {code: finding for code, finding in found.items() if finding.status != "pass" or code in PASSES}


PASSES = {
    *("tls", "http2", "redirect", "ping", "healthz", "cacerts", "links", "page", "websocket-route", "websocket"),
    "steady",
}


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy"])
async def test_a_rancher_behind_our_configuration_passes_every_probe(kind: str, tmp_path: Path) -> None:
    require(kind)
    async with cluster(tmp_path, kind) as made:
        found = await probed(made.asked)
    assert set(found) == PASSES, [finding.to_json() for finding in found.values() if finding.status != "pass"]
    assert made.asked.facts["hop"] == ""
    assert made.asked.facts["nodes"] == dict.fromkeys(ADDRESSES, "good")


GOOD = Rancher(FQDN, CA)

HOPS: list[tuple[str, dict[str, Any], str, str]] = [
    ("nothing on the nodes", {"nodes": (None, None, None)}, "no-backend", "ingress"),
    ("no pod is ready", {"nodes": (Rancher(FQDN, pod="down"),) * 3}, "no-backend", "rancher"),
    (
        "one node reaches the pod, two do not",
        {"nodes": (GOOD, Rancher(FQDN, pod="unreached"), Rancher(FQDN, pod="unreached"))},
        "no-backend",
        "overlay",
    ),
    (
        "the ingress drops the header",
        {"nodes": (Rancher(FQDN, believes_headers=False),) * 3},
        "redirect-loop",
        "ingress",
    ),
    (
        "another name in the cluster file",
        {"nodes": (Rancher("other.example.test"),) * 3},
        "default-backend",
        "ingress",
    ),
    (
        "the balancer drops the header",
        {"change": ("proxy_set_header X-Forwarded-Proto $scheme;", "")},
        "redirect-loop",
        "balancer",
    ),
    (
        "the balancer drops the name",
        {"change": ("proxy_set_header Host $host;", "")},
        "default-backend",
        "balancer",
    ),
    (
        "the balancer has other nodes",
        {"change": ("server 127.0.0.3", "server 127.0.0.4")},
        "no-backend",
        "balancer",
    ),
    ("another port in the links", {"change": ("Port $server_port;", "Port 80;")}, "links", "balancer"),
    (
        "no upgrade",
        {"change": ("proxy_set_header Connection $connection_upgrade;", "")},
        "websocket-route",
        "balancer",
    ),
    ("the CA of another install", {"nodes": (Rancher(FQDN, "another"),) * 3}, "cacerts", "rancher"),
    ("no redirect", {"change": ("return 301 https", "return 404; #")}, "redirect", ""),
]


@pytest.mark.parametrize(("_what", "planted", "code", "hop"), HOPS, ids=[row[0] for row in HOPS])
async def test_the_guilty_hop_is_named(
    _what: str, planted: dict[str, Any], code: str, hop: str, tmp_path: Path
) -> None:
    require("nginx")
    async with cluster(tmp_path, **planted) as made:
        asked = made.asked
        for _try in range(6):
            found = await probed(replace(asked, facts=asked.facts))
            if code in found and found[code].bad:
                break
    assert found[code].bad or code == "redirect", [finding.to_json() for finding in found.values()]
    if hop:
        assert found[code].evidence["hop"] == hop
        assert asked.facts["hop"] == hop


async def test_a_node_that_is_wrong_beside_good_ones_is_warned_of(tmp_path: Path) -> None:
    require("haproxy")
    async with cluster(tmp_path, "haproxy", nodes=(GOOD, GOOD, None)) as made:
        found = await probed(made.asked)
    assert found["ping"].status == "pass"
    assert (found["node-closed"].status, found["node-closed"].subject) == ("warn", "node 127.0.0.33")


async def test_a_port_where_nothing_listens_and_a_certificate_of_another_ca(tmp_path: Path) -> None:
    require("nginx")
    nobody = Probe(Front(FQDN, "127.0.0.1", free_port(), free_port(), limit=2.0))
    assert {finding.code async for finding in probe(nobody)} == {"balancer-refused"}
    async with cluster(tmp_path) as made:
        asked = replace(made.asked, front=replace(made.asked.front, ca_pem=None))
        found = await probed(asked)
    assert found["certificate-untrusted"].status == "fail"
    assert asked.facts["hop"] == "tls"
    assert found["ping"].status == "pass", "what does not depend on trust is still asked"


async def test_step_2_is_proven_before_the_cluster_exists(tmp_path: Path) -> None:
    require("nginx")
    async with cluster(tmp_path, nodes=(None, None, None)) as made:
        facts: dict[str, Any] = {}
        found = [finding async for finding in check(made.state, facts=facts, ca_pem=made.pair.ca_pem)]
        assert {finding.code: finding.status.value for finding in found} == dict.fromkeys(
            ("written", "answers", "http2", "redirect"), "pass"
        )
        assert facts["status"] == 502
        (tmp_path / "other").mkdir()
        stranger = make_pair(tmp_path / "other").ca_pem
        found = [finding async for finding in check(made.state, facts=facts, ca_pem=stranger)]
        assert "certificate-untrusted" in {finding.code for finding in found if finding.bad}


async def test_another_certificate_without_a_server_name_is_warned_of(tmp_path: Path) -> None:
    require("nginx")
    other = tmp_path / "default"
    other.mkdir()
    make_pair(other, "default.example.test")
    site = f"ssl_certificate {other}/fullchain.pem; ssl_certificate_key {other}/privkey.pem; return 444;"
    async with cluster(
        tmp_path, change=("http {", "http { server { listen PORT ssl default_server; " + site + " }")
    ) as made:
        found = await probed(made.asked)
    assert found["default-certificate"].status == "warn"
    assert found["ping"].status == "pass"
