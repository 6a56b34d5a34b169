"""The command `completion`: a script for the operator's shell, made when the program was built."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from assets import FOLDER
from rancher_tui.commands.output import OK, say


class Shell(StrEnum):
    """The shells that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> int:
    """Print the completion script of a shell. It completes without starting rancher-tui.

    Example: rancher-tui completion bash > ~/.local/share/bash-completion/completions/rancher-tui
    """
    say((FOLDER / "completion" / f"rancher-tui.{shell.value}").read_text("utf-8").rstrip("\n"))
    return OK
