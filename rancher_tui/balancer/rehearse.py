"""The rehearsal of a load balancer before the cluster exists: echo servers on the nodes, requests through it.

It proves everything about the balancer but what only Rancher can show. The caller asks for a yes before: for its
duration, port 80 of the nodes answers whoever knows the rehearsal's token.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any, Final

from rancher_tui.balancer.echo import Echoes, NotStarted, Opener, name_of
from rancher_tui.balancer.edge import http2, redirect
from rancher_tui.balancer.front import Front, Judge
from rancher_tui.balancer.through import Through
from rancher_tui.balancer.values import RefusedError, backends, values
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.install.state import InstallState, Node
from rancher_tui.transport.http import Answer, FetchError

IDLE: Final = 75.0
"""Seconds for which a WebSocket must stay open in silence: more than the usual defaults of 50 and 60."""
SETTLE: Final = 45.0
"""Seconds within which the balancer must have noticed by its health checks that a node came up or stopped."""

AT_MOST: Final = 240.0
"""Seconds that everything else together takes at most, with ten seconds for one request."""

_IN_A_ROW: Final = 10


def notice(state: InstallState) -> tuple[Message, ...]:
    """What a rehearsal does on the nodes, to be shown before its yes."""
    nodes = len(backends(state))
    port = state.balancer.node_port
    return (
        msg_n(
            "On {number} node, port {port} answers whoever knows the rehearsal's token, until it ends.",
            "On {number} nodes, port {port} answers whoever knows the rehearsal's token, until it ends.",
            nodes,
            port=port,
        ),
        msg("No file is written there. Without root and sudo an empty Docker image is made and removed again."),
        msg("One node's echo server is stopped on the way, to see whether the balancer leaves the node out."),
    )


async def rehearse(
    state: InstallState,
    opener: Opener,
    *,
    facts: dict[str, Any],
    ca_pem: str | None = None,
    verify: bool = True,
    idle: float = IDLE,
    settle: float = SETTLE,
    stop_one: bool = True,
    limit: float = 10.0,
) -> AsyncGenerator[Finding, None]:
    """Start echo servers on the nodes, judge what comes through the balancer, stop them, also when cancelled.

    Trust is judged with `verify`: by `ca_pem`, else by the system's CAs.
    `idle` seconds of silence on a WebSocket (0 leaves it out), `settle` seconds for the balancer to notice that a
    node came up or stopped, `stop_one` whether one is stopped, `limit` seconds for one request. `facts` is filled
    with `nodes`, `spread`, `headers`, `websocket_headers` and `errors`.
    """
    facts |= {"nodes": {}, "spread": {}, "headers": [], "errors": {}}
    judge = Judge("rehearse", state.fqdn or "balancer")
    try:
        filled = values(state)
    except RefusedError as error:
        for finding in error.findings:
            yield finding
        return
    nodes = backends(state)
    front = Front(
        filled.fqdn,
        state.balancer.address.strip(),
        int(filled.http_port),
        int(filled.https_port),
        ca_pem,
        verify,
        limit,
    )
    judge = Judge("rehearse", front.subject)
    async with Echoes(opener, int(filled.node_port)) as echoes:
        missing = await echoes.start(nodes)
        facts["nodes"] = {
            name_of(row, node): missing[row].reason if row in missing else "running" for row, node in nodes
        }
        for row, node in nodes:
            if row in missing:
                yield _not_started(judge, name_of(row, node), missing[row], filled.node_port)
        up = [(row, node) for row, node in nodes if row not in missing]
        if not up:
            return
        yield judge.good("echo", msg("echo servers run on {number} nodes", number=len(up)), nodes=facts["nodes"])
        through = Through(front, judge, echoes.token, tuple(name_of(row, node) for row, node in up), facts)
        async for finding in _through(through, idle, settle):
            yield finding
        if stop_one and len(up) > 1 and any(facts["spread"].values()):
            yield await _failover(through, echoes, up[-1], settle)


async def _through(through: Through, idle: float, settle: float) -> AsyncIterator[Finding]:
    """Everything that is asked through the balancer, the cheap rungs first; a broken way ends it."""
    judge = through.judge
    untrusted = await _untrusted(through.front)
    if untrusted is not None:
        yield judge.unreachable(untrusted)
        through.front = replace(through.front, verify=False)
    first = await _first_answer(through, settle)
    if isinstance(first, FetchError):
        yield judge.unreachable(first)
        return
    if untrusted is None and through.front.verify:
        yield judge.good("tls", msg("TLS comes about, the certificate verifies"), version=first.tls_version)
    yield http2(judge, first)
    silence = asyncio.create_task(through.idle(idle)) if idle > 0 else None
    try:
        async for finding in through.spread():
            yield finding
        if not any(through.facts["spread"].values()):
            return
        async for finding in through.header_table():
            yield finding
        async for finding in through.websocket():
            yield finding
        looks = [through.streaming(), through.upload(), redirect(judge, through.front)]
        for found in [*await asyncio.gather(*looks), await silence if silence is not None else None]:
            if found is not None:
                yield found
    finally:
        if silence is not None:
            silence.cancel()
            await asyncio.gather(silence, return_exceptions=True)


async def _untrusted(front: Front) -> FetchError | None:
    """Why the served certificate does not verify; None where it does, or nothing can be said."""
    try:
        await front.get("/healthz")
    except FetchError as error:
        return error if error.kind == "untrusted" else None
    return None


async def _first_answer(through: Through, settle: float) -> Answer | FetchError:
    """The last answer: it is asked until every node has answered once or `settle` seconds are over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + settle
    met: set[str] = set()
    while True:
        told: Answer | FetchError
        try:
            told = await through.front.get("/echo/first", headers=through.headers())
        except FetchError as error:
            told = error
        node = through.node_of(told)
        met |= {node} if node else set()
        if met >= set(through.nodes) or loop.time() >= end:
            return told
        if isinstance(told, FetchError) and told.kind not in ("timeout", "closed"):
            return told
        await asyncio.sleep(0.02 if node else 0.3)


async def _failover(through: Through, echoes: Echoes, stopped: tuple[int, Node], settle: float) -> Finding:
    """With one node stopped, requests go to the others, at the latest after the health check has noticed."""
    row, node = stopped
    await echoes.stop(row)
    loop = asyncio.get_running_loop()
    end = loop.time() + settle
    good, failed = 0, 0
    began = loop.time()
    while good < _IN_A_ROW and loop.time() < end:
        try:
            good = good + 1 if isinstance(await through.echo("/failover"), dict) else 0
        except FetchError:
            good = 0
        if good == 0:
            failed += 1
            await asyncio.sleep(0.2)
    seconds = round(loop.time() - began, 1)
    evidence: dict[str, Any] = {"stopped": name_of(row, node), "failed": failed, "seconds": seconds}
    if good >= _IN_A_ROW:
        return through.judge.good("failover", msg("A stopped node is left out"), **evidence)
    return through.judge.say(
        Status.FAIL,
        "failover",
        msg("requests still go to a node that has stopped"),
        msg("After {seconds} s the balancer has not left it out.", seconds=f"{settle:g}"),
        msg("configure health checks: GET /healthz, status 200, every 5 s"),
        hop="balancer",
        **evidence,
    )


def _not_started(judge: Judge, subject: str, why: NotStarted, port: str) -> Finding:
    title, remedy, status = {
        "port-busy": (
            msg("port {port} of the node is taken", port=port),
            msg("rancher-tui cleanup SESSION shows what holds it; a running cluster is probed, not rehearsed"),
            Status.FAIL,
        ),
        "no-python": (
            msg("the node has no Python to run the echo server with"),
            msg("install python3 there, or probe the balancer after the run"),
            Status.UNKNOWN,
        ),
        "not-permitted": (
            msg("the user may not open port {port} on the node", port=port),
            msg("rehearse as root, or with sudo without password"),
            Status.UNKNOWN,
        ),
        "node-unreachable": (
            msg("the node cannot be reached by SSH"),
            msg("rancher-tui preflight SESSION"),
            Status.UNKNOWN,
        ),
        "node-timeout": (
            msg("the node does not answer in time"),
            msg("rancher-tui preflight SESSION"),
            Status.UNKNOWN,
        ),
    }.get(why.reason, (msg("the echo server did not start"), msg("rancher-tui preflight SESSION"), Status.UNKNOWN))
    return judge.say(status, why.reason, title, EMPTY, remedy, subject=subject, words=why.words)
