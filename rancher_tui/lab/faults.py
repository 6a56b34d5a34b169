"""What can be made to go wrong in the lab: names, and where a rehearsal must notice it.

A fault is behaviour of the lab's servers only. They read its name from the lab's settings; nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rancher_tui.i18n import Message, msg


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, what it does in words, and the first bad step and code that it must lead to."""

    name: str
    does: Message
    step: int
    code: str


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("host-unreachable", msg("SSH of one host refuses connections"), 1, "tcp-refused"),
        Fault("wrong-key", msg("one host does not take the operator's key"), 1, "login-refused"),
        Fault("no-docker-access", msg("on one host the user is not in group docker"), 1, "docker-permission"),
        Fault("name-elsewhere", msg("the FQDN resolves to another address"), 3, "wrong-address"),
        Fault("addon-job-fails", msg("the job that deploys Rancher never completes"), 11, "addon-job"),
        Fault("host-dropped", msg("one host drops out while RKE runs"), 11, "all-hosts"),
        Fault("image-pull-stalls", msg("an image pull on one host never ends"), 11, "stalled"),
        Fault("rancher-silent", msg("Rancher is deployed but never answers"), 11, "ping"),
    )
}


class UnknownFaultError(ValueError):
    """A fault was named that the lab does not know; `str()` says which, and which there are."""


def check_names(names: Iterable[str]) -> tuple[str, ...]:
    """`names` without repetition; UnknownFaultError for one that is not in `FAULTS`."""
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in FAULTS:
            raise UnknownFaultError(f"unknown fault: {name} (known: {', '.join(FAULTS)})")
    return chosen
