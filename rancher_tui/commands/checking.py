"""Commands that look at the world: check and rke."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.fleet import Fleet, ask_passphrases
from rancher_tui.commands.options import JsonLines, SessionName, Strict
from rancher_tui.commands.output import CallError, stream
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import msg

if TYPE_CHECKING:
    from rancher_tui.finding import Finding
    from rancher_tui.install.session import Session
    from rancher_tui.install.state import InstallState

Names = Annotated[list[str] | None, typer.Argument(metavar="STEP", help="Numbers or slugs; none means all.")]


def check(session: SessionName, step: Names = None, as_json: JsonLines = False, strict: Strict = False) -> int:
    """Run the checks that prove these steps and keep their reports in the session.

    Example: rancher-tui check prod hosts 3
    """
    from rancher_tui.install import steps

    held, state = context.look_on(session)
    chosen = []
    for name in step or [str(item.number) for item in steps.STEPS]:
        found = steps.step(name)
        if found is None:
            slugs = ", ".join(item.slug for item in steps.STEPS)
            raise CallError(msg("{name} is no step; 1 to 12, or one of {slugs}", name=name, slugs=slugs))
        chosen.append(found.number)
    if {1, 6} & set(chosen):
        ask_passphrases(Fleet(held, state, None, list(range(1, len(state.nodes) + 1))))
    facts: dict[str, Any] = {}
    return wait_for(stream(_check(held, state, chosen, facts), facts, as_json=as_json, strict=strict))


async def _check(
    session: Session, state: InstallState, numbers: list[int], facts: dict[str, Any]
) -> AsyncIterator[Finding]:
    """The judgement of the inputs first, then the checks; a step without its inputs is told and passed over.

    `facts` gets what each check learnt, by its name.
    """
    from rancher_tui.checks import run_step
    from rancher_tui.finding import Finding, Status
    from rancher_tui.install import rules, steps

    began = datetime.now(UTC)
    for number in numbers:
        lacking = rules.missing(state, number)
        slug = steps.STEPS[number - 1].slug
        if lacking:
            yield Finding(Status.UNKNOWN, "input-missing", slug, lacking, check=slug, step=number)
            continue
        for finding in rules.findings(state, number):
            yield finding
        async for finding in run_step(number, session, state):
            yield finding
        reports, own = session.reports(), steps.STEPS[number - 1].checks
        facts |= {name: reports[name].facts for name in own if name in reports and reports[name].taken_at >= began}
