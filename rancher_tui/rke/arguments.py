"""Arguments that an operator hands on to rke: global ones go before the verb, `--config` is ours."""

from __future__ import annotations

from collections.abc import Sequence

from rancher_tui.i18n import Message, msg

GLOBAL = frozenset({"--debug", "-d", "--trace"})
_REFUSED = {
    "--config": msg("--config is not taken: rke runs on the session's own cluster file"),
    "--quiet": msg("--quiet is not taken: it leaves no log by which the run could be judged"),
    "-q": msg("-q is not taken: it leaves no log by which the run could be judged"),
    "--dind": msg("--dind is not taken: it builds a cluster in containers on this machine, not on the nodes"),
    "--local": msg("--local is not taken: it installs on this machine, not on the nodes"),
    "--init": msg("--init is not taken: it only writes a state file and ends without an end line"),
}


class ArgumentError(Exception):
    """An argument that rke does not get from us, with the reason for a person."""

    def __init__(self, argument: str, message: Message) -> None:
        super().__init__(message.english)
        self.argument = argument
        self.message = message


def command(binary: str, verb: str, config: str, arguments: Sequence[str] = ()) -> list[str]:
    """The whole command line; ArgumentError names what is refused.

    Single and double hyphens mean the same to rke's flag parser (Go's), and `=` may join a value.
    """
    before: list[str] = []
    after: list[str] = []
    for argument in arguments:
        name = argument.partition("=")[0]
        plain = f"--{name.lstrip('-')}" if name.startswith("-") and len(name.lstrip("-")) > 1 else name
        if plain in _REFUSED:
            raise ArgumentError(argument, _REFUSED[plain])
        (before if plain in GLOBAL else after).append(argument)
    return [binary, *before, verb, "--config", config, *after]
