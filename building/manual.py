"""The manual page, made from the commands, in mdoc-free roff that man and mandoc both read."""

from __future__ import annotations

from building.commands import Command, Option
from rancher_tui import __version__

DATE = "2026-11-23"

_EXIT = (
    ("0", "all findings pass or warn (with --strict: only pass)"),
    ("1", "an unexpected error; its text says where the details are"),
    ("2", "the call is unusable: wrong arguments, an unreadable file, an unknown or held session"),
    ("3", "at least one finding is fail or unknown"),
    ("4", "with --strict: warnings, nothing worse"),
    ("130", "interrupted; a run that was followed goes on"),
)
_ENVIRONMENT = (
    ("RANCHER_TUI_HOME", "folder of all sessions; else rancher-tui in the XDG state folder"),
    ("XDG_STATE_HOME, XDG_CONFIG_HOME", "where sessions and settings lie, as the XDG base folders say"),
    ("NO_COLOR", "no colours"),
    ("LC_ALL, LC_MESSAGES, LANG, LANGUAGE", "the language: English or Simplified Chinese"),
    ("SSH_CONNECTION", "set in an SSH session: a growing log is drawn less often"),
)
_FILES = (
    ("~/.config/rancher-tui/settings.toml", "settings and keys; rancher-tui keys --write-settings writes one"),
    ("~/.local/state/rancher-tui/sessions/NAME", "a session: state, secrets, reports, journal, runs, backups"),
)


def page(commands: list[Command]) -> str:
    """rancher-tui(1)."""
    root, *rest = commands
    parts = [
        f'.TH RANCHER\\-TUI 1 "{DATE}" "rancher-tui {__version__}" "User Commands"',
        ".SH NAME\nrancher\\-tui \\- install Rancher HA with RKE behind a layer\\-7 load balancer",
        ".SH SYNOPSIS\n.B rancher\\-tui\n[\\fIOPTION\\fR ...] [\\fISESSION\\fR]\n.br\n.B rancher\\-tui\n"
        "[\\fIOPTION\\fR ...] \\fICOMMAND\\fR [\\fIARGUMENT\\fR ...]",
        ".SH DESCRIPTION\n"
        + _roff(
            "Without a command the screens open, on SESSION or where the operator left off. "
            "Whatever a screen can do, a command can do."
        ),
        ".SH OPTIONS\n" + "\n".join(map(_option, root.options)),
        ".SH COMMANDS\n" + "\n".join(map(_command, rest)),
        ".SH EXIT STATUS\n" + _list(_EXIT),
        ".SH ENVIRONMENT\n" + _list(_ENVIRONMENT),
        ".SH FILES\n" + _list(_FILES),
    ]
    return "\n".join(parts) + "\n"


def _command(command: Command) -> str:
    arguments = " ".join(
        f"{'' if item.required else '['}\\fI{_roff(item.name)}\\fR{'' if item.required else ']'}"
        f"{' ...' if item.many else ''}"
        for item in command.arguments
    )
    options = "\n".join(map(_option, command.options))
    return (
        f".SS {_roff(command.name)} {arguments}\n{_roff(command.help)}\n{options}\n"
        f".PP\nExample:\n.RS 4\n.nf\n{_roff(command.example)}\n.fi\n.RE"
    )


def _option(option: Option) -> str:
    names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in option.names)
    value = f" \\fI{_roff(option.value)}\\fR" if option.value else ""
    return f".TP\n{names}{value}\n{_roff(option.help or option.value)}"


def _list(rows: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f".TP\n.B {_roff(name)}\n{_roff(text)}" for name, text in rows)


def _roff(text: str) -> str:
    """Text in which roff reads nothing as a request, an escape or a hyphenation."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    lines = [f"\\&{line}" if line.startswith(".") else line for line in plain.split("\n")]
    return "\n".join(line if line else ".PP" for line in lines)
