"""Step 2 proven, before the cluster by a rehearsal, afterwards by probes; the chain that is served is judged.

Combines balancer, certificates and the session's reports.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import steps
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.balancer_remedies import fitting

if TYPE_CHECKING:
    from rancher_tui.balancer.front import Front
    from rancher_tui.balancer.probe import Probe

REHEARSE: Final = "rehearse"
STEP: Final = 2
_TRUST: Final = "certificate-untrusted"


async def proven(session: Session, state: InstallState, facts: dict[str, Any]) -> AsyncIterator[Finding]:
    """What proves step 2: the balancer answers, and it was rehearsed or Rancher is probed through it."""
    front = front_of(state)
    async for finding in _proven(session, state, facts):
        yield fitting(finding, state.balancer.kind, session.name, front)


async def _proven(session: Session, state: InstallState, facts: dict[str, Any]) -> AsyncIterator[Finding]:
    from rancher_tui.balancer.check import check

    told: set[tuple[str, str]] = set()
    async for finding in check(state, ca_pem=ca_pem(state), verify=judges_trust(state), facts=facts):
        told.add((finding.code, finding.subject))
        yield finding
    if facts.get("status") is None:
        return
    if facts.get("pong"):
        async with aclosing(probing(probe_of(state), ca_pem(state))) as findings:
            async for finding in findings:
                if (finding.code, finding.subject) not in told:
                    yield finding
    else:
        for finding in _rehearsed(session, state):
            if (finding.code, finding.subject) not in told:
                yield finding


def _rehearsed(session: Session, state: InstallState) -> Sequence[Finding]:
    """What the last rehearsal found, or that there was none for these inputs."""
    report = session.reports().get(REHEARSE)
    if state.template.startswith("ingress"):
        title = msg("TLS ends at the ingress: this balancer is proven after the run")
        return [
            _unknown(
                "not-probed",
                title,
                msg("once Rancher runs: rancher-tui check SESSION balancer").or_key(
                    "{key:check} on step 2 once Rancher runs"
                ),
            )
        ]
    if report is None:
        return [_unknown("not-rehearsed", msg("not rehearsed yet: nobody has seen a request arrive"), _REHEARSE)]
    if report.digest != steps.inputs_digest(state, "balancer"):
        return [_unknown("not-rehearsed", msg("rehearsed for other inputs"), _REHEARSE)]
    when = report.taken_at.strftime("%Y-%m-%d %H:%M UTC")
    if any(finding.bad for finding in report.findings):
        return [
            *report.findings,
            _unknown("not-rehearsed", msg("the rehearsal at {when} failed", when=when), _REHEARSE),
        ]
    title = msg("rehearsed at {when}", when=when)
    return [*report.findings, Finding(Status.PASS, "rehearsed", "balancer", title, check="balancer", step=STEP)]


_REHEARSE: Final = msg("rancher-tui rehearse SESSION --yes rehearse").or_key("{key:rehearse} on step 2 rehearses")


def _unknown(code: str, title: Message, remedy: Message) -> Finding:
    return Finding(Status.UNKNOWN, code, "balancer", title, EMPTY, remedy, {}, "balancer", STEP)


async def probing(asked: Probe, ca: str | None) -> AsyncGenerator[Finding, None]:
    """Rancher probed through its balancer, then the chain that is served judged."""
    from rancher_tui.balancer.probe import probe

    async with aclosing(with_chain(probe(asked), asked.front, ca, "probe")) as findings:
        async for finding in findings:
            yield finding


async def with_chain(
    findings: AsyncGenerator[Finding, None], front: Front | None, ca: str | None, check: str
) -> AsyncGenerator[Finding, None]:
    """`findings`, then those about the chain; where these say why it is not trusted, that is the one red line."""
    untrusted: Finding | None = None
    answered = False
    async with aclosing(findings):
        async for finding in findings:
            answered = answered or finding.code in ("tls", "http2")
            if finding.code == _TRUST:
                untrusted = finding
            else:
                yield finding
    judged: list[Finding] = []
    if front is not None and (answered or untrusted is not None):
        judged = await served(front, ca, check)
    if untrusted is not None and not any(finding.status is Status.FAIL for finding in judged):
        yield untrusted
    for finding in judged:
        yield finding


async def served(front: Front, ca: str | None, check: str) -> list[Finding]:
    """What is wrong or odd about the chain on the wire, or a pass; empty where none comes."""
    from rancher_tui.certificates.files import Files
    from rancher_tui.certificates.judge import judge
    from rancher_tui.certificates.served import as_pem
    from rancher_tui.transport.tls import fetch_chain

    host = front.address or front.fqdn
    try:
        chain = await fetch_chain(host, front.port, front.fqdn, front.limit)
    except OSError:
        return []
    place = f"{host}:{front.port}"
    trusted = ca.encode() if ca is not None else None
    files = Files(as_pem(chain), place, ca=trusted, ca_name="CA", fqdn=front.fqdn)
    report = await asyncio.to_thread(judge, files)
    unasked = {"key-missing", "ca-missing" if front.verify else ""}
    odd = [
        replace(finding, evidence={**finding.evidence, "hop": "tls"}, check=check, step=STEP)
        for finding in report.findings
        if finding.status is not Status.PASS and finding.code not in unasked
    ]
    if any(finding.bad for finding in odd):
        return odd
    title = msg("the chain that is served is in order")
    evidence = {"certificates": len(chain), "probe": "P3"}
    return [Finding(Status.PASS, "chain", place, title, EMPTY, EMPTY, evidence, check, STEP), *odd]


def front_of(state: InstallState, limit: float = 10.0) -> Front | None:
    """The balancer as clients reach it; None where the state does not say how."""
    from rancher_tui.balancer.front import Front
    from rancher_tui.balancer.values import RefusedError, values

    try:
        filled = values(state)
    except RefusedError:
        return None
    address = state.balancer.address.strip()
    ports = int(filled.http_port), int(filled.https_port)
    return Front(filled.fqdn, address, *ports, ca_pem(state), judges_trust(state), limit)


def probe_of(state: InstallState) -> Probe:
    """What is probed of an install. ValueError where the state does not say where."""
    from rancher_tui.balancer.probe import Probe
    from rancher_tui.balancer.values import backends

    front = front_of(state)
    if front is None:
        raise ValueError("the load balancer cannot be reached with what is entered")
    ca = ca_pem(state)
    workers = [node.address.strip() for _row, node in backends(state)]
    planes = [node.address.strip() for node in state.nodes if "controlplane" in node.roles]
    return Probe(front, workers, int(state.balancer.node_port), "" if ca is None else ca, planes=planes)


def ca_pem(state: InstallState) -> str | None:
    """The CA that clients are given; None for a recognized one, and where none is entered."""
    from rancher_tui.proofs.inputs import ca_text

    return None if state.template.endswith("recognized-ca") else ca_text(state)


def judges_trust(state: InstallState) -> bool:
    """Whether it is known whom clients trust: a CA is entered, or the template tells."""
    return bool(state.template) or ca_pem(state) is not None
