"""Commands about runs: plan, up, remove, attach, status, stop, verdict, shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.logs import follow, found_run
from rancher_tui.commands.options import Json, RunId, SessionName, Strict, Yes
from rancher_tui.commands.output import (
    BAD,
    INTERRUPTED,
    OK,
    CallError,
    note,
    print_finding,
    print_json,
    print_report,
    say,
    table,
)
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean
from rancher_tui.wording.vocabulary import word

if TYPE_CHECKING:
    from rancher_tui.finding import Finding, Report
    from rancher_tui.install.session import Session
    from rancher_tui.install.state import InstallState
    from rancher_tui.rke.runs import Run


def status_of(session: Session, run_id: str | None) -> dict[str, Any]:
    """What `status` tells of a run (contract.md, **status**)."""
    from rancher_tui.proofs.verdict import quiet_s, verdict_of
    from rancher_tui.rke.reading import Reading
    from rancher_tui.rke.runs import find

    run = find(session.path, run_id)
    empty = dict.fromkeys(("run", "exit_code", "signal", "verdict", "phase", "elapsed_s", "quiet_s"))
    if run is None:
        return {**empty, "state": "none", "lines": 0, "problems": 0}
    known = run.status()
    reading = Reading(run.log)
    try:
        reading.advance(ended=not known.live)
        return {
            "run": run.id,
            "state": known.state,
            "exit_code": known.exit_code,
            "signal": known.signal,
            "verdict": verdict_of(run),
            "phase": reading.progress.phase or None,
            "elapsed_s": known.elapsed_s,
            "quiet_s": quiet_s(run.log) if known.live else None,
            "lines": reading.log.line_count,
            "problems": len(reading.problems),
        }
    finally:
        reading.close()


def status(session: SessionName, run: RunId = None, as_json: Json = False) -> int:
    """Tell how a run stands: state, phase, elapsed time, problems, verdict.

    Example: rancher-tui status prod
    """
    held = context.find(session)
    if run is not None:
        found_run(held, run)
    told = status_of(held, run)
    if as_json:
        print_json(told)
        return OK
    for line in table([[word(key), word(str(value))] for key, value in told.items() if value is not None]):
        say(line)
    return OK


def plan(session: SessionName, as_json: Json = False) -> int:
    """Say in plain words what `up` would do to which host, and what of it needs a typed yes.

    Example: rancher-tui plan prod
    """
    from rancher_tui.finding import Finding, Report, Status
    from rancher_tui.operations.planning import planned

    held, state = context.look_on(session)
    told = planned(held, state)
    lacking = _lacking(held, state)
    findings = [Finding(Status.PASS, "planned", "", line, check="plan", step=11) for line in told.lines]
    for need in told.plan.needs:
        remedy = msg("--yes {code}", code=need.code)
        findings.append(Finding(Status.WARN, need.code, "", need.message, remedy=remedy, check="plan", step=11))
    facts = {
        "verb": told.plan.verb,
        "removed": list(told.plan.removed),
        "changed": told.plan.changed,
        "again": told.plan.again,
        "environment": dict(told.environment),
    }
    report = Report("plan", (*lacking, *findings, *told.warnings), facts)
    if as_json:
        print_report(report, as_json=True)
        return OK
    for finding in lacking:
        print_finding(finding)
    for line in told.lines:
        say(clean(str(line)))
    for need in told.plan.needs:
        say(f"--yes {need.code}: {clean(str(need.message))}")
    for name, value in told.environment.items():
        say(_("rke gets {name}={value}").format(name=name, value=clean(value)))
    for finding in told.warnings:
        print_finding(finding)
    return OK


def _lacking(session: Session, state: InstallState) -> list[Finding]:
    """Why `up` would be refused now, whatever the plan says; empty when it could start."""
    from rancher_tui.finding import Finding, Status
    from rancher_tui.install import rules
    from rancher_tui.operations.running import demand_ready
    from rancher_tui.proofs.adopted import adopted_from
    from rancher_tui.proofs.inputs import OperationError

    code, message = "inputs-missing", rules.missing(state, 11)
    if not message and not adopted_from(session):
        try:
            demand_ready(session, state)
        except OperationError as error:
            code, message = error.code, error.message
    if not message:
        return []
    title = msg("up cannot start yet: {why}", why=message)
    return [Finding(Status.WARN, code, "", title, check="plan", step=11)]


def up(
    context_: typer.Context,
    session: SessionName,
    detach: Annotated[bool, typer.Option("--detach", help="Return as soon as rke has started.")] = False,
    yes: Yes = [],  # noqa: B006 - typer reads the default
    as_json: Json = False,
) -> int:
    """Run `rke up` on the exported cluster file, detached from this terminal, and follow it.

    ctrl+c leaves the run going. Arguments after -- are handed to rke.
    Example: rancher-tui up prod -- --debug
    """
    return _start(session, "up", context_.args, yes, detach=detach, as_json=as_json)


def remove(context_: typer.Context, session: SessionName, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Run `rke remove`: take the cluster off its nodes. Without --yes it says what would be lost.

    Example: rancher-tui remove trial --yes remove-cluster
    """
    return _start(session, "remove", context_.args, yes, detach=False, as_json=as_json)


def _start(name: str, verb: str, arguments: list[str], yes: list[str], *, detach: bool, as_json: bool) -> int:
    from rancher_tui.install import rules
    from rancher_tui.operations.running import RunRequest, start_run
    from rancher_tui.proofs.inputs import OperationError
    from rancher_tui.rke.plan import plan as plan_of

    session, state = context.look_on(name)
    if lacking := rules.missing(state, 11):
        raise CallError(lacking)
    try:
        run = start_run(session, state, RunRequest(verb, arguments, frozenset(yes)))
    except OperationError as error:
        if error.code == "argument-refused":
            raise CallError(error.message) from error
        agree = error.code in {need.code for need in plan_of(state, session.path, verb=verb).needs}
        how = _("; agree with --yes {code}").format(code=error.code) if agree else ""
        note(f"{error.code}: {clean(str(error.message))}{how}")
        return BAD
    note(_("run {run} is started; `rancher-tui attach {session}` follows it").format(run=run.id, session=name))
    if detach:
        if as_json:
            print_json({"run": run.id, "state": run.status().state, "exit_code": None, "verdict": None})
        return OK
    return _follow_to_verdict(session, state, run, as_json=as_json)


def attach(session: SessionName, run: RunId = None, as_json: Json = False) -> int:
    """Follow a run from its first line on; when it has ended, tell the verdict.

    Example: rancher-tui attach prod
    """
    held, state = context.look_on(session)
    return _follow_to_verdict(held, state, found_run(held, run), as_json=as_json)


def _follow_to_verdict(session: Session, state: InstallState, run: Run, *, as_json: bool) -> int:
    try:
        wait_for(follow(run, out=sys.stderr if as_json else sys.stdout))
    except KeyboardInterrupt:
        note(_("left; the run goes on. `rancher-tui attach {session}` returns").format(session=session.name))
        return INTERRUPTED
    if run.record().get("argv", [""])[1:2] == ["remove"]:
        return _removal(run, as_json=as_json)
    report = wait_for(_verdict(session, state))
    known = run.status()
    told = str(report.facts.get("verdict", "unknown"))
    if as_json:
        print_json({"run": run.id, "state": known.state, "exit_code": known.exit_code, "verdict": told})
    else:
        print_report(report, as_json=False)
        say(_("verdict {verdict}").format(verdict=word(told)))
        _what_next(state, told)
    return OK if told == "up" else BAD


def _removal(run: Run, *, as_json: bool) -> int:
    """How a removal ended, by its exit code and its log: whether Rancher is up is no question of it."""
    from rancher_tui.rke.explain import explain

    known, report = run.status(), explain(run.log)
    gone = known.exit_code == 0 and report.facts["outcome"] == "finished"
    if as_json:
        print_json({"run": run.id, "state": known.state, "exit_code": known.exit_code, "verdict": None})
    else:
        print_report(report, as_json=False)
        say(
            _("the cluster is taken off its nodes") if gone else _("the cluster is not taken off all of its nodes")
        )
    return OK if gone else BAD


def _what_next(state: InstallState, verdict: str) -> None:
    """The first login, once Rancher is up."""
    from rancher_tui.operations.first_login import first_login

    if verdict == "up":
        say()
        for line in first_login(state):
            say(clean(str(line)))


async def _verdict(session: Session, state: InstallState) -> Report:
    from rancher_tui.checks import run

    async for _finding in run("verdict", session, state):
        continue
    return session.reports()["verdict"]


def verdict(session: SessionName, as_json: Json = False, strict: Strict = False) -> int:
    """Ask every witness again whether Rancher is up.

    Example: rancher-tui verdict prod
    """
    held, state = context.look_on(session)
    report = wait_for(_verdict(held, state))
    code = print_report(report, as_json=as_json, strict=strict)
    if not as_json:
        told = str(report.facts.get("verdict", "unknown"))
        say(_("verdict {verdict}").format(verdict=word(told)))
        _what_next(state, told)
    return code


def stop(session: SessionName, run: RunId = None, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Stop a run: SIGTERM, after a deadline SIGKILL. The nodes keep what was deployed. Needs --yes stop.

    Example: rancher-tui stop prod --yes stop
    """
    from rancher_tui.install.lock import user_name
    from rancher_tui.rke.stop import stop as stopping

    held = context.find(session)
    found = found_run(held, run)
    if found.status().live and "stop" not in yes:
        note(_("the nodes keep what was deployed; run again to finish, or remove. Agree with --yes stop"))
        return BAD

    async def ask() -> None:
        async for moment in stopping(found, by=user_name()):
            note(f"{moment.step} {moment.left_s:.0f} s")

    wait_for(ask())
    held.journal("stop", run=found.id)
    known = found.status()
    if as_json:
        print_json({"run": found.id, "state": known.state})
    else:
        say(f"{found.id} {known.state}")
    return OK


def shell(session: SessionName) -> int:
    """A shell in the session's folder: KUBECONFIG set, rke on PATH.

    Example: rancher-tui shell prod
    """
    from rancher_tui.operations.shell import call_shell

    held, state = context.look_on(session)
    code, missing = call_shell(held, state)
    if missing:
        note(clean(str(missing)))
    return code
