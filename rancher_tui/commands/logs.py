"""Commands about logs: log prints a run's, explain judges any."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, JsonLines, RunId, SessionName, Strict
from rancher_tui.commands.output import INTERRUPTED, OK, CallError, print_line, print_report, say
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean
from rancher_tui.wording.vocabulary import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rancher_tui.install.session import Session
    from rancher_tui.rke.lines import LogLine
    from rancher_tui.rke.reading import Reading
    from rancher_tui.rke.runs import Run

_LOOK_EVERY = 0.2
_LINES_AT_ONCE = 5_000


def found_run(session: Session, run_id: str | None) -> Run:
    """The run of that id, the newest without one; CallError when there is none."""
    from rancher_tui.rke.runs import find

    run = find(session.path, run_id)
    if run is None:
        if run_id is None:
            raise CallError(msg("rke has not been run in {session} yet", session=session.name))
        raise CallError(msg("{session} has no run {run}", session=session.name, run=run_id))
    return run


def new_lines(reading: Reading, *, ended: bool) -> Iterator[tuple[int, LogLine]]:
    """What was written since the last time, a line at a time: its number from 0, and its gravest record."""
    while True:
        taken = reading.advance(ended=ended, at_most=_LINES_AT_ONCE)
        if not taken:
            return
        yield from taken


async def follow(run: Run, out: Any) -> None:
    """Print the log's lines as they come until the run has ended: what the run screen shows, as plain text."""
    import asyncio

    from rancher_tui.rke.causes import advice
    from rancher_tui.rke.reading import Reading

    reading = Reading(run.log)
    phase, told = "", 0
    try:
        while True:
            live = run.status().live
            for _number, line in new_lines(reading, ended=not live):
                if line.phase != phase:
                    phase = line.phase
                    print(clean(_("--- {phase}").format(phase=word(phase))), file=out)
                print(clean(f"{line.level or '-':<7} {line.text}", limit=2000), file=out)
            for problem in reading.problems[told:]:
                told += 1
                if problem.cause is not None and not problem.harmless:
                    head = _("    line {number}: {title}").format(
                        number=problem.line + 1, title=problem.cause.title
                    )
                    print(clean(head, limit=2000), file=out)
                    print(clean(f"    -> {advice(problem)}", limit=2000), file=out)
            out.flush()
            if not live:
                return
            await asyncio.sleep(_LOOK_EVERY)
    finally:
        reading.close()


def log(
    session: SessionName,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on while the run goes on.")] = False,
    run: RunId = None,
    as_json: JsonLines = False,
) -> int:
    """Print a run's log, line by line, safe for any terminal.

    Example: rancher-tui log prod --follow
    """
    held = context.find(session)
    found = found_run(held, run)
    try:
        wait_for(_print_log(found, goes_on=follow, as_json=as_json))
    except KeyboardInterrupt:
        return INTERRUPTED
    return OK


async def _print_log(run: Run, *, goes_on: bool, as_json: bool) -> None:
    import asyncio

    from rancher_tui.rke.reading import Reading

    reading = Reading(run.log)
    try:
        while True:
            live = goes_on and run.status().live
            for number, line in new_lines(reading, ended=not live):
                if as_json:
                    print_line(_entry(reading, number, line))
                else:
                    when = line.time.isoformat() if line.time else "-"
                    say(clean(f"{when} {line.level or '-':<7} {line.text}", limit=2000))
            if not live:
                return
            sys.stdout.flush()
            await asyncio.sleep(_LOOK_EVERY)
    finally:
        reading.close()


def _entry(reading: Reading, number: int, line: LogLine) -> dict[str, Any]:
    """A line of `log --json` (contract.md, **log**)."""
    return {
        "line": number + 1,
        "offset": reading.log.span(number)[0],
        "time": line.time.isoformat().replace("+00:00", "Z") if line.time else None,
        "elapsed_s": line.elapsed,
        "level": line.level or None,
        "host": line.host or None,
        "phase": line.phase or None,
        "text": line.text,
    }


def explain(
    log_file: Annotated[str, typer.Argument(metavar="LOG_FILE", help="Any log of rke.")],
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Judge any rke log: phases, hosts, problems with cause and remedy, outcome.

    Example: rancher-tui explain rke.log
    """
    from rancher_tui.rke.explain import explain as judge

    try:
        report = judge(Path(log_file).expanduser())
    except OSError as error:
        raise CallError(
            msg("{path} cannot be read: {error}", path=log_file, error=error.strerror or str(error))
        ) from error
    return print_report(report, as_json=as_json, strict=strict)
