"""The commands as plain data: what manuals and completions are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rancher_tui.commands import program, schemas, usage
from rancher_tui.install.steps import STEPS
from rancher_tui.lab.faults import FAULTS
from rancher_tui.settings import CHOICES

SESSIONS: Final = "sessions"
FILES: Final = "files"


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its spellings, what its value is called (empty for a switch), its help, its possible values."""

    names: tuple[str, ...]
    value: str
    help: str
    many: bool
    values: tuple[str, ...] | str


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: what it is called, its help, whether it must be there and may stand several times."""

    name: str
    help: str
    required: bool
    many: bool
    values: tuple[str, ...] | str


@dataclass(frozen=True, slots=True)
class Command:
    """A command; the program itself has the name ``."""

    name: str
    help: str
    example: str
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]

    @property
    def summary(self) -> str:
        """The first sentence, without its end."""
        return self.help.replace("\n", " ").split(". ")[0].removesuffix(".")


def every() -> list[Command]:
    """All commands by name, the program itself first."""
    return [_command(name, command) for name, command in sorted(program.commands().items())]


def _command(name: str, command: Any) -> Command:
    text, example = usage.split_help(command)
    return Command(
        name,
        text.strip(),
        example.strip(),
        tuple(_argument(item) for item in command.params if not item.opts[0].startswith("-")),
        tuple(_option(item) for item in command.params if item.opts[0].startswith("-")),
    )


def _argument(item: Any) -> Argument:
    name = item.metavar or item.name.upper()
    return Argument(name, item.help or "", item.required, item.nargs != 1 or item.multiple, _values(name))


def _option(item: Any) -> Option:
    if item.is_flag:
        return Option(tuple(item.opts), "", item.help or "", item.multiple, ())
    name = item.metavar or item.name.upper()
    return Option(tuple(item.opts), name, item.help or "", item.multiple, _values(item.opts[-1]) or _values(name))


_BY_NAME: Final[dict[str, tuple[str, ...] | str]] = {
    "SESSION": SESSIONS,
    "STEP": tuple(step.slug for step in STEPS),
    "KIND": ("nginx", "haproxy", "alb", "traefik", "caddy", "envoy"),
    "SHELL": ("bash", "zsh", "fish"),
    "--language": CHOICES["language"],
    "--theme": CHOICES["theme"],
    "--fault": tuple(FAULTS),
    "--session": SESSIONS,
}


def _values(name: str) -> tuple[str, ...] | str:
    """What may stand there: words, sessions, files, or nothing that is known."""
    if name == "COMMAND":
        return tuple(schemas.names())
    found = _BY_NAME.get(name)
    if found is not None:
        return found
    words = set(name.replace("|", " ").replace("[", " ").split())
    return FILES if words & {"FILE", "DIR", "CHAIN", "CLUSTER_FILE", "LOG_FILE", "OUT", "BACKUP", "PATH"} else ()
