"""The command line as a whole: which functions are commands, and what their errors become."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import typer.main

from rancher_tui.commands import context, usage
from rancher_tui.commands.output import INTERRUPTED, UNEXPECTED, UNUSABLE, CallError, note
from rancher_tui.i18n import N_, _
from rancher_tui.settings import CHOICES
from rancher_tui.text import clean

PIPE_CLOSED: Final = 128 + 13
"""What a shell says of a program that SIGPIPE ended: the reader left before the end."""
HELP = """Install Rancher HA with RKE behind a layer-7 load balancer, step by proven step.

Without a command the screens open: on SESSION, or where you left off. What a screen can do, a command can do."""

program = typer.Typer(
    name="rancher-tui",
    help=HELP,
    no_args_is_help=False,
    add_completion=False,
    cls=usage.OwnGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


Language = Enum("Language", {name: name for name in CHOICES["language"]})  # type: ignore[misc]
Theme = Enum("Theme", {name: name for name in CHOICES["theme"]})  # type: ignore[misc]


@program.callback()
def _root(
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Folder of all sessions.")] = None,
    language: Annotated[Language | None, typer.Option("--language", help="Language of all texts.")] = None,
    theme: Annotated[Theme | None, typer.Option("--theme", help="Light on dark, or dark on light.")] = None,
    _ascii: Annotated[bool, typer.Option("--ascii", help="Draw with ASCII signs only.")] = False,
    _slow: Annotated[bool, typer.Option("--slow", help="Draw less often, for slow links.")] = False,
    _plain: Annotated[bool, typer.Option("--plain", help="No colours, no rules: for screen readers.")] = False,
    _version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    context.use_home(home)


def _to_its_end(command: Callable[[], int]) -> int:
    """A command's exit code; where its reader has left before the end, no word about that."""
    code = PIPE_CLOSED
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _command(name: str, function: Callable[..., int], **settings: Any) -> None:
    """Register a function that returns its exit code."""

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> None:
        raise typer.Exit(_to_its_end(lambda: function(*arguments, **options)))

    program.command(name, cls=usage.OwnCommand, help=_help(function.__doc__ or ""), **settings)(call)


def _help(docstring: str) -> str:
    """A command's help: the example in a paragraph of its own that is not wrapped."""
    text, _found, example = inspect.cleandoc(docstring).partition("Example: ")
    return f"{text.rstrip()}{usage.EXAMPLE}{example}"


def commands() -> dict[str, Any]:
    """Every command by its name; under the empty name the program itself."""
    if not program.registered_commands:
        _register()
    root = typer.main.get_command(program)
    found: dict[str, Any] = getattr(root, "commands", {})
    return {"": root, **found}


def _register() -> None:
    from rancher_tui.commands import (
        balancers,
        certificates,
        checking,
        cluster,
        completing,
        files,
        handover,
        hosts,
        keeping,
        lab,
        logs,
        look_up,
        rke,
        runs,
        schemas,
        sessions,
        trusting,
        whys,
    )

    groups: dict[str, tuple[Callable[..., int], ...]] = {
        N_("Sessions"): (
            *(lab.lab, sessions.sessions, sessions.new, rke.adopt, keeping.copy, keeping.rename),
            *(sessions.take_over, keeping.archive, sessions.delete),
        ),
        N_("What is entered"): (
            *(sessions.show, sessions.set_, sessions.undo, sessions.redo, files.nodes, cluster.defaults),
        ),
        N_("Hosts"): (hosts.preflight, trusting.trust, hosts.ports, hosts.cleanup),
        N_("Load balancer and names"): (
            *(balancers.balancer, balancers.balancer_lint, balancers.rehearse, balancers.probe, look_up.dns),
        ),
        N_("Certificates and versions"): (
            *(certificates.cert, certificates.cert_make, certificates.cert_replace),
            *(cluster.versions, cluster.images, rke.rke),
        ),
        N_("Cluster file"): (cluster.lint, cluster.diff, cluster.export),
        N_("Steps proven"): (checking.check, whys.why),
        N_("Runs"): (
            *(runs.plan, runs.up, runs.attach, runs.status, runs.stop, runs.verdict, runs.shell, runs.remove),
            *(logs.log, logs.explain),
        ),
        N_("Copies and reports"): (keeping.backup, keeping.restore, handover.report, handover.bundle),
        N_("The program itself"): (files.keys, schemas.schema, completing.completion),
    }
    handed_on = {"allow_extra_args": True, "ignore_unknown_options": False}
    for group, functions in groups.items():
        for function in functions:
            settings = {"context_settings": handed_on} if function in (runs.up, runs.remove) else {}
            name = function.__name__.rstrip("_").replace("_", "-")
            _command(name, function, rich_help_panel=group, **settings)


def run(argv: list[str]) -> int:
    """Run one command; every error becomes a text for a person and an exit code."""
    try:
        code = usage.in_own_words(commands()[""])(args=argv, standalone_mode=False, prog_name="rancher-tui")
    except typer.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        note(_("interrupted"))
        return INTERRUPTED
    except CallError as error:
        note(clean(str(error.message)))
        return UNUSABLE
    except SystemExit:
        return PIPE_CLOSED
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "ctx"):
            note(usage.told(error))
            return UNUSABLE
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """An error that should not be: its text, and where the details are."""
    from rancher_tui.files import make_folder, timestamp, write_atomic

    details = "".join(traceback.format_exception(error))
    try:
        path = make_folder(context.home().path / "crashes") / f"{timestamp()}.{os.getpid()}.txt"
        write_atomic(path, details.encode("utf-8", "replace"))
        place = str(path)
    except OSError:
        note(details)
        place = _("above")
    note(
        _("unexpected error: {error}\ndetails: {place}").format(
            error=clean(str(error)) or type(error).__name__, place=place
        )
    )
    return UNEXPECTED
