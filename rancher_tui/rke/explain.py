"""Explain: judge any log of rke, ours or one that was sent: phases, hosts, problems, outcome, what decided it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, Literal

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.rke.causes import UNKNOWN, Problem, advice
from rancher_tui.rke.log_source import PackedError, readable
from rancher_tui.rke.progress import PhaseProgress, Progress
from rancher_tui.rke.reading import Reading

CHECK = "explain"
STEP = 11
_LINES_AT_ONCE = 10_000
_IP_ADDRESS = re.compile(r"[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*")
Outcome = Literal["finished", "finished-without-rancher", "finished-incomplete", "failed", "cut-off"]


def explain(path: Path) -> Report:
    """Judge the log at `path`; OSError when it cannot be read. `facts` are those of contract.md."""
    try:
        with readable(path) as log:
            return _explained(log)
    except PackedError as error:
        title = msg("this is packed ({form}), not text", form=error.form)
        remedy = msg(
            "{tool} {name} | rancher-tui explain /dev/stdin", tool=error.tool, name=shlex.quote(path.name)
        )
        finding = Finding(Status.FAIL, "log-packed", "log", title, remedy=remedy, check=CHECK, step=STEP)
        return Report(CHECK, (finding,), _nothing(), step=STEP)


def _explained(log: Path) -> Report:
    reading = Reading(log)
    try:
        while reading.advance(ended=True, at_most=_LINES_AT_ONCE):
            continue
        return judge(reading)
    finally:
        reading.close()


def _nothing() -> dict[str, Any]:
    """The facts of what could not be read."""
    empty: dict[str, Any] = {"format": "plain", "rke": None, "phases": [], "hosts": {}, "problems": []}
    return {**empty, "outcome": "cut-off", "decisive": None, "lines": 0}


def _of_the_last_run(reading: Reading) -> list[Problem]:
    return [problem for problem in reading.problems if problem.line >= reading.progress.began_line]


def deciding(reading: Reading) -> Problem | None:
    """The problem that decided how the run of a log ended; None where none did."""
    return decisive(reading.progress, _of_the_last_run(reading), outcome(reading.progress))


def judge(reading: Reading) -> Report:
    """The report on what was read so far, as if no more came."""
    progress, problems = reading.progress, reading.problems
    how = outcome(progress)
    own = _of_the_last_run(reading)
    cause = decisive(progress, own, how)
    facts: dict[str, Any] = {
        "format": _form(progress),
        "rke": progress.version or None,
        "phases": [_phase(phase, progress) for phase in progress.phases],
        "hosts": _hosts(progress, own),
        "problems": [problem.to_json() for problem in problems],
        "outcome": how,
        "decisive": cause.code if cause else None,
        "lines": reading.judged,
    }
    findings = [_outcome_finding(how, progress, cause), *_problem_findings(problems, cause)]
    return Report(CHECK, tuple(findings), facts, step=STEP)


def outcome(progress: Progress) -> Outcome:
    """How the last run in a log ended, from rke's own words."""
    if progress.fatal_line is not None:
        return "failed"
    if progress.finished:
        if progress.finished == "up" and progress.addon_job_failed_line is not None:
            return "finished-without-rancher"
        return "finished-incomplete" if progress.dropped() else "finished"
    return "finished-incomplete" if progress.incomplete_line is not None else "cut-off"


def decisive(progress: Progress, problems: list[Problem], how: Outcome) -> Problem | None:
    """The problem that decided how a run ended, traced from wrappers and follow-ups to what they follow from."""
    match how:
        case "finished":
            return None
        case "finished-without-rancher":
            return _at(problems, progress.addon_job_failed_line)
        case "finished-incomplete":
            last = _at(problems, progress.incomplete_line) or _at(problems, _last_drop(progress))
            return last and _origin(last, progress, problems)
        case "failed":
            fatal = _at(problems, progress.fatal_line)
            return fatal and _origin(fatal, progress, problems)
        case "cut-off":
            return None


def _at(problems: list[Problem], line: int | None) -> Problem | None:
    return next((problem for problem in reversed(problems) if problem.line == line), None)


def _last_drop(progress: Progress) -> int | None:
    drops = [host.dropped_line for host in progress.hosts.values() if host.dropped_line is not None]
    return max(drops, default=None)


def _origin(problem: Problem, progress: Progress, problems: list[Problem]) -> Problem:
    """The earlier problem that this one follows from; itself where it stands alone or no cause was told."""
    kind = problem.cause.consequence if problem.cause else ""
    dropped = progress.dropped()
    if not kind:
        return problem
    earlier = [other for other in problems if other.line < problem.line and _may_decide(other)]
    if kind == "same-phase":
        earlier = [other for other in earlier if other.phase == problem.phase]
        return earlier[-1] if earlier else problem
    named = set(problem.hosts) | set(dropped)
    about = [other for other in earlier if named.intersection(other.hosts)]
    return (about or [problem])[-1]


def _may_decide(problem: Problem) -> bool:
    cause = problem.cause
    if cause is None:
        return problem.phase == "dial"
    return not (cause.harmless or cause.consequence or (cause.decides_as and cause.decides_as != problem.level))


def _form(progress: Progress) -> str:
    """The form of most records; `plain` where nothing has any."""
    return max(progress.forms, key=progress.forms.__getitem__, default="plain")


def _is_host(name: str, progress: Progress) -> bool:
    """False for the names of nodes that an upgrade's wording uses beside the addresses that were dialled."""
    dialled = next((phase.hosts for phase in progress.phases if phase.name == "dial"), {})
    return not dialled or name in dialled or _IP_ADDRESS.fullmatch(name) is not None


def _phase(phase: PhaseProgress, progress: Progress) -> dict[str, Any]:
    told = phase.to_json()
    return {**told, "hosts": [name for name in told["hosts"] if _is_host(name, progress)]}


def _hosts(progress: Progress, problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, host in progress.hosts.items():
        if not _is_host(name, progress):
            continue
        own = [problem for problem in problems if name in problem.hosts and not problem.harmless]
        telling = [problem for problem in own if not (problem.cause and problem.cause.consequence)] or own
        found[name] = {"last_phase": host.last_phase or None, "problem": telling[-1].code if telling else None}
    return found


def _outcome_finding(how: Outcome, progress: Progress, cause: Problem | None) -> Finding:
    dropped = ", ".join(progress.dropped())
    title: Message
    match how:
        case "finished":
            return Finding(Status.PASS, how, "log", msg("rke finished its work"), check=CHECK, step=STEP)
        case "finished-without-rancher":
            title = msg("rke finished, but Rancher was not deployed")
        case "finished-incomplete":
            title = msg("rke finished, but without {hosts}", hosts=dropped)
        case "failed":
            title = msg("rke failed in the phase {phase}", phase=Message(progress.phase or "start"))
        case "cut-off" if not progress.forms:
            title = msg("there is no line in it that rke wrote")
        case "cut-off":
            title = msg(
                "the log ends in the phase {phase}, without rke's last line",
                phase=Message(progress.phase or "start"),
            )
    detail = cause.cause.title if cause and cause.cause else EMPTY
    remedy = advice(cause) if cause else EMPTY
    status = Status.UNKNOWN if how == "cut-off" else Status.FAIL
    evidence = {"line": cause.line + 1, "text": cause.text} if cause else {}
    return Finding(status, how, "log", title, detail, remedy, evidence, CHECK, STEP)


def _problem_findings(problems: list[Problem], cause: Problem | None) -> list[Finding]:
    """One finding a cause and host; what decided the run is a fail, the rest warns."""
    found: dict[tuple[str, str], Finding] = {}
    for problem in problems:
        subject = problem.hosts[0] if problem.hosts else "log" if problem.cause else f"line {problem.line + 1}"
        title = problem.cause.title if problem.cause else msg("not known: {text}", text=problem.text[:200])
        detail = problem.cause.detail if problem.cause else EMPTY
        status = Status.PASS if problem.harmless else Status.FAIL if problem is cause else Status.WARN
        key = (problem.code if problem.code != UNKNOWN else problem.text, subject)
        if key in found and status is not Status.FAIL:
            continue
        evidence = {"line": problem.line + 1, "text": problem.text, "phase": problem.phase}
        found[key] = Finding(status, problem.code, subject, title, detail, advice(problem), evidence, CHECK, STEP)
    return list(found.values())
