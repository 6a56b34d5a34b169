"""Is Rancher up? The witnesses of the newest run, each from its own source: process, log, cluster, load balancer.

Screens and commands ask for it at any time.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rancher_tui.files import write_atomic
from rancher_tui.finding import Finding, Status, by_gravity
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState

if TYPE_CHECKING:
    from rancher_tui.rke.progress import Progress
    from rancher_tui.rke.reading import Reading
    from rancher_tui.rke.runs import Run, RunStatus

VERDICT_FILE = "verdict.json"
LONGEST = 200
"""Characters of rke's own words in a title."""
_ABOUT_STATE = ("state-file", "state-file-missing", "state-file-damaged", "same-ca", "other-ca")
_RUN: Final = msg("rancher-tui up SESSION").or_key("{key:start} starts it")
_PODS: Final = msg("kubectl -n cattle-system get pods; then rancher-tui verdict SESSION").or_key(
    "kubectl -n cattle-system get pods; {key:check} looks again"
)


async def witnesses(
    session: Session, state: InstallState, facts: dict[str, Any], *, ca_pem: str | None
) -> AsyncIterator[Finding]:
    """All witnesses on the newest run, asked at once; the verdict is kept in the run's folder and in `facts`."""
    from rancher_tui.proofs.adopted import adopted_from
    from rancher_tui.rke.runs import newest
    from rancher_tui.rke.verdict import joined, verdict

    run = newest(session.path)
    if run is None and adopted_from(session):
        async for finding in _of_adopted(session, state, facts, ca_pem):
            yield finding
        return
    if run is None:
        title = msg("rke has not been run")
        yield Finding(Status.UNKNOWN, "exit-code", "run", title, remedy=_RUN)
        facts["verdict"] = "unknown"
        return
    facts["live"] = run.status().live
    own, cluster, front = await asyncio.gather(
        asyncio.to_thread(_of_run, session, state),
        _of_cluster(session, state, facts),
        ping(session, state, ca_pem),
    )
    heard = [*joined(own, cluster), front]
    for finding in heard:
        yield finding
    facts["verdict"] = verdict(heard)
    facts["run"] = run.id
    record = {
        "verdict": facts["verdict"],
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "findings": [finding.to_json() for finding in heard],
    }
    await asyncio.to_thread(write_atomic, run.folder / VERDICT_FILE, json.dumps(record, indent=1).encode())


async def _of_adopted(
    session: Session, state: InstallState, facts: dict[str, Any], ca_pem: str | None
) -> AsyncIterator[Finding]:
    """A cluster that rke built elsewhere: its files, the API server and the load balancer are the witnesses."""
    from rancher_tui.proofs.adopted import verified

    files, cluster, front = await asyncio.gather(
        asyncio.to_thread(verified, session), _of_cluster(session, state, facts), ping(session, state, ca_pem)
    )
    heard = [*files.findings, *cluster, front]
    for finding in heard:
        yield finding
    facts |= {"adopted": True, "files": files.facts["files"]}
    statuses = {finding.status for finding in heard}
    facts["verdict"] = "not-up" if Status.FAIL in statuses else "unknown" if Status.UNKNOWN in statuses else "up"


def _of_run(session: Session, state: InstallState) -> list[Finding]:
    """The process and its log."""
    from rancher_tui.rke.reading import Reading
    from rancher_tui.rke.runs import newest
    from rancher_tui.rke.witnesses import stalled
    from rancher_tui.rke.witnesses import witnesses as of_run

    run = newest(session.path)
    if run is None:
        return []
    status = run.status()
    reading = Reading(run.log)
    try:
        reading.advance(ended=not status.live)
        state_file = _state_file(session, status, reading.progress)
        stall = stalled(status, reading.progress, quiet_s(run.log), quiet_limit_s(state))
        found = _with_reason(of_run(status, reading.progress), reading)
    finally:
        reading.close()
    return [*found, *state_file, *([stall] if stall is not None else [])]


def _with_reason(found: list[Finding], reading: Reading) -> list[Finding]:
    """A failed exit with what decided it in the log, where no other witness names a cause."""
    from rancher_tui.rke.causes import advice
    from rancher_tui.rke.explain import deciding
    from rancher_tui.rke.verdict import CAUSES

    failed = {finding.code: finding for finding in found if finding.status is Status.FAIL}
    ended, problem = failed.get("exit-code"), deciding(reading)
    if ended is None or ended.evidence["state"] != "exited" or problem is None or failed.keys() & set(CAUSES):
        return found
    why = problem.cause.title if problem.cause else problem.text[:LONGEST]
    title = msg("rke ended with {code}: {why}", code=ended.evidence["exit_code"], why=why)
    evidence = {**ended.evidence, "line": problem.line + 1}
    with_reason = replace(ended, title=title, remedy=advice(problem), evidence=evidence)
    return [with_reason if finding is ended else finding for finding in found]


def _state_file(session: Session, status: RunStatus, progress: Progress) -> list[Finding]:
    """RKE v0.2 and newer leave a state file: is it whole, and of the cluster that the kubeconfig leads to?"""
    from rancher_tui.proofs.inputs import STATE_FILE
    from rancher_tui.rke.adopt import verify

    path = session.cluster_folder / STATE_FILE
    if status.live or not progress.finished or not (progress.version or path.is_file()):
        return []
    judged = [finding for finding in verify(session.cluster_file).findings if finding.code in _ABOUT_STATE]
    if not judged:
        return []
    worst = by_gravity(judged)[0]
    status_of = Status.FAIL if worst.code == "state-file-missing" else worst.status
    evidence = {"codes": [finding.code for finding in judged]}
    return [Finding(status_of, "state-file", path.name, worst.title, worst.detail, worst.remedy, evidence)]


def verdict_of(run: Run) -> str | None:
    """The verdict that was kept with a run: `up`, `not-up`, `unknown`; None while nobody asked."""
    try:
        verdict = json.loads((run.folder / VERDICT_FILE).read_bytes())["verdict"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return verdict if verdict in ("up", "not-up", "unknown") else None


def quiet_limit_s(state: InstallState) -> float:
    """Seconds of silence from which on a run is called stalled."""
    from rancher_tui.rke.witnesses import STALL_LIMIT_S

    limit = state.rke.quiet_limit.strip()
    return float(limit) if limit.isdecimal() and limit.isascii() else STALL_LIMIT_S


def quiet_s(log: Path) -> float | None:
    """Seconds since the log was last written; None when there is none."""
    try:
        written = log.stat().st_mtime
    except OSError:
        return None
    return max(0.0, datetime.now(UTC).timestamp() - written)


async def _of_cluster(session: Session, state: InstallState, facts: dict[str, Any]) -> list[Finding]:
    """What the API server says."""
    from rancher_tui.kubernetes.witnesses import witnesses as of_cluster
    from rancher_tui.proofs.inputs import KUBECONFIG

    names = [(node.hostname_override.strip() or node.address.strip()).lower() for node in state.nodes]
    planes = [node.address.strip() for node in state.nodes if "controlplane" in node.roles]
    path = session.cluster_folder / KUBECONFIG
    fqdn = state.fqdn.strip().rstrip(".")
    return [finding async for finding in of_cluster(path, names, facts, controlplane=planes, fqdn=fqdn)]


async def ping(session: Session, state: InstallState, ca_pem: str | None) -> Finding:
    """`https://FQDN/ping` through the load balancer: `pong`, with the certificate of step 7."""
    from rancher_tui.transport.http import FetchError, fetch

    url = f"https://{state.fqdn.strip()}/ping"
    address, port = state.balancer.address.strip(), state.balancer.https_port.strip()
    asked = url if port == "443" else f"https://{state.fqdn.strip()}:{port}/ping"
    evidence: dict[str, Any] = {"url": asked, "address": address, "port": port}
    try:
        answer = await fetch(url, address=address, port=int(port), ca_pem=ca_pem)
    except FetchError as error:
        evidence |= {"error": error.kind, "words": str(error)}
        certificate = error.kind in ("untrusted", "tls", "wrong-name")
        title = (
            msg("the load balancer's certificate does not hold: {error}", error=str(error))
            if certificate
            else msg("no answer through the load balancer: {error}", error=str(error))
        )
        return _ping(Status.FAIL, asked, title, evidence)
    except ValueError as error:
        return _ping(Status.UNKNOWN, asked, msg("cannot be asked: {error}", error=str(error)), evidence)
    evidence |= {"status": answer.status, "body": answer.text[:200], "http_version": answer.http_version}
    if answer.status != 200 or answer.text.strip() != "pong":
        return _ping(Status.FAIL, asked, msg("the answer is {status}, not pong", status=answer.status), evidence)
    intended = _leaf(session)
    served = hashlib.sha256(answer.certificate).hexdigest()
    if intended and served != intended:
        evidence |= {"served": served, "intended": intended}
        title = msg("pong, but the load balancer shows another certificate than that of step 7")
        return _ping(Status.FAIL, asked, title, evidence)
    return _ping(Status.PASS, asked, msg("pong through the load balancer"), evidence)


def _leaf(session: Session) -> str:
    """SHA-256 of the server certificate that step 7 judged; empty when it was not judged."""
    report = session.reports().get("certificates")
    order = report.facts.get("correct_order") if report else None
    return str(order[0]) if order else ""


def _ping(status: Status, subject: str, title: Message, evidence: dict[str, Any]) -> Finding:
    remedy = EMPTY if status is Status.PASS else _PODS
    return Finding(status, "ping", subject, title, remedy=remedy, evidence=evidence)
