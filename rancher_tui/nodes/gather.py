"""One node's facts: a POSIX sh script run over its login, and what every program said, untouched.

One channel; the script says itself what it asks for at once and what in turn.
"""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from rancher_tui.nodes.read import limits
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login, Ran

TIMED_OUT = 137
NOT_FOUND = 127
NOT_ASKED = 77
LARGEST_EVIDENCE = 2000
LARGEST_GREETING = 256 * 1024
"""Bytes of what a login shell says by itself that are kept before the script speaks."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one program said; `status` is its exit status, None when it was cut off."""

    text: str
    status: int | None

    @property
    def good(self) -> bool:
        """True when it ended with 0."""
        return self.status == 0

    @property
    def missing(self) -> bool:
        """True when there is no such program."""
        return self.status == NOT_FOUND

    @property
    def shown(self) -> str:
        """The text short enough for evidence."""
        return self.text.strip()[:LARGEST_EVIDENCE]


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that was said, by fact; `skew` is the node's clock minus ours and its uncertainty, both in seconds."""

    said: dict[str, Said]
    complete: bool
    skew: tuple[float, float] | None = None

    def get(self, fact: str) -> Said | None:
        """What was said for `fact`, None when it was not reached."""
        return self.said.get(fact)

    def with_facts(self, texts: dict[str, str]) -> Gathered:
        """The same with facts that were learnt another way."""
        return replace(self, said={**self.said, **{fact: Said(text, 0) for fact, text in texts.items()}})

    def text(self, fact: str) -> str | None:
        """The text of a program that ended well, else None."""
        said = self.said.get(fact)
        return said.text if said and said.good else None


@cache
def _script() -> str:
    return (resources.files("assets") / "nodes/facts.sh").read_text("utf-8")


def _kernel_words() -> tuple[list[str], list[str]]:
    """The kernel modules and build options to look for."""
    table = limits()["modules"]
    return [*table["needed"], *table["wanted"]], sorted(set(table["options"].values()))


def assignments(**values: str) -> str:
    """Shell assignments, quoted so that no value can be anything else."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def parse(output: bytes, mark: str) -> dict[str, Said]:
    """The facts in a script's output; what stands outside of facts (a login's greeting) is left out."""
    facts: dict[str, Said] = {}
    open_fact: tuple[str, str] | None = None
    _greeting, *pieces = f"\n{output.decode('utf-8', 'replace')}".split(f"\n{mark} ")
    for piece in pieces:
        word, _, text = piece.partition("\n")
        if open_fact is None or not word.startswith("= "):
            open_fact = word, text
            continue
        name, said = open_fact
        facts[name] = Said(said.strip("\n"), int(word[2:]) if word[2:].isdigit() else None)
        open_fact = None
    if open_fact is not None:
        facts[open_fact[0]] = Said(open_fact[1].strip("\n"), None)
    return facts


async def gather(
    login: Login,
    socket: str,
    deadline: float,
    patience: float,
    *,
    fqdn: str,
    audit: str,
    registry: str,
    early: Callable[[Gathered], None],
) -> Gathered:
    """Run the script; SshError where the node runs nothing or the connection ends.

    `patience` is how many seconds each call to the engine may take there. `early` is called with the quick facts
    as soon as they are there, before those that take seconds.
    """
    modules, options = _kernel_words()
    mark = f"rt-{secrets.token_hex(8)}"
    given = assignments(
        MARK=mark,
        SOCKET=socket,
        PATIENCE=str(max(1, round(patience))),
        FQDN=fqdn,
        REGISTRY=registry,
        AUDIT=audit,
        MODULES="|".join(modules),
        OPTIONS="|".join(options),
    )
    told = False

    def watch(output: bytearray) -> None:
        nonlocal told
        if len(output) > LARGEST_GREETING and f"{mark} ".encode() not in output:
            del output[: -2 * len(mark)]
        if not told and f"\n{mark} quick-end\n".encode() in output:
            told = True
            early(Gathered(parse(bytes(output), mark), complete=True))

    ran = await login.run("sh -s", (given + _script()).encode(), deadline, watch=watch)
    said = parse(ran.stdout, mark)
    if not said:
        raise _no_command(ran, deadline)
    return Gathered(said, "end" in said, _skew(said.get("clock"), ran, mark))


def _no_command(ran: Ran, deadline: float) -> SshError:
    heads = {
        "stdout": ran.stdout[:LARGEST_EVIDENCE].decode("utf-8", "replace"),
        "stderr": ran.stderr[:LARGEST_EVIDENCE].decode("utf-8", "replace"),
        "exit_status": ran.exit_status,
    }
    said = "the command said nothing of its own" if ran.complete else f"nothing within {deadline:g} s"
    return SshError(Rung.COMMAND_FAILED, command="sh -s", error=said, **heads)


def _skew(clock: Said | None, ran: Ran, mark: str) -> tuple[float, float] | None:
    """The node's time when `date` ran, against the time here between sending the script and hearing of it."""
    if clock is None or not clock.good or ran.stdout.find(mark.encode()) < 0:
        return None
    heard = ran.heard(ran.stdout.find(mark.encode()))
    seconds, _, fraction = clock.text.strip().partition(".")
    if not seconds.isdigit() or heard is None:
        return None
    there = int(seconds) + (float(f"0.{fraction}") if fraction.isdigit() else 0.5)
    middle, half = (ran.sent + heard) / 2, (heard - ran.sent) / 2
    return there - middle, half + (0.0 if fraction.isdigit() else 0.5)
