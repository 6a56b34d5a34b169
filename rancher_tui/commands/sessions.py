"""Commands about sessions: list, new, show, set, undo, redo, take over, copy, rename, archive, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName, Strict, Yes
from rancher_tui.commands.output import BAD, OK, CallError, exit_code, note, print_finding, print_json, say, table
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean
from rancher_tui.wording import edits, ways
from rancher_tui.wording.vocabulary import word

if TYPE_CHECKING:
    from rancher_tui.cluster_file.read import ReadFile
    from rancher_tui.install.session import Session


def _summary(session: Session) -> dict[str, Any]:
    """One line of the list of sessions; a session that cannot be read says why."""
    from rancher_tui.install.session import SessionError
    from rancher_tui.install.steps import StepStatus, overview
    from rancher_tui.proofs.verdict import verdict_of
    from rancher_tui.rke.runs import newest

    holder = session.holder
    row: dict[str, Any] = {
        "name": session.name,
        "label": "",
        "fqdn": "",
        "step": None,
        "done": 0,
        "run": None,
        "verdict": None,
        "saved": datetime.fromtimestamp(session.saved_at, UTC).isoformat(timespec="seconds"),
        "held_by": str(holder) if holder else None,
        "problem": None,
    }
    try:
        state = session.look_on().state
    except SessionError as error:
        return {**row, "problem": error.message.english}
    states = overview(state, session.reports(), datetime.now(UTC))
    reached = next((item.step.number for item in states if item.status is not StepStatus.DONE), len(states))
    done = sum(item.status is StepStatus.DONE for item in states)
    row |= {"label": state.label, "fqdn": state.fqdn, "step": reached, "done": done}
    run = newest(session.path)
    if run is not None:
        row |= {"run": run.status().state, "verdict": verdict_of(run)}
    return row


def sessions(as_json: Json = False) -> int:
    """List the sessions: label, FQDN, step reached, run, verdict, last saved, held by.

    Example: rancher-tui sessions
    """
    rows = [_summary(session) for session in context.home().sessions()]
    if as_json:
        print_json({"home": str(context.home().path), "sessions": rows})
        return OK
    if not rows:
        say(_("no session yet; `rancher-tui new NAME` makes one, `rancher-tui lab` is a rehearsal"))
        return OK
    header = [_("name"), _("label"), _("FQDN"), _("step"), _("run"), _("verdict"), _("saved"), _("held by")]
    cells = [
        [
            row["name"],
            row["label"],
            row["fqdn"] or "-",
            str(row["step"] or "-"),
            word(row["run"] or "-"),
            word(row["verdict"] or "-"),
            row["saved"],
            row["problem"] or row["held_by"] or "-",
        ]
        for row in rows
    ]
    for line in table(cells, header):
        say(line)
    return OK


def new(
    session: SessionName,
    from_file: Annotated[
        str | None, typer.Option("--from", metavar="CLUSTER_FILE", help="Read an existing cluster file in.")
    ] = None,
    yes: Yes = [],  # noqa: B006
) -> int:
    """Make a session: with your defaults, or from an existing cluster file.

    A file whose indentation had to be mended is shown with the difference and needs --yes repaired.
    Example: rancher-tui new prod --from rancher-cluster.yml
    """
    from rancher_tui.install import own_defaults
    from rancher_tui.install.session import SessionError, check_name
    from rancher_tui.operations.taking_in import REPAIRED, adopt

    found = _read_cluster_file(from_file) if from_file else None
    findings = found.findings if found else ()
    for finding in findings:
        print_finding(finding)
    if found is not None and found.state is None:
        note(_("{path} cannot be taken in; nothing was made").format(path=from_file))
        return BAD
    if found is not None and found.diff and REPAIRED not in yes:
        for line in found.diff.splitlines():
            say(clean(line))
        note(_("nothing was made; agree with --yes {code}").format(code=REPAIRED))
        return BAD
    home = context.home()
    try:
        check_name(session)
        made = home.create(session, None if found else own_defaults.state_of(home))
        if found is not None:
            made.save(adopt(made, found))
    except SessionError as error:
        raise CallError(error.message) from error
    except OSError as error:
        raise CallError(msg("{home} cannot be written: {error}", home=str(home.path), error=str(error))) from error
    made.close()
    say(_("made {session} in {path}").format(session=session, path=made.path))
    return exit_code(findings)


def _read_cluster_file(path: str) -> ReadFile:
    from rancher_tui.cluster_file.read import read

    return read(context.read_file(path, context.LARGEST_YAML), path)


def show(session: SessionName, as_json: Json = False) -> int:
    """Show the state and where the twelve steps stand. Secrets are references or masked.

    Example: rancher-tui show prod
    """
    from rancher_tui.install import paths, steps

    held, state = context.look_on(session)
    states = steps.overview(state, held.reports(), datetime.now(UTC))
    if as_json:
        print_json(
            {
                "session": session,
                "state": state.model_dump(mode="json", exclude={"history", "future"}),
                "steps": [
                    {
                        "step": item.step.number,
                        "slug": item.step.slug,
                        "title": item.step.title.english,
                        "status": item.status.value,
                        "note": item.note.english,
                        "taken_at": item.taken_at.isoformat() if item.taken_at else None,
                        "codes": [finding.code for finding in item.findings if finding.bad],
                    }
                    for item in states
                ],
            }
        )
        return OK
    rows = [
        [str(item.step.number), str(item.step.title), word(item.status.value), ways.named(str(item.note))]
        for item in states
    ]
    for line in table(rows, ["#", _("step"), _("status"), ""]):
        say(line)
    say()
    fields = [[path, _shown(paths.get(state, path))] for path in paths.leaves(state)]
    for line in table([row for row in fields if row[1]], [_("field"), _("value")]):
        say(line)
    return OK


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 100 else f"{text[:99]}…"


def set_(
    session: SessionName,
    values: Annotated[
        list[str],
        typer.Argument(metavar="KEY=VALUE", help="Dotted path and value; @FILE and env:VAR for secrets."),
    ],
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Edit fields by dotted path. All of them or, when one is unknown, none.

    Text is stored as typed. Only the relative path of a file that is there is stored whole, and that is told.
    Example: rancher-tui set prod fqdn=rancher.example.com nodes.0.address=10.0.1.11
    """
    from rancher_tui.commands.editing import apply_assignments
    from rancher_tui.install import file_fields, rules

    with context.hold(session) as (held, store):
        before = list(rules.all_findings(store.state))
        apply_assignments(store, values)
        if store.unsaved is not None:
            raise CallError(
                msg("{session} could not be saved: {error}", session=session, error=str(store.unsaved))
            )
        known = {(finding.code, finding.subject) for finding in before}
        touched = {value.partition("=")[0] for value in values}
        found = [
            finding
            for finding in rules.all_findings(store.state)
            if (finding.code, finding.subject) not in known or _is_about(finding.subject, touched)
        ]
        found.extend(file_fields.missing(store.state, touched, held.cluster_folder))
    if as_json:
        from rancher_tui.finding import Report

        print_json({"session": session, **Report("set", tuple(found)).to_json()})
    else:
        for finding in found:
            print_finding(finding)
        say(_("saved"))
    return exit_code(found, strict=strict)


def _is_about(subject: str, touched: set[str]) -> bool:
    """True when a finding's subject names one of the paths (`2 port` is nodes.1.port)."""
    number, _blank, field = subject.partition(" ")
    path = f"nodes.{int(number) - 1}.{field}" if number.isdigit() else subject
    return path in touched


def undo(session: SessionName) -> int:
    """Take the last edit back; undo survives restarts.

    Example: rancher-tui undo prod
    """
    with context.hold(session) as (_held, store):
        change = store.undo()
    say(
        _("took back: {name}").format(name=edits.shown(change.name))
        if change
        else _("there is nothing to take back")
    )
    return OK if change else BAD


def redo(session: SessionName) -> int:
    """Make the last undone edit again.

    Example: rancher-tui redo prod
    """
    with context.hold(session) as (_held, store):
        change = store.redo()
    say(
        _("made again: {name}").format(name=edits.shown(change.name))
        if change
        else _("there is nothing to make again")
    )
    return OK if change else BAD


def take_over(session: SessionName) -> int:
    """Ask the program that holds a session to save and leave, so that it can be opened here.

    Example: rancher-tui take-over prod
    """
    from rancher_tui.install.lock import TakeOverError

    held = context.find(session)
    holder = held.holder
    if holder is None:
        say(_("nobody holds {session}").format(session=session))
        return OK
    try:
        held.take_over()
    except TakeOverError as error:
        raise CallError(
            msg("{session} could not be taken over: {error}", session=session, error=str(error))
        ) from error
    held.journal("take-over", was_held_by=str(holder))
    held.close()
    say(_("{holder} saved and left {session}").format(holder=holder, session=session))
    return OK


def delete(
    session: SessionName,
    yes: Annotated[str | None, typer.Option("--yes", metavar="NAME", help="The session's name again.")] = None,
) -> int:
    """Delete a session and all its files for good. Needs the name a second time.

    Example: rancher-tui delete trial --yes trial
    """
    from rancher_tui.install.lock import HeldError

    held = context.find(session)
    if yes != session:
        say(
            _("this deletes {path} with {count} backups and {runs} runs; add --yes {session}").format(
                path=held.path,
                count=len(list(held.backups_folder.glob("*"))) if held.backups_folder.is_dir() else 0,
                runs=len(list(held.runs_folder.glob("*"))) if held.runs_folder.is_dir() else 0,
                session=session,
            )
        )
        return BAD
    _refuse_while_running(held)
    try:
        context.home().remove(session)
    except HeldError as error:
        raise CallError(msg("{session} is held by {holder}", session=session, holder=str(error))) from error
    say(_("deleted {session}").format(session=session))
    return OK


def _refuse_while_running(held: Session) -> None:
    from rancher_tui.rke.runs import newest

    run = newest(held.path)
    if run is not None and run.status().state == "running":
        raise CallError(msg("rke runs in {session}; stop it first", session=held.name))
