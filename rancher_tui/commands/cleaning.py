"""The work of `cleanup`: what is left on each node, the plans shown, the agreed ones carried out one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rancher_tui.commands.output import say
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean

if TYPE_CHECKING:
    from rancher_tui.commands.fleet import Fleet
    from rancher_tui.finding import Finding, Report
    from rancher_tui.nodes.cleanup import CleanupPlan


@dataclass(slots=True)
class Work:
    """What was found, by subject in order; the plan of each node that was reached, by its row."""

    findings: dict[str, Finding] = field(default_factory=dict)
    plans: dict[int, CleanupPlan] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)

    def report(self) -> Report:
        from rancher_tui.finding import Report

        nodes = [
            {
                "node": number,
                "name": plan.name,
                "address": plan.address,
                "containers": plan.containers,
                "paths": plan.paths,
                "interfaces": plan.interfaces,
                "consequences": [message.english for message in plan.consequences()],
                "script": plan.script() if plan else None,
                "said": self.said.get(f"node {number} {plan.address}"),
            }
            for number, plan in self.plans.items()
        ]
        return Report("cleanup", tuple(self.findings.values()), {"nodes": nodes}, step=1)


async def collect(fleet: Fleet) -> Work:
    """Look for what is left on each node; nothing is changed."""
    from rancher_tui.nodes.cleanup import plan
    from rancher_tui.nodes.findings import subject_of
    from rancher_tui.nodes.preflight import preflight

    work, expected = Work(), fleet.expected()
    facts: dict[str, Any] = {"nodes": {}}
    found = preflight(
        fleet.nodes,
        fleet.settings(),
        facts=facts,
        expected=expected,
        numbers=fleet.numbers,
        only={"N36"},
    )
    async for finding in found:
        work.findings[finding.subject] = replace(finding, check="cleanup")
    for number, node in zip(fleet.numbers, fleet.nodes, strict=True):
        learnt = facts["nodes"].get(subject_of(number, node), {})
        if "leftover_paths" in learnt:
            work.plans[number] = plan(node, learnt, expected.installed)
    return work


def print_plans(work: Work) -> None:
    """Every plan that has something to do, with its script."""
    for number, plan in work.plans.items():
        if not plan:
            continue
        say(_("node {number}, {name}").format(number=number, name=clean(plan.name)))
        for message in plan.consequences():
            say(f"  - {clean(str(message))}")
        for line in plan.script().splitlines():
            say(f"    {clean(line)}")
        say()


async def carry_out(fleet: Fleet, work: Work, numbers: Sequence[int]) -> None:
    """Run the scripts of these nodes, in this order, until one fails."""
    from rancher_tui.finding import Finding, Status
    from rancher_tui.nodes.cleanup import clean as run

    if fleet.running():
        title = msg("a run is under way on these nodes; nothing was cleared")
        work.findings["nodes"] = Finding(Status.FAIL, "run-live", "nodes", title, check="cleanup", step=1)
        return
    rows = [
        (number, fleet.state.nodes[number - 1], work.plans[number]) for number in numbers if work.plans[number]
    ]
    facts: dict[str, Any] = {"cleanup": work.said}
    async for finding in run(rows, fleet.settings(), facts):
        work.findings[finding.subject] = finding
        fleet.journal("cleanup", node=finding.subject, outcome=finding.code)
