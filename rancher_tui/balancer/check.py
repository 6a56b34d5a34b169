"""The check of step 2: the configuration can be written, and the balancer answers at its address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from rancher_tui.balancer.edge import http2, redirect
from rancher_tui.balancer.front import Front, Judge
from rancher_tui.balancer.values import RefusedError, values
from rancher_tui.balancer.write import write
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.install.state import InstallState
from rancher_tui.transport.http import FetchError


async def check(
    state: InstallState,
    *,
    facts: dict[str, Any],
    ca_pem: str | None = None,
    verify: bool | None = None,
    limit: float = 10.0,
) -> AsyncIterator[Finding]:
    """What the operator can prove before Rancher runs: text written, TLS ends there, plain HTTP is redirected.

    An error of the balancer about its nodes (502, 503, 504) is right before the cluster exists. With `verify` the
    certificate must verify, by `ca_pem`, else by the system's CAs; left out, only where there is a `ca_pem`.
    `facts` is filled with `kind`, `status` and `pong`: whether Rancher answers already.
    """
    facts |= {"kind": state.balancer.kind, "status": None, "pong": False}
    judge = Judge("balancer", "balancer")
    try:
        filled = values(state)
        written = write(state, state.balancer.kind)
    except RefusedError as error:
        for finding in error.findings:
            yield finding
        return
    except ValueError as error:
        title = msg("no such kind of load balancer: {kind}", kind=state.balancer.kind)
        yield judge.say(Status.FAIL, "unknown-kind", title, EMPTY, msg("{words}", words=str(error)))
        return
    notes = [note.english for note in written.notes]
    yield judge.good("written", msg("the configuration can be written"), notes=notes)
    if not state.balancer.address.strip():
        title = msg("the load balancer's address is not known")
        yield judge.say(Status.FAIL, "value-missing", title, subject="balancer.address")
        return
    front = Front(
        filled.fqdn,
        state.balancer.address.strip(),
        int(filled.http_port),
        int(filled.https_port),
        ca_pem,
        ca_pem is not None if verify is None else verify,
        limit,
    )
    async for finding in _answers(front, Judge("balancer", front.subject), facts):
        yield finding


async def _answers(front: Front, judge: Judge, facts: dict[str, Any]) -> AsyncIterator[Finding]:
    try:
        answer = await front.get("/ping")
    except FetchError as error:
        yield judge.unreachable(error)
        if error.kind != "untrusted":
            return
        front = replace(front, verify=False)
        try:
            answer = await front.get("/ping")
        except FetchError:
            return
    facts |= {"status": answer.status, "pong": answer.status == 200 and answer.text == "pong"}
    title = msg("the balancer answers by TLS ({status})", status=answer.status)
    yield judge.good("answers", title, status=answer.status, server=answer.headers.get("server", ""))
    yield http2(judge, answer)
    yield await redirect(judge, front)
