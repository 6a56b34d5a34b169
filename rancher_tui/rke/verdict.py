"""The verdict: is Rancher up? From independent witnesses, never from rke's word alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rancher_tui.finding import Finding, Status

Verdict = Literal["up", "not-up", "unknown"]
WITNESSES = (
    "exit-code",
    "end-line",
    "all-hosts",
    "addon-job",
    "nodes-ready",
    "rancher-deployment",
    "ping",
)

TELLING = ("ingress-host", "state-file", "stalled")
"""Heard where there is something to hear: they can spoil a verdict, and are not missed."""


CAUSES = ("all-hosts", "addon-job")
"""Witnesses that say why, told before those that only say that."""


def verdict(findings: Iterable[Finding]) -> Verdict:
    """All seven witnesses pass: `up`. Any fail: `not-up`. Otherwise, also when one was not heard, `unknown`."""
    heard = [finding for finding in findings if finding.code in (*WITNESSES, *TELLING)]
    if any(finding.status is Status.FAIL for finding in heard):
        return "not-up"
    good = {finding.code for finding in heard if finding.status in (Status.PASS, Status.WARN)}
    bad = {finding.code for finding in heard if finding.bad}
    return "up" if good.issuperset(WITNESSES) and not bad else "unknown"


def one_addon_job(from_log: Finding, from_cluster: Finding) -> Finding:
    """The two voices on the add-on job as one witness.

    The job itself, seen in the cluster, knows best: a job that rke gave up waiting for may have finished since.
    Where it cannot be seen or is still at work, the log's word holds.
    """
    if from_cluster.status is Status.UNKNOWN and from_log.status is not Status.UNKNOWN:
        return from_log
    return from_cluster


def joined(from_run: Sequence[Finding], from_cluster: Sequence[Finding]) -> list[Finding]:
    """The witnesses of run and cluster, the add-on job once, those that name a cause first."""
    jobs = {finding.code: finding for finding in from_cluster if finding.code == "addon-job"}
    rest = [finding for finding in from_cluster if finding.code != "addon-job"]
    own = [one_addon_job(finding, jobs[finding.code]) if finding.code in jobs else finding for finding in from_run]
    return sorted([*own, *rest], key=lambda finding: finding.code not in CAUSES)
