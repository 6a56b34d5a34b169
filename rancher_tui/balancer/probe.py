"""Rancher asked through its load balancer after the install: every probe that is safe without a login.

Nothing is changed out there. Redirects are not followed, addresses are pinned. The probes' numbers (P1 to P17) are
in the evidence; what each wrong answer means stands in `hops`.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rancher_tui.balancer import hops
from rancher_tui.balancer.edge import http2, redirect, without_sni
from rancher_tui.balancer.front import Front, Judge
from rancher_tui.balancer.hops import Hop, Ping
from rancher_tui.balancer.node_probe import Asked, Shown, api_ports, ask_nodes, node_findings
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.transport.http import Answer, FetchError
from rancher_tui.transport.websocket import UpgradeRefusedError

REPEATS: Final = 30
_AT_ONCE: Final = 6
_API_LIMIT: Final = 3.0
"""Seconds for a connection to a control plane's port."""
_BROWSER: Final = {"accept": "text/html", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) rancher-tui"}
_JSON: Final = {"accept": "application/json"}


@dataclass(slots=True)
class Probe:
    """What is probed: the balancer's front, the nodes where they may be asked, the CA that Rancher shows.

    `nodes` are addresses of nodes (`node_port` is the ingress's), `planes` those of control planes. `ca_text` is
    the normalised CA, empty for a recognised one, None where nothing is known. `token` (`NAME:KEY`) opens a
    WebSocket as an agent or browser does.
    """

    front: Front
    nodes: Sequence[str] = ()
    node_port: int = 80
    ca_text: str | None = None
    token: str = ""
    planes: Sequence[str] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def judge(self) -> Judge:
        """Findings about the balancer's front."""
        return Judge("probe", self.front.subject)


async def probe(asked: Probe) -> AsyncGenerator[Finding, None]:
    """The findings, the cheap rungs first: name, TLS, `/ping`, then everything else where that one is right."""
    asked.facts |= {"hop": "", "nodes": {}, "status": None}
    judge = asked.judge
    named = await _resolved(asked)
    if named is not None:
        yield _blamed(asked, named)
        return
    try:
        answer = await asked.front.get("/ping")
    except FetchError as error:
        yield _blamed(asked, judge.unreachable(error))
        if error.kind != "untrusted":
            return
        asked.front = replace(asked.front, verify=False)
        try:
            answer = await asked.front.get("/ping")
        except FetchError:
            return
    else:
        if asked.front.verify:
            yield judge.good("tls", msg("the certificate verifies"), version=answer.tls_version, probe="P3")
    asked.facts["status"] = answer.status
    yield http2(judge, answer)
    yield await redirect(judge, asked.front)
    nameless = await without_sni(judge, asked.front, answer)
    if nameless is not None:
        yield nameless
    shown = await ask_nodes(Asked(asked.front.fqdn, asked.node_port, asked.front.limit), asked.nodes)
    asked.facts["nodes"] = {node.address: node.state.value for node in shown}
    async for finding in _ping(asked, answer, shown):
        yield finding
    async for finding in api_ports(judge, asked.planes, min(asked.front.limit, _API_LIMIT)):
        yield finding
    if answer.status == 200 and answer.text == "pong":
        async for finding in _rancher(asked):
            yield finding


def _blamed(asked: Probe, finding: Finding) -> Finding:
    """The finding; its hop is noted as the guilty one unless an earlier one is."""
    if finding.bad:
        asked.facts["hop"] = asked.facts["hop"] or finding.evidence.get("hop", "")
    return finding


async def _resolved(asked: Probe) -> Finding | None:
    """P1 as far as this machine goes: the name resolves, and not to a node."""
    if asked.front.address:
        return None
    loop = asyncio.get_running_loop()
    try:
        infos = await loop.getaddrinfo(asked.front.fqdn, asked.front.port, type=socket.SOCK_STREAM)
    except OSError as error:
        return asked.judge.unreachable(FetchError("unresolved", str(error)))
    addresses = sorted({str(info[4][0]) for info in infos})
    asked.facts["addresses"] = addresses
    if asked.nodes and set(addresses) <= set(asked.nodes):
        return asked.judge.say(
            Status.FAIL,
            "points-to-node",
            msg("the name leads to a node, not to the balancer"),
            msg("Without the balancer nobody ends TLS with the right certificate."),
            msg("point the DNS record to the load balancer"),
            addresses=addresses,
            hop=Hop.DNS.value,
        )
    return None


async def _ping(asked: Probe, answer: Answer, shown: Sequence[Shown]) -> AsyncIterator[Finding]:
    """P6: pong, or the hop that is to blame; then what each node shows where pong came."""
    seen = hops.ping(answer, f"{asked.front.base}/ping")
    evidence: dict[str, Any] = {"status": answer.status, "body": answer.text[:200], "probe": "P6"}
    if seen is Ping.PONG:
        yield asked.judge.good("ping", msg("Rancher answers pong"), **evidence)
        for finding in node_findings(asked.judge, shown):
            yield finding
        return
    blame = hops.blame(seen, {node.address: node.state for node in shown})
    yield _blamed(
        asked,
        asked.judge.say(
            Status.FAIL,
            seen.value,
            blame.title,
            msg("/ping is answered with {status}.", status=answer.status),
            blame.remedy,
            hop=blame.hop.value,
            location=answer.headers.get("location", ""),
            server=answer.headers.get("server", ""),
            nodes={node.address: [node.state.value, node.words] for node in shown},
            **evidence,
        ),
    )


async def _rancher(asked: Probe) -> AsyncIterator[Finding]:
    """What only a Rancher that answers can show: P7, P12 to P14, P16, P17."""
    looks = [_healthz, _cacerts, _links, _page, _connect, _steady]
    for look in [*looks, _subscribe] if asked.token else looks:
        try:
            finding = await look(asked)
        except FetchError as error:
            finding = asked.judge.unreachable(error)
        yield _blamed(asked, finding)


def _wrong(asked: Probe, code: str, title: Message, remedy: Message, hop: Hop, /, **evidence: Any) -> Finding:
    return asked.judge.say(Status.FAIL, code, title, EMPTY, remedy, hop=hop.value, **evidence)


async def _healthz(asked: Probe) -> Finding:
    answer = await asked.front.get("/healthz")
    if answer.status == 200:
        return asked.judge.good("healthz", msg("/healthz answers"), probe="P7")
    title = msg("/healthz is answered with {status}", status=answer.status)
    return _wrong(asked, "healthz", title, msg("read the balancer's log"), Hop.BALANCER, status=answer.status)


async def _cacerts(asked: Probe) -> Finding:
    """P12: the CA that Rancher hands to agents is the one that was installed."""
    answer = await asked.front.get("/v3/settings/cacerts", headers=_JSON)
    told = _json(answer)
    value = str(told.get("value") or "") if told is not None else None
    if value is None:
        title = msg("Rancher does not tell its CA ({status})", status=answer.status)
        return _wrong(asked, "cacerts", title, msg("kubectl -n cattle-system logs POD"), Hop.RANCHER, probe="P12")
    if asked.ca_text is None or value.strip() == asked.ca_text.strip():
        return asked.judge.good("cacerts", msg("Rancher shows the right CA"), probe="P12", bytes=len(value))
    return _wrong(
        asked,
        "cacerts",
        msg("Rancher shows another CA than the one installed")
        if value
        else msg("Rancher shows no CA although one was installed"),
        msg("compare template and CA: agents check its checksum"),
        Hop.RANCHER,
        probe="P12",
        shown=value[:200],
    )


async def _links(asked: Probe) -> Finding:
    """P13: the links that Rancher makes lead back to this name by https."""
    answer = await asked.front.get("/v3-public", headers=_JSON)
    told = _json(answer)
    links = told.get("links") if told is not None else None
    if not isinstance(links, dict):
        title = msg("/v3-public gives no links ({status})", status=answer.status)
        return _wrong(asked, "links", title, msg("kubectl -n cattle-system logs POD"), Hop.RANCHER, probe="P13")
    right = tuple(f"{base}/" for base in asked.front.bases)
    strange = sorted(str(link) for link in links.values() if not str(link).startswith(right))
    if not strange:
        return asked.judge.good(
            "links", msg("Rancher's links lead back to this name"), probe="P13", links=len(links)
        )
    return _wrong(
        asked,
        "links",
        msg("Rancher's links lead to {place}", place=strange[0][:60]),
        msg("Host, X-Forwarded-Proto and X-Forwarded-Port must arrive right: balancer-lint FILE"),
        Hop.BALANCER,
        probe="P13",
        links=strange[:5],
        expected=list(right),
    )


async def _page(asked: Probe) -> Finding:
    """P17: a browser gets the page."""
    answer = await asked.front.get("/", headers=_BROWSER)
    if answer.status == 200 and "html" in answer.headers.get("content-type", ""):
        return asked.judge.good("page", msg("A browser gets Rancher's page"), probe="P17")
    title = msg("A browser gets {status} for the page", status=answer.status)
    evidence = {"status": answer.status, "type": answer.headers.get("content-type", ""), "probe": "P17"}
    return _wrong(asked, "page", title, msg("kubectl -n cattle-system logs POD"), Hop.RANCHER, **evidence)


async def _connect(asked: Probe) -> Finding:
    """P14b: a WebSocket without a login reaches Rancher, which refuses it itself."""
    try:
        async with asked.front.websocket("/v3/connect", {"origin": asked.front.base}):
            return asked.judge.good("websocket-route", msg("WebSockets reach Rancher"), probe="P14b")
    except UpgradeRefusedError as error:
        if error.status == 401 or (error.status == 503 and "tunnel" in error.text):
            return asked.judge.good(
                "websocket-route", msg("WebSockets reach Rancher"), probe="P14b", status=error.status
            )
        title = msg("A WebSocket does not reach Rancher: {status}", status=error.status)
        remedy = msg("the balancer must pass Upgrade and Connection: balancer-lint FILE")
        evidence = {"status": error.status, "body": error.text[:200], "probe": "P14b"}
        return _wrong(asked, "websocket-route", title, remedy, Hop.BALANCER, **evidence)


async def _subscribe(asked: Probe) -> Finding:
    """P14: with a token a WebSocket opens and events come."""
    headers = {"authorization": f"Bearer {asked.token}", "origin": asked.front.base}
    try:
        async with asked.front.websocket("/v3/subscribe?eventNames=resource.change", headers) as connection:
            async with asyncio.timeout(asked.front.limit):
                event = json.loads(await connection.recv())
            return asked.judge.good("websocket", msg("A WebSocket opens"), probe="P14", event=event.get("name"))
    except UpgradeRefusedError as error:
        return _refused_subscription(asked, error)
    except (ValueError, OSError, TimeoutError, EOFError, AttributeError) as error:
        title = msg("A WebSocket opens and then says nothing")
        remedy = msg("the balancer must pass streams on at once: balancer-lint FILE")
        return _wrong(asked, "websocket", title, remedy, Hop.BALANCER, probe="P14", words=str(error))


def _refused_subscription(asked: Probe, error: UpgradeRefusedError) -> Finding:
    evidence: dict[str, Any] = {"status": error.status, "body": error.text[:300], "probe": "P14"}
    if error.status == 401:
        title = msg("Rancher does not accept the token")
        return asked.judge.say(Status.UNKNOWN, "websocket", title, EMPTY, msg("make a new API key"), **evidence)
    if error.status == 403:
        title = msg("Rancher does not accept the origin: another Host arrives")
        return _wrong(asked, "websocket", title, msg("pass the Host header unchanged"), Hop.BALANCER, **evidence)
    title = msg("A WebSocket does not open: {status}", status=error.status)
    remedy = msg("the balancer must pass Upgrade and Connection: balancer-lint FILE")
    return _wrong(asked, "websocket", title, remedy, Hop.BALANCER, **evidence)


async def _steady(asked: Probe) -> Finding:
    """P16: thirty requests, no error; a node that has stopped would show as every third one failing."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def once() -> str:
        async with room:
            try:
                answer = await asked.front.get("/ping")
            except FetchError as error:
                return error.kind
            return "pong" if answer.status == 200 and answer.text == "pong" else str(answer.status)

    counts = Counter(await asyncio.gather(*(once() for _number in range(REPEATS))))
    failed = REPEATS - counts["pong"]
    if not failed:
        return asked.judge.good("steady", msg("{tries} requests, no error", tries=REPEATS), probe="P16")
    return _wrong(
        asked,
        "steady",
        msg("{failed} of {tries} requests fail", failed=failed, tries=REPEATS),
        msg("a node that does not answer is not left out: health check GET /healthz, every 5 s"),
        Hop.BALANCER,
        probe="P16",
        answers=dict(counts),
    )


def _json(answer: Answer) -> dict[str, Any] | None:
    if answer.status != 200:
        return None
    try:
        told = json.loads(answer.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
