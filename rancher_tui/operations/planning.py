"""What a run will do, told before it starts: the plan, what an earlier run left, the environment, the logout.

`plan` on the command line and the run screen tell the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.rke import environment, logout
from rancher_tui.rke.plan import RunPlan, after_stop, plan
from rancher_tui.rke.runs import newest


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what surrounds it. `environment`: the variables that change what rke does, passwords masked."""

    plan: RunPlan
    lines: tuple[Message, ...]
    warnings: tuple[Finding, ...]
    environment: Mapping[str, str]


def planned(
    session: Session, state: InstallState, *, verb: str = "up", env: Mapping[str, str] | None = None
) -> Planned:
    """The plan for `verb` (`up`, `remove`), and what of our environment or system would break it."""
    from rancher_tui.proofs.adopted import adopted_from, verified

    given = os.environ if env is None else env
    run_plan = plan(state, session.path, verb=verb)
    lines = (*run_plan.lines, *_left_behind(session)) if verb == "up" else run_plan.lines
    planes = [node.address.strip() for node in state.nodes if "controlplane" in node.roles]
    at_logout = logout.judge()
    warnings = [*environment.judge(given, planes), *([at_logout] if at_logout else [])]
    if adopted_from(session):
        told = msg("this cluster was adopted: it is verified, copied and planned for; rke is not run on it here")
        lines = (told, *lines)
        warnings += [finding for finding in verified(session).findings if finding.status != "pass"]
    return Planned(run_plan, tuple(lines), tuple(warnings), environment.shown(given))


def _left_behind(session: Session) -> Iterator[Message]:
    """What the newest run left, where it did not get to its end."""
    run = newest(session.path)
    if run is None:
        return
    status = run.status()
    if not status.live and not (status.state == "exited" and status.exit_code == 0):
        yield from after_stop(session.path)
