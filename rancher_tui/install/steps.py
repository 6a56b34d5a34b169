"""The guide's twelve steps and their status: pure functions of the state, the reports and the time.

A step is `todo` while an input is missing, `failed` while a fail stands, `done` when every check that proves it
found something and no fail or unknown for the inputs as they are now, `stale` when it passed for other inputs,
otherwise `ready`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from rancher_tui.finding import Finding, Report, Status, by_gravity
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.install import rules
from rancher_tui.install.state import InstallState


class StepStatus(StrEnum):
    """Where a step stands."""

    TODO = "todo"
    READY = "ready"
    DONE = "done"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the guide's twelve steps; `checks` are the reports that prove it, `also` those that need not be there
    and count when they are."""

    number: int
    slug: str
    title: Message
    checks: tuple[str, ...]
    also: tuple[str, ...] = ()


STEPS: Final = (
    Step(1, "hosts", msg("Provision hosts"), ("preflight",), also=("ports",)),
    Step(2, "balancer", msg("Load balancer"), ("balancer",)),
    Step(3, "dns", msg("DNS"), ("dns",)),
    Step(4, "rke", msg("Install RKE"), ("rke",)),
    Step(5, "template", msg("Template"), ("template",)),
    Step(6, "nodes", msg("Nodes"), ("docker-ps",)),
    Step(7, "certificates", msg("Certificates"), ("certificates",)),
    Step(8, "fqdn", msg("FQDN"), ("fqdn",)),
    Step(9, "version", msg("Rancher version"), ("version",)),
    Step(10, "backup-config", msg("Review, export, back up the config"), ("cluster-file", "backup-config")),
    Step(11, "run", msg("Run RKE"), ("verdict",)),
    Step(12, "backup-result", msg("Back up kubeconfig and state"), ("backup-result",)),
)

_EXPORTED: Final = (
    "template",
    "nodes",
    "fqdn",
    "certificates",
    "rancher_version",
    "kubernetes_version",
    "etcd",
    "options",
    "cluster_file_source",
)
"""What the cluster file is made of; of rke its version, which decides the keys and what is refused."""

_LOGIN: Final = tuple(
    f"nodes.*.{field}"
    for field in (
        "address",
        "user",
        "port",
        "ssh_key_path",
        "ssh_key",
        "ssh_cert_path",
        "ssh_cert",
        "docker_socket",
    )
)
"""What decides whether `docker ps` can be run on each node."""

INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "preflight": (
        "nodes",
        "options.bastion",
        "options.ssh_agent_auth",
        "options.ssh_key_path",
        "options.ssh_cert_path",
        "kubernetes_version",
    ),
    "ports": (
        *_LOGIN,
        "nodes.*.internal_address",
        "nodes.*.roles",
        "options.bastion",
        "options.ssh_agent_auth",
        "options.ssh_key_path",
        "options.ssh_cert_path",
    ),
    "docker-ps": (
        *_LOGIN,
        "options.bastion",
        "options.ssh_agent_auth",
        "options.ssh_key_path",
        "options.ssh_cert_path",
    ),
    "balancer": ("balancer", "nodes", "fqdn", "template"),
    "dns": ("fqdn", "balancer.address", "dns"),
    "rke": ("rke.binary", "rke.version"),
    "template": ("template", "certificates", "balancer.kind"),
    "certificates": ("certificates", "fqdn", "template"),
    "fqdn": ("fqdn", "template"),
    "version": ("rancher_version", "kubernetes_version", "rke.version", "template"),
    "cluster-file": (*_EXPORTED, "rke.version"),
    "backup-config": (*_EXPORTED, "rke.version"),
    "verdict": (
        "nodes",
        "fqdn",
        "template",
        "certificates",
        "rancher_version",
        "kubernetes_version",
        "etcd",
        "options",
    ),
    "backup-result": ("nodes", "fqdn", "template", "rancher_version"),
}
"""What each check judges; a report is stale when one of these fields has changed. `*` is every row."""

_NOT_YET: Final = ("not-exported", "not-backed-up", "not-run")
"""Codes of what was simply not done yet: no fail, and nothing that could not be seen."""

_UNPROVEN: Final = {
    "backup-config": msg("not exported and backed up yet").or_key(
        "{key:export} exports it, {key:back-up} backs it up"
    ),
    "run": msg("not judged yet; rancher-tui verdict SESSION").or_key(
        "{key:start} starts a run, {key:verdict} judges the last one"
    ),
    "backup-result": msg("copies are made at a run's end; rancher-tui check SESSION 12").or_key(
        "copies are made at a run's end; {key:check} judges them"
    ),
}
"""What is told of some steps that nobody has looked at; of the others, that they are not proven."""

_THROUGH: Final = ("ping", "rehearsed")
"""Findings that sum up what was seen through a load balancer."""

FRESH: Final = timedelta(days=1)
"""A fact about the world older than this shows its age and is taken again before a run."""


def step(name: str) -> Step | None:
    """The step of that number or slug; None when there is none."""
    return next((item for item in STEPS if name in (item.slug, str(item.number))), None)


def inputs_digest(state: InstallState, check: str) -> str:
    """SHA-256 of the inputs that `check` judges, as hex: reports carry it, and are stale when it differs."""
    fields = INPUTS[check]
    data = state.model_dump(mode="json", include={field.partition(".")[0] for field in fields})
    chosen = {field: _at(data, field.split(".")) for field in fields}
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def line_digests(state: InstallState, check: str) -> list[str]:
    """For each node the `inputs_digest` of an install that has no other: what decides about that node."""
    fields = INPUTS[check]
    data = state.model_dump(mode="json", include={field.partition(".")[0] for field in fields})
    digests = []
    for node in data["nodes"]:
        alone = {**data, "nodes": [node]}
        chosen = {field: _at(alone, field.split(".")) for field in fields}
        digests.append(hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest())
    return digests


def changed_rows(state: InstallState, report: Report) -> list[int]:
    """Rows of the node table (from 1) whose line a report about nodes did not judge as it is now.

    Such a report says in `facts["lines"]` what it judged, by subject (`node 2 10.0.1.12`).
    """
    told, digests = report.facts.get("lines", {}), line_digests(state, report.check)
    return [
        row
        for row, (node, digest) in enumerate(zip(state.nodes, digests, strict=True), 1)
        if told.get(f"node {row} {node.address or '-'}", {}).get("digest") != digest
    ]


def _still_true(state: InstallState, report: Report) -> tuple[Finding, ...]:
    """The findings about nodes whose lines are as they were, of a report that is otherwise out of date."""
    if "lines" not in report.facts:
        return ()
    changed = set(changed_rows(state, report))
    same = {f"node {row} {node.address or '-'}" for row, node in enumerate(state.nodes, 1) if row not in changed}
    return tuple(finding for finding in report.findings if finding.subject in same)


def _at(data: Any, keys: list[str]) -> Any:
    if not keys:
        return data
    if keys[0] == "*":
        return [_at(item, keys[1:]) for item in data]
    return _at(data[keys[0]], keys[1:])


@dataclass(frozen=True, slots=True)
class StepState:
    """A step with its status, one line of what is known or missing, its findings and when it was proven."""

    step: Step
    status: StepStatus
    note: Message
    findings: tuple[Finding, ...] = ()
    taken_at: datetime | None = None


def overview(state: InstallState, reports: Mapping[str, Report], now: datetime) -> tuple[StepState, ...]:
    """Where all twelve steps stand."""
    return tuple(judge(item, state, reports, now) for item in STEPS)


def judge(item: Step, state: InstallState, reports: Mapping[str, Report], now: datetime) -> StepState:
    """Where one step stands."""
    missing = rules.missing(state, item.number)
    judged = tuple(rules.findings(state, item.number))
    given = {check: reports[check] for check in item.checks if check in reports}
    taken = list(given.values())
    current = [report for check, report in given.items() if report.digest == inputs_digest(state, check)]
    outdated = [report for report in taken if report not in current]
    kept = (finding for report in outdated for finding in _still_true(state, report))
    besides = [reports[check] for check in item.also if check in reports]
    besides = [report for report in besides if report.digest == inputs_digest(state, report.check)]
    findings = (*judged, *(finding for report in (*current, *besides) for finding in report.findings), *kept)
    at = min((report.taken_at for report in current), default=None)

    def standing(status: StepStatus, note: Message) -> StepState:
        return StepState(item, status, note, findings, at)

    fail = next((finding for finding in findings if finding.status is Status.FAIL), None)
    wrong = next((finding for finding in judged if finding.status is Status.FAIL), None)
    if missing and wrong is None:
        return standing(StepStatus.TODO, missing)
    if fail is not None:
        return standing(StepStatus.FAILED, _wrong(item, wrong or fail))
    if upset := rules.upset(state, item.number):
        return standing(StepStatus.READY, upset)
    unknown = next((finding for finding in findings if finding.status is Status.UNKNOWN), None)
    if unknown is not None:
        told = unknown.title if item.slug == "run" else _about(unknown)
        return standing(
            StepStatus.READY, told if unknown.code in _NOT_YET else msg("not known: {what}", what=told)
        )
    if len(current) == len(item.checks) and all(report.findings for report in current):
        return standing(StepStatus.DONE, _proof(item, state, findings, at, now))
    if len(current) < len(taken) == len(item.checks) and all(report.ok for report in current):
        if rows := [row for report in outdated if "lines" in report.facts for row in changed_rows(state, report)]:
            return standing(StepStatus.STALE, _changed(rows))
        if all(report.ok for report in outdated):
            return standing(StepStatus.STALE, msg("proven for other inputs"))
    return standing(StepStatus.READY, _UNPROVEN.get(item.slug, msg("not proven yet")))


def _changed(rows: list[int]) -> Message:
    shown = ", ".join(map(str, rows[:5])) + ("…" if len(rows) > 5 else "")
    return msg_n(
        "node {rows} changed since it was looked at",
        "nodes {rows} changed since they were looked at",
        len(rows),
        rows=shown,
    )


def _about(finding: Finding) -> Message:
    return (
        msg("{subject}: {title}", subject=finding.subject, title=finding.title)
        if finding.subject
        else finding.title
    )


def _wrong(item: Step, finding: Finding) -> Message:
    """What is wrong with a step; of the run first the answer to what everyone asks."""
    if item.slug == "run":
        return msg("Rancher is not up: {what}", what=finding.title)
    return _about(finding)


def _hosts(state: InstallState, findings: tuple[Finding, ...]) -> Message:
    """How many hosts passed, and whether the ports between them were tried."""
    hosts = len(state.nodes)
    if any(finding.check == "ports" for finding in findings):
        return msg_n("{number} host passed, ports too", "{number} hosts passed, the ports between them too", hosts)
    return msg_n("{number} host passed", "{number} hosts passed; ports between them not tried", hosts)


def _proof(
    item: Step, state: InstallState, findings: tuple[Finding, ...], at: datetime | None, now: datetime
) -> Message:
    warnings = sum(finding.status is Status.WARN for finding in findings)
    first = next((finding.title for finding in reversed(findings) if finding.status is Status.PASS), EMPTY)
    if item.slug == "hosts":
        first = _hosts(state, findings)
    if item.slug == "balancer":
        first = next((finding.title for finding in findings if finding.code in _THROUGH), first)
    counted = msg_n("{number} warning", "{number} warnings", warnings)
    if at is not None and now - at > FRESH:
        days = (now - at).days
        return msg_n("proven {number} day ago", "proven {number} days ago", days)
    if item.slug == "run":
        first = msg("Rancher is up: {what}", what=first)
    if warnings:
        return msg("{warnings}; {proof}", warnings=counted, proof=first) if first else counted
    return first


def problems(states: tuple[StepState, ...]) -> list[tuple[Step, Finding]]:
    """Every fail, unknown and warning with its step, the gravest first: what `n` walks through."""
    found = [
        (item.step, finding) for item in states for finding in item.findings if finding.status is not Status.PASS
    ]
    order = {id(finding): place for place, finding in enumerate(by_gravity(finding for _, finding in found))}
    return sorted(found, key=lambda pair: order[id(pair[1])])
