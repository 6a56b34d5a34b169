"""The rehearsal: make its session, start its world, and walk all twelve steps without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json
from rancher_tui.commands.output import BAD, OK, UNUSABLE, CallError, note, print_json, print_line, say
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg

if TYPE_CHECKING:
    from rancher_tui.install.session import Session
    from rancher_tui.install.steps import StepState
    from rancher_tui.install.store import Store


def lab(
    headless: Annotated[
        bool, typer.Option("--headless", help="Do all twelve steps and exit by the verdict.")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="NAME", help="A fault of the practice world; may be repeated."),
    ] = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="Name the faults and what they do.")] = False,
    session: Annotated[
        str | None, typer.Option("--session", metavar="NAME", help="Name of the rehearsal's session.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the practice world running afterwards.")] = False,
    as_json: Json = False,
) -> int:
    """A rehearsal of the whole install on this machine, on loopback; nothing real is touched.

    Example: rancher-tui lab --headless --fault name-elsewhere
    """
    from rancher_tui.lab import faults as known

    if list_faults:
        return _list_faults(as_json)
    chosen = fault or []
    unknown = [name for name in chosen if name not in known.FAULTS]
    if unknown:
        raise CallError(
            msg("{name}: no such fault; there are {names}", name=unknown[0], names=", ".join(known.FAULTS))
        )
    if not headless:
        return _open(chosen, session)
    return wait_for(_walk(chosen, session, keep=keep, as_json=as_json))


def _list_faults(as_json: bool) -> int:
    from rancher_tui.lab.faults import FAULTS

    if as_json:
        print_json([{"fault": name, "does": fault.does.english} for name, fault in FAULTS.items()])
    else:
        for name, fault in FAULTS.items():
            say(f"{name:<20} {fault.does}")
    return OK


def _open(faults: list[str], name: str | None) -> int:
    import sys

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        note(_("the rehearsal's screens need a terminal; without one: rancher-tui lab --headless"))
        return UNUSABLE
    from rancher_tui.cli import open_ui

    session, _store = _make(faults, name)
    session.close()
    return open_ui(context.home().path, session.name)


def _make(faults: list[str], name: str | None) -> tuple[Session, Store]:
    """A new session of the rehearsal with its world running, held for writing."""
    from rancher_tui.install.session import SessionError
    from rancher_tui.lab import rehearsal

    chosen = name or rehearsal.free_name(context.home())
    try:
        return rehearsal.begin(context.home(), chosen, faults)
    except SessionError as error:
        raise CallError(error.message) from error
    except OSError as error:
        raise CallError(msg("the practice world cannot be started: {error}", error=str(error))) from error


async def _walk(faults: list[str], name: str | None, *, keep: bool, as_json: bool) -> int:
    import asyncio

    from rancher_tui.lab import rehearsal

    session, store = await asyncio.to_thread(_make, faults, name)
    verdict, sound = "unknown", True
    try:
        async for state in rehearsal.walk(session, store):
            _print_step(state, as_json)
            if state.step.number == 11:
                verdict = rehearsal.verdict_of(session)
            sound = state.status.value == "done"
            if not sound:
                break
        if as_json:
            print_line({"verdict": verdict, "rehearsal": True})
        else:
            say(f"verdict {verdict} REHEARSAL")
    finally:
        session.close()
        if not keep:
            await asyncio.to_thread(rehearsal.end, session)
    return OK if verdict == "up" and sound else BAD


def _print_step(state: StepState, as_json: bool) -> None:
    codes = list(dict.fromkeys(finding.code for finding in state.findings if finding.bad))
    if as_json:
        print_line(
            {"step": state.step.number, "slug": state.step.slug, "status": state.status.value, "codes": codes}
        )
        return
    say(f"{state.step.number} {state.step.slug} {state.status.value}")
    for finding in state.findings:
        if finding.bad:
            note(f"  {finding.code} {finding.subject}: {finding.title}")
