"""One node's case: all that judges look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.state import Node
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.gather import TIMED_OUT, Gathered
from rancher_tui.nodes.ladder import os_words
from rancher_tui.nodes.read import limits


@dataclass(frozen=True, slots=True)
class Case:
    """The node as typed, what was gathered on it, what is expected, and the way we came: the server's banner,
    the key file's permissions (None for an agent or inline key), the address reached (empty through a bastion)."""

    node: Node
    gathered: Gathered
    expected: Expected
    scribe: Scribe
    banner: str = ""
    key_mode: int | None = None
    key_path: str = ""
    peer: str = ""

    @property
    def red_hat(self) -> bool:
        """True for the RHEL family."""
        return bool(os_words(self.gathered) & set(limits()["red_hat_family"]))

    @property
    def user(self) -> str:
        """Who we are over there."""
        return (self.gathered.text("user") or "").strip()

    @property
    def administrator(self) -> bool:
        """True when this user could see what only root may see."""
        return bool(set((self.gathered.text("groups") or "").split()) & {"root", "sudo", "wheel", "admin"})

    def good(self, code: str, check_id: str, title: Message, **evidence: Any) -> Finding:
        """A pass."""
        return self.scribe.good(code, check_id, title, **evidence)

    def grade(
        self,
        status: Status,
        code: str,
        check_id: str,
        title: Message,
        remedy: Message = EMPTY,
        detail: Message = EMPTY,
        **evidence: Any,
    ) -> Finding:
        """A finding of the given status."""
        return self.scribe.write(status, code, check_id, title, remedy, detail, **evidence)

    def unseen(self, code: str, check_id: str, title: Message, fact: str) -> Finding:
        """What could not be observed, with what the program said instead."""
        said = self.gathered.get(fact)
        if said is None and self.gathered.complete:
            why = msg("there is no program there that tells it")
        elif said is None:
            why = msg("the script ended before it got there")
        elif said.missing:
            why = msg("the program for it is not installed there")
        elif said.status == TIMED_OUT:
            why = msg("it did not answer in time")
        else:
            why = msg("{said}", said=said.shown.splitlines()[0] if said.shown else "-")
        evidence = {"fact": fact, **({"said": said.shown, "exit_status": said.status} if said else {})}
        return self.scribe.unseen(
            code, check_id, title, msg("look there yourself, or install what is missing"), why, **evidence
        )
