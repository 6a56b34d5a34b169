"""Commands about copies: backup, restore, archive, copy, rename."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName, Strict
from rancher_tui.commands.output import (
    BAD,
    OK,
    CallError,
    note,
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
    from collections.abc import Iterator

    from rancher_tui.backup.copies import Backup
    from rancher_tui.operations.restoring import Restored

Passphrase = Annotated[
    str | None,
    typer.Option(
        "--passphrase", metavar="env:VAR|file:PATH|-", help="Where the passphrase comes from (- is stdin)."
    ),
]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="The new session's name.")]


def _passphrase(source: str | None, *, asked: bool, twice: bool) -> str:
    """The passphrase of `source`, or typed at the terminal when it is `asked` for; empty for none."""
    from rancher_tui.install.secrets import SecretError, Secrets

    if source == "-":
        return _demanded(sys.stdin.readline().rstrip("\n"))
    if source is not None:
        if not source.startswith(("env:", "file:")):
            raise CallError(msg("a passphrase on the command line can be seen by others; env:VAR, file:PATH or -"))
        try:
            return _demanded(Secrets(Path(os.devnull)).resolve(source, pipes=True))
        except SecretError as error:
            raise CallError(error.message) from error
    if not asked:
        return ""
    if not sys.stdin.isatty():
        raise CallError(msg("a passphrase is needed; without a terminal: --passphrase env:VAR, file:PATH or -"))
    import getpass

    first = getpass.getpass(_("Passphrase: "))
    if twice and getpass.getpass(_("Again: ")) != first:
        raise CallError(msg("the two are not the same; nothing was done"))
    return _demanded(first)


def _demanded(text: str) -> str:
    if not text:
        raise CallError(msg("an empty passphrase protects nothing"))
    return text


def backup(
    session: SessionName,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="DIR|sftp://USER@HOST/DIR", help="A second copy, in another place."),
    ] = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Encrypt the second copy with a passphrase.")] = False,
    passphrase: Passphrase = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the backups there are: age, what they lack.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Copy what must not be lost (what was entered, what a run left), verified by SHA-256.

    Example: rancher-tui backup prod --to sftp://ops@safe.example.com/backups --encrypt
    """
    from rancher_tui.operations.keeping import KeepError, back_up_config, back_up_result, send
    from rancher_tui.proofs.inputs import CLUSTER_FILE, OperationError, result_files

    held, state = context.look_on(session)
    if listed:
        return _list(held.backups_folder, as_json)
    target = to or state.copies.to.strip()
    wanted = (
        (encrypt or passphrase is not None) if to else state.copies.encrypt or encrypt or passphrase is not None
    )
    secret = _passphrase(passphrase, asked=bool(target) and wanted, twice=True)
    _demand_place(target)
    left = [path for name, path in result_files(held, state).items() if name != CLUSTER_FILE and path.is_file()]
    place = None
    try:
        made = back_up_result(held, state) if left else back_up_config(held, state)
        if target:
            place = wait_for(send(held, state, made, held.secrets.resolve(target), secret))
    except (OperationError, KeepError) as error:
        note(f"{error.code}: {error.message}")
        return BAD
    if as_json:
        print_json({**_told(made), "folder": place or str(made.folder), "encrypted": bool(secret and place)})
        return OK
    say(_("copied and verified in {folder}").format(folder=made.folder))
    for item in made.entries:
        say(f"  {item.sha256}  {item.name}")
    for name in made.lacks:
        say(_("  not there: {name}").format(name=name))
    if place:
        text = _("and, encrypted, in {place}") if secret else _("and in {place}")
        say(clean(text.format(place=place)))
    return OK


def _demand_place(text: str) -> None:
    """CallError when a second place is named that can be none."""
    from rancher_tui.backup.elsewhere import ElsewhereError, destination

    if not text or text.startswith("secret:"):
        return
    try:
        destination(text)
    except ElsewhereError as error:
        raise CallError(error.message) from error


def _told(made: Backup) -> dict[str, Any]:
    return {
        "local": str(made.folder),
        "purpose": made.purpose,
        "made_at": made.made_at.isoformat(),
        "files": [{"name": item.name, "sha256": item.sha256, "size": item.size} for item in made.entries],
        "lacks": list(made.lacks),
        "snapshots": made.about.get("snapshots"),
    }


def _list(folder: Path, as_json: bool) -> int:
    from rancher_tui.backup.copies import all_of, verify

    found = [(backup, verify(backup)) for backup in all_of(folder)]
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "backups": [
                    {**_told(made), "age_s": round(made.age_seconds), "damaged": broken} for made, broken in found
                ],
                "files": [],
                "lacks": [],
            }
        )
    else:
        rows = [
            [
                made.made_at.astimezone().strftime("%Y-%m-%d %H:%M %Z"),
                word(made.purpose),
                str(len(made.entries)),
                ", ".join(broken) or ", ".join(made.lacks) or "-",
                made.folder.name,
            ]
            for made, broken in found
        ]
        for line in table(rows, [_("made"), _("purpose"), _("files"), _("lacks or damaged"), _("folder")]):
            say(line)
    return BAD if any(broken for _made, broken in found) else OK


def restore(
    source: Annotated[str, typer.Argument(metavar="BACKUP", help="A backup's folder, or an archive's file.")],
    session: Annotated[
        str | None, typer.Option("--as", metavar="SESSION", help="Name of the new session.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another value for a field; repeatable.")
    ] = None,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Only prove that it could be restored; nothing stays.")
    ] = False,
    passphrase: Passphrase = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Make a backup or an archive a session again; every file is compared with its SHA-256 first.

    Paths that are not on this machine are told, and asked for at a terminal.
    Example: rancher-tui restore backups/20261123T072151Z --as prod-2
    """
    from rancher_tui.backup.pack import needs_passphrase
    from rancher_tui.finding import Report
    from rancher_tui.install.paths import PathError
    from rancher_tui.install.session import SessionError
    from rancher_tui.operations.restoring import RestoreError, no_backup, restore

    path = Path(source).expanduser()
    if not path.exists():
        raise CallError(
            msg("{path} is not there; a backup's folder or an archive's file was expected", path=source)
        )
    if rehearse == (session is not None):
        if what := no_backup(path):
            raise CallError(what)
        raise CallError(msg("name the new session with --as, or --rehearse"))
    secret = _passphrase(
        passphrase, asked=needs_passphrase(path) and (passphrase is not None or sys.stdin.isatty()), twice=False
    )
    if rehearse:
        return _rehearse(path, secret, as_json=as_json, strict=strict)
    try:
        done = restore(
            context.home(), path, str(session), passphrase=secret, assignments=list(_assignments(values))
        )
    except (SessionError, PathError) as error:
        raise CallError(error.message) from error
    except RestoreError as error:
        return print_report(Report("restore", tuple(error.findings)), as_json=as_json, strict=strict)
    except OSError as error:
        raise CallError(
            msg("{home} cannot be written: {error}", home=str(context.home().path), error=str(error))
        ) from error
    facts = {"session": session, "folder": str(done.session.path), "asked_again": done.asked_again}
    code = print_report(Report("restore", tuple(done.findings), facts), as_json=as_json, strict=strict)
    if not as_json:
        say(_("restored as {session} in {path}").format(session=session, path=done.session.path))
        if sys.stdin.isatty() and sys.stdout.isatty():
            _ask_again(done)
    return code


def _rehearse(path: Path, secret: str, *, as_json: bool, strict: bool) -> int:
    from rancher_tui.finding import Report
    from rancher_tui.operations.restoring import rehearse

    report = Report("restore", tuple(rehearse(context.home(), path, secret)))
    code = print_report(report, as_json=as_json, strict=strict)
    if not as_json:
        say(_("it could be restored") if report.ok else _("it could not be restored as it is"))
    return code


def _assignments(values: list[str] | None) -> Iterator[tuple[str, str]]:
    for value in values or ():
        path, equals, text = value.partition("=")
        if not equals:
            raise CallError(msg("{text}: KEY=VALUE was expected", text=value))
        yield path, text


def _ask_again(done: Restored) -> None:
    """Each path that is not here, asked for once; Enter keeps it as it is."""
    from rancher_tui.install import paths

    answers: dict[str, str] = {}
    for path, text in done.asked_again.items():
        answer = input(clean(f"{path} [{text}]: ")).strip()
        if answer and answer != text:
            answers[path] = answer
    if not answers:
        return
    with context.hold(done.session.name) as (_held, store):
        state = store.state
        for path, answer in answers.items():
            state = paths.put(state, path, answer)
        store.edit(f"set {', '.join(answers)}", lambda _state: state)


def _moved(what: Any) -> Any:
    """What moving a session gave; its errors as CallErrors."""
    from rancher_tui.install.lock import HeldError
    from rancher_tui.install.session import SessionError
    from rancher_tui.operations.keeping import KeepError

    try:
        return what()
    except (SessionError, KeepError) as error:
        raise CallError(error.message) from error
    except HeldError as error:
        raise CallError(msg("it is held by {holder}", holder=str(error))) from error
    except OSError as error:
        name = str(error.filename or context.home().path)
        raise CallError(
            msg("{path} cannot be written: {error}", path=name, error=error.strerror or str(error))
        ) from error


def copy(session: SessionName, new: NewName) -> int:
    """Begin a new session with what was entered in another; its runs and backups stay there.

    Example: rancher-tui copy prod prod-second-try
    """
    from rancher_tui.operations.moving import copy as make

    made = _moved(lambda: make(context.home(), session, new))
    say(_("made {session} in {path}").format(session=made.name, path=made.path))
    return OK


def rename(session: SessionName, new: NewName) -> int:
    """Give a session another name.

    Example: rancher-tui rename trial prod
    """
    from rancher_tui.operations.moving import rename as give

    _moved(lambda: give(context.home(), session, new))
    say(_("{session} is now {new}").format(session=session, new=new))
    return OK


def archive(
    session: SessionName,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="File to write; else below the home.")
    ] = None,
    stay: Annotated[bool, typer.Option("--keep", help="Leave the session on the list too.")] = False,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Encrypt it with a passphrase.")] = False,
    passphrase: Passphrase = None,
    as_json: Json = False,
) -> int:
    """Put a whole session into one file, read back and compared, and take it off the list.

    `restore FILE --as SESSION` brings it back, here or on another machine.
    Example: rancher-tui archive prod -o prod.session.tar.gz --encrypt
    """
    from rancher_tui.operations.moving import archive as put_away

    secret = _passphrase(passphrase, asked=encrypt, twice=True)
    target = Path(output).expanduser().absolute() if output else None
    began = datetime.now(UTC)
    file = _moved(lambda: put_away(context.home(), session, target, secret, stay=stay))
    if as_json:
        print_json({"file": str(file), "encrypted": bool(secret), "made_at": began.isoformat(), "kept": stay})
    else:
        where = (
            _("{session} is in {file}, and stays on the list").format(session=session, file=file)
            if stay
            else _("{session} is in {file} and no longer on the list").format(session=session, file=file)
        )
        say(where)
        say(_("`rancher-tui restore {file} --as NAME` brings it back").format(file=file))
    return OK
