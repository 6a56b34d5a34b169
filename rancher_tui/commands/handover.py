"""Commands that hand an install over: report, bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName
from rancher_tui.commands.output import BAD, OK, CallError, note, print_json, say, table
from rancher_tui.i18n import _, msg, use_language
from rancher_tui.text import clean, clean_block


def report(
    session: SessionName,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE.md|.html", help="File to write; else Markdown here."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Write the report of an install for a change ticket: entered, proven, run, decided, by whom and when.

    An existing FILE is kept under a dated name. Example: rancher-tui report prod -o prod.html
    """
    from rancher_tui.files import keep_existing, sha256, write_atomic
    from rancher_tui.operations.handover import written

    if as_json:
        use_language("en")
    held, state = context.look_on(session)
    if output is None or output == "-":
        text = written(held, state, "md")
        if as_json:
            print_json({"file": None, "format": "md", "text": text})
        else:
            sys.stdout.write(text)
        return OK
    path = Path(output).expanduser()
    kinds = {".md": "md", ".html": "html", ".htm": "html"}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise CallError(msg("{path}: a name that ends in .md or .html was expected", path=output))
    try:
        kept = keep_existing(path)
        write_atomic(path, written(held, state, kind).encode())
    except OSError as error:
        raise CallError(
            msg("{path} cannot be written: {error}", path=output, error=error.strerror or str(error))
        ) from error
    held.journal("report", file=str(path.absolute()))
    if as_json:
        print_json(
            {"file": str(path), "format": kind, "sha256": sha256(path), "kept": str(kept) if kept else None}
        )
        return OK
    say(clean(_("{path} is written").format(path=path)))
    if kept:
        say(clean(_("the one before is {path}").format(path=kept)))
    return OK


def bundle(
    session: SessionName,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="File to write; else SESSION-bundle-TIME.tar.gz."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only list what would be in it.")] = False,
    shown: Annotated[
        str | None, typer.Option("--show", metavar="NAME", help="Only show this file as it would be in it.")
    ] = None,
    as_json: Json = False,
) -> int:
    """One file with what someone else needs to help: state, findings, log, versions; secrets taken out.

    What is in it is listed first; at a terminal you are asked before it is written.
    Example: rancher-tui bundle prod -o prod.tar.gz
    """
    from rancher_tui.files import keep_existing, sha256, timestamp
    from rancher_tui.operations.bundling import collect, write

    held, state = context.look_on(session)
    items = collect(held, state)
    if shown is not None:
        item = next((item for item in items if item.name == shown), None)
        if item is None:
            raise CallError(msg("{name} is not in the bundle; --list names what is", name=shown))
        sys.stdout.write(clean_block(item.text, limit=max(1, len(item.text) * 12)) + "\n")
        return OK
    contents = [{"name": item.name, "size": item.size, "removed": dict(item.removed)} for item in items]
    if not as_json:
        rows = [
            [
                item.name,
                str(item.size),
                ", ".join(f"{number} {kind}" for kind, number in sorted(item.removed.items())) or "-",
            ]
            for item in items
        ]
        for line in table(rows, [_("file"), _("bytes"), _("taken out")]):
            say(line)
    if listed:
        if as_json:
            print_json({"file": None, "contents": contents})
        return OK
    path = Path(output).expanduser() if output else Path(f"{session}-bundle-{timestamp()}.tar.gz")
    if not as_json and sys.stdin.isatty() and sys.stdout.isatty() and not _agreed(path):
        note(_("nothing was written"))
        return BAD
    try:
        kept = keep_existing(path)
        write(held, items, path)
    except OSError as error:
        raise CallError(
            msg("{path} cannot be written: {error}", path=str(path), error=error.strerror or str(error))
        ) from error
    if as_json:
        print_json(
            {
                "file": str(path),
                "sha256": sha256(path),
                "contents": contents,
                "kept": str(kept) if kept else None,
            }
        )
    else:
        say(clean(_("{path} is written").format(path=path)))
    return OK


def _agreed(path: Path) -> bool:
    answer = input(clean(_("Write {path}? [y/N] ").format(path=path)) + " ")
    return answer.strip().lower() in ("y", "yes", _("yes"))
