"""The load balancer rehearsed before there is a cluster: hosts answer in its place over SSH."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from rancher_tui.finding import Finding, Report
from rancher_tui.install import steps
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.balancer import REHEARSE, STEP, ca_pem, front_of, judges_trust, with_chain
from rancher_tui.proofs.balancer_remedies import fitting


async def rehearsal(
    session: Session, state: InstallState, *, idle: float, facts: dict[str, Any]
) -> AsyncGenerator[Finding, None]:
    """Rehearse over SSH, judge the chain that is served, keep the report when it ended by itself; then step 2."""
    from rancher_tui.balancer.echo import over_ssh
    from rancher_tui.balancer.rehearse import rehearse
    from rancher_tui.checks import run
    from rancher_tui.proofs.inputs import connect_settings

    ca = ca_pem(state)
    opener = over_ssh(state.nodes, connect_settings(session, state))
    digest = steps.inputs_digest(state, "balancer")
    found: list[Finding] = []
    rehearsed = rehearse(state, opener, facts=facts, ca_pem=ca, verify=judges_trust(state), idle=idle)
    front = front_of(state)
    async with aclosing(with_chain(rehearsed, front, ca, REHEARSE)) as findings:
        async for told in findings:
            finding = fitting(told, state.balancer.kind, session.name, front)
            found.append(finding)
            yield finding
    report = Report(REHEARSE, tuple(found), facts, digest, step=STEP)
    await asyncio.to_thread(session.save_report, report)
    async for _finding in run("balancer", session, state):
        continue
