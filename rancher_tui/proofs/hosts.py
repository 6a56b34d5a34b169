"""The hosts of an install between the areas: what is expected of them, what a look at some of them changes in the
reports, what they and `~/.ssh/config` offer to the node table.

Every report about nodes carries `facts["lines"]`: by subject the digest of what was judged for that node and when,
so that a change of one node's line makes that node's findings stale and no other's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rancher_tui.finding import Finding, Report, by_row
from rancher_tui.install import steps
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import connect_settings

TOGETHER: Final = frozenset({"N26", "N27", "N28", "N42", "X01"})
"""Checks whose findings come of nodes held side by side."""
RUNGS: Final = frozenset({"N01", "N04", "N09", "N10", "N13"})
"""Checks up to `docker ps` as that user: what step 6 asks."""


def expected(session: Session | None, state: InstallState) -> Any:
    """What the nodes must be for this install: the Docker that its RKE takes, the addresses and ranges in use.

    Without a session, as for the recommended RKE where the state names none.
    """
    from rancher_tui import facts
    from rancher_tui.nodes.expected import Expected
    from rancher_tui.proofs.inputs import KUBECONFIG, rke_version

    known = rke_version(session, state) if session else state.rke.version.strip()
    rke = known or facts.RECOMMENDED_RKE
    kubernetes = facts.used_kubernetes(rke, state.kubernetes_version.strip())
    return Expected.of(
        state,
        rke=rke,
        docker_versions=facts.accepted_docker(rke, kubernetes),
        installed=session is not None and (session.cluster_folder / KUBECONFIG).exists(),
    )


def settings_of_file(
    state: InstallState, file: Path, secrets: Mapping[str, str], passphrases: Mapping[str, str]
) -> Any:
    """How the nodes of a cluster file without a session are reached.

    Relative key paths start in the folder we run in, as RKE's do; inline keys are in `secrets` by their name;
    trusted host keys are kept beside the file.
    """
    from rancher_tui.transport.ssh import ConnectSettings, no_secret

    def resolve(reference: str) -> str:
        kind, _, name = reference.partition(":")
        return secrets[name] if kind == "secret" else no_secret(reference)

    return ConnectSettings.of(
        state, folder=Path.cwd(), pins=pins_beside(file), passphrases=passphrases, secret=resolve
    )


def pins_beside(file: Path) -> Path:
    """Where trusted host keys of a cluster file without a session are kept."""
    return file.with_name(f"{file.name}.known_hosts")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which nodes to look at (their rows, from 1) and which checks to tell (their ids); None: all."""

    numbers: tuple[int, ...]
    ids: frozenset[str] | None = None


def lines_of(state: InstallState, check: str, when: datetime, numbers: Sequence[int] = ()) -> dict[str, Any]:
    """`facts["lines"]` of these rows (none: all)."""
    from rancher_tui.nodes.findings import subject_of

    digests = steps.line_digests(state, check)
    return {
        subject_of(number, node): {"digest": digests[number - 1], "taken_at": when.isoformat()}
        for number, node in enumerate(state.nodes, 1)
        if not numbers or number in numbers
    }


def known_cases(session: Session, state: InstallState, but: Sequence[int] = ()) -> dict[int, Any]:
    """What the nodes said when this program looked at them, by row, for lines that are still the same."""
    found: dict[int, Any] = {}
    for subject, line in lines_of(state, "preflight", datetime.min).items():
        case = session.memory.cases.get((subject, line["digest"]))
        number = int(subject.split(" ")[1])
        if case is not None and number not in but:
            found[number] = case
    return found


def remember(session: Session, state: InstallState, cases: Mapping[int, Any]) -> None:
    """Keep in memory what the nodes said."""
    digests = steps.line_digests(state, "preflight")
    for number, case in cases.items():
        session.memory.cases[case.scribe.subject, digests[number - 1]] = case


def asked_again(session: Session, state: InstallState, asked: Asked) -> Asked:
    """What must be looked at so that the answer is whole: all of a node that was not reached before; all nodes
    where this program has not seen the others yet, since they are also judged side by side."""
    seen = known_cases(session, state)
    report = session.reports().get("preflight")
    every = tuple(range(1, len(state.nodes) + 1))
    for number in every:
        if number not in asked.numbers and number not in seen and not _out_of_reach(report, state, number):
            return Asked(every)
    return asked if seen.keys() >= set(asked.numbers) else Asked(asked.numbers)


def _out_of_reach(report: Report | None, state: InstallState, number: int) -> bool:
    """True when the last look, at the node as it stands now, did not get to its facts."""
    ((subject, line),) = lines_of(state, "preflight", datetime.min, [number]).items()
    then = report.facts.get("lines", {}).get(subject) if report else None
    if report is None or then is None or then["digest"] != line["digest"]:
        return False
    return not any(finding.subject == subject and finding.code == "os" for finding in report.findings)


async def look_again(session: Session, state: InstallState, asked: Asked) -> AsyncIterator[Finding]:
    """Look at some nodes anew: their findings as they come; the reports of steps 1 and 6 are put right."""
    from rancher_tui.nodes.preflight import preflight

    learnt: dict[str, Any] = {}
    cases = known_cases(session, state, asked.numbers)
    found: list[Finding] = []
    findings = preflight(
        [state.nodes[number - 1] for number in asked.numbers],
        connect_settings(session, state),
        facts=learnt,
        expected=expected(session, state),
        numbers=asked.numbers,
        only=asked.ids | TOGETHER if asked.ids is not None else None,
        cases=cases,
    )
    async for finding in findings:
        found.append(finding)
        yield finding
    remember(session, state, cases)
    merged = _merged(session.reports().get("preflight"), state, asked, found, learnt)
    await asyncio.to_thread(session.save_report, merged)
    await asyncio.to_thread(session.save_report, of_step_6(merged, state))


def _merged(
    old: Report | None, state: InstallState, asked: Asked, found: Sequence[Finding], learnt: dict[str, Any]
) -> Report:
    """The old report with what was seen anew in place of what was seen before."""
    fresh = Report("preflight", tuple(found), step=1)
    here = lines_of(state, "preflight", fresh.taken_at)
    subjects = {subject for subject in here if int(subject.split(" ")[1]) in asked.numbers}
    before = old.facts if old else {}
    anew = {(finding.subject, finding.code) for finding in found}
    kept = [
        finding
        for finding in (old.findings if old else ())
        if (finding.subject in here or not finding.subject.startswith("node "))
        and not _superseded(finding, subjects, asked.ids, anew)
    ]
    lines = {subject: before.get("lines", {}).get(subject) for subject in here}
    lines |= {subject: here[subject] for subject in subjects}
    lines = {subject: line for subject, line in lines.items() if line}
    nodes = {subject: told for subject, told in before.get("nodes", {}).items() if subject in here}
    whole = lines.keys() == here.keys() and all(lines[each]["digest"] == here[each]["digest"] for each in here)
    return replace(
        fresh,
        findings=tuple(by_row((*kept, *found))),
        facts={**before, "nodes": {**nodes, **learnt.get("nodes", {})}, "lines": lines},
        digest=steps.inputs_digest(state, "preflight") if whole else "",
        taken_at=min(
            (datetime.fromisoformat(line["taken_at"]) for line in lines.values()), default=fresh.taken_at
        ),
    )


def _superseded(old: Finding, subjects: set[str], ids: frozenset[str] | None, anew: set[tuple[str, str]]) -> bool:
    """Whether an old finding is void after the new look, which told `anew` (subjects and codes)."""
    from rancher_tui.nodes.cross import CODES

    if old.code in CODES or (old.subject, old.code) in anew:
        return True
    return old.subject in subjects and (ids is None or str(old.evidence.get("id")) in ids)


def of_step_6(report: Report, state: InstallState) -> Report:
    """What a preflight says of step 6: the rungs up to `docker ps`; whole where it judged every line as it is."""
    findings = tuple(
        replace(finding, check="docker-ps", step=6)
        for finding in report.findings
        if finding.evidence.get("id") in RUNGS
    )
    told, now = report.facts.get("lines", {}), lines_of(state, "preflight", report.taken_at)
    lines = {
        subject: {**told[subject], "digest": line["digest"]}
        for subject, line in lines_of(state, "docker-ps", report.taken_at).items()
        if subject in told and told[subject]["digest"] == now[subject]["digest"]
    }
    return Report(
        "docker-ps",
        findings,
        {"nodes": report.facts.get("nodes", {}), "lines": lines},
        steps.inputs_digest(state, "docker-ps") if lines.keys() == now.keys() else "",
        report.taken_at,
        6,
    )


async def look_between(session: Session, state: InstallState, facts: dict[str, Any]) -> AsyncIterator[Finding]:
    """The ways between all nodes, with temporary listeners; the report `ports` is kept in the session."""
    from rancher_tui.nodes.between import between

    found: list[Finding] = []
    async for finding in between(state.nodes, connect_settings(session, state), facts=facts):
        found.append(finding)
        yield finding
    report = Report("ports", tuple(by_row(found)), facts, steps.inputs_digest(state, "ports"), step=1)
    await asyncio.to_thread(session.save_report, report)
