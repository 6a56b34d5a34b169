"""Help and wrong calls in the operator's language: what the command-line library says itself included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import typer.core

from rancher_tui.i18n import N_, _, language
from rancher_tui.text import clean

EXAMPLE: Final = "\n\n\b\nExample: "
"""What stands between a command's help and its example, which is not wrapped."""

HEADINGS: Final = (
    *(N_("Options"), N_("Commands"), N_("Arguments"), N_("required"), N_("default: {default}")),
    *(N_("Missing command."), N_("No such command {name!r}.")),
)
"""Texts of the command-line library that it takes from its own catalogue."""


class _OwnWords:
    """What a command and the program itself have in common."""

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_("Usage: "))

    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        formatter.write_heading = partial(_write_heading, formatter)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self: Any, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


def _write_heading(formatter: Any, heading: str) -> None:
    """A heading with the colon of the operator's language."""
    formatter.write(" " * formatter.current_indent + _("{heading}:").format(heading=heading) + "\n")


class OwnCommand(_OwnWords, typer.core.TyperCommand):
    """A command."""


class OwnGroup(_OwnWords, typer.core.TyperGroup):
    """The program: its commands in groups (`rich_help_panel`), each told by its whole first sentence."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            group = str(getattr(command, "rich_help_panel", "") or "")
            groups.setdefault(group, []).append((name, _summary(command)))
        widest = max(map(len, self.commands))
        for group, rows in groups.items():
            with formatter.section(_(group)):
                formatter.write_dl([(name.ljust(widest), text) for name, text in rows])


def _summary(command: Any) -> str:
    """A command's first sentence, or what stands before its colon, on one line where that is possible."""
    sentence = " ".join(split_help(command)[0].split("\n\n")[0].split())
    return re.split(r"(?<=[^.])\.(?: |$)|。", sentence)[0]


def split_help(command: Any) -> tuple[str, str]:
    """A command's help and its example."""
    text, _found, example = (command.help or "").partition(EXAMPLE)
    return text, example


def help_texts(command: Any) -> Iterator[str]:
    """The texts of a command's help and of its arguments' and options', without the example."""
    yield split_help(command)[0]
    yield from (parameter.help for parameter in command.params if getattr(parameter, "help", None))


def in_own_words(root: Any) -> Any:
    """The program with every text in the operator's language."""
    every = (root, *root.commands.values())
    for argument in (each for command in every for each in command.params if each.param_type_name == "argument"):
        argument.display_type_rich = _no_type
    if language() != "en":
        vars(typer.core)["_"] = _
        for command in every:
            _translate(command)
    return root


def _no_type(ctx: Any) -> str:
    """The types of the programming language tell an operator nothing: the help says what an argument is."""
    return ""


def _translate(command: Any) -> None:
    text, example = split_help(command)
    shown = EXAMPLE.replace("Example: ", _("Example: ")) + example if example else ""
    command.help = f"{_(text)}{shown}"
    command.options_metavar = _("[OPTIONS]")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _(parameter.help)


_WRONG: Final = (
    N_("Missing argument '{name}'."),
    N_("Missing option '{name}'."),
    N_("No such option: {name}"),
    N_("No such option '{name}'."),
    N_("Option '{name}' requires an argument."),
    N_("Option '{name}' does not take a value."),
    N_("Got unexpected extra argument(s) ({name})"),
    N_("Invalid value for '{name}': {reason}"),
)
"""What the library says of a wrong call."""


def told(error: Any) -> str:
    """A wrong call in words: usage, where the help is, what is wrong."""
    lines = []
    if error.ctx is not None:
        more = _("`{command} --help` tells more").format(command=error.ctx.command_path)
        lines = [error.ctx.get_usage(), more, ""]
    return "\n".join([*lines, _("Error: {problem}").format(problem=clean(_problem(error.format_message())))])


def _problem(text: str) -> str:
    for template in _WRONG:
        pattern = re.escape(template).replace(r"\{name\}", "(?P<name>.+?)")
        if match := re.fullmatch(pattern.replace(r"\{reason\}", "(?P<reason>.+)"), text, re.DOTALL):
            return _(template).format(**match.groupdict())
    return text
