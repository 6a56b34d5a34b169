"""An answer as BIND 9.18's `nslookup` prints it: the form that the install guide shows. Pure.

`nslookup` asks for A, then for AAAA of the name that the aliases end at.
"""

from __future__ import annotations

from rancher_tui.dns.answer import Answer, Outcome
from rancher_tui.dns.look import Seen

_TRIES = 3


def nslookup(name: str, seen: Seen) -> str:
    """What `nslookup NAME SERVER` would print; `name` without its last dot."""
    answers = [seen.answers[version] for version in sorted(seen.answers)]
    first = answers[0]
    if first.rcode in ("timeout", "unreachable"):
        return _silent(seen, first)
    lines = [";; Truncated, retrying in TCP mode."] if first.truncated else []
    if first.rcode not in ("NOERROR", "NXDOMAIN", "REFUSED"):
        lines.append(f";; Got {first.rcode} reply from {seen.server}")
    lines += [f"Server:\t\t{seen.server}", f"Address:\t{seen.server}#{seen.port}", ""]
    if first.rcode != "NOERROR" and first.own_hops is None:
        return "\n".join([*lines, f"** server can't find {name}: {first.rcode}", "", ""])
    return "\n".join([*lines, *_told(name, answers), "", ""])


def _silent(seen: Seen, answer: Answer) -> str:
    words = "timed out" if answer.rcode == "timeout" else "connection refused"
    line = f";; communications error to {seen.server}#{seen.port}: {words}"
    return "\n".join([*[line] * _TRIES, ";; no servers could be reached", "", ""])


def _told(name: str, answers: list[Answer]) -> list[str]:
    """The A question's answer, then that to AAAA of the name at its end; nothing of what was asked further."""
    first = answers[0]
    own = len(first.chain) if first.own_hops is None else first.own_hops
    lines = _aliases(name, first, 0, own)
    if first.own_hops is None:
        lines += _addresses(name, first)
    empty = not lines
    end = first.chain[own - 1] if own else name
    if first.outcome is Outcome.ELSEWHERE and first.followed:
        lines.append(f"** server can't find {end}: {first.followed}")
    else:
        for further in answers[1:]:
            lines += _aliases(end, further, own, len(further.chain)) + _addresses(end, further)
            if further.rcode not in ("NOERROR", "timeout", "unreachable"):
                lines.append(f"** server can't find {end}: {further.rcode}")
    if empty and not lines:
        lines = [f"*** Can't find {name}: No answer"]
    return lines if first.authoritative else ["Non-authoritative answer:", *lines]


def _aliases(name: str, answer: Answer, begin: int, end: int) -> list[str]:
    """The CNAMEs from the `begin`-th to before the `end`-th, each after the DNAME that makes it."""
    lines: list[str] = []
    dnames = list(answer.dnames)
    for number, target in list(enumerate(answer.chain))[begin:end]:
        owner = answer.owners[number] if number < len(answer.owners) else name
        for made in [pair for pair in dnames if owner.lower().endswith(f".{pair[0].lower()}")]:
            dnames.remove(made)
            lines.append(f"{made[0]}\tdname = {_absolute(made[1])}")
        lines.append(f"{owner}\tcanonical name = {_absolute(target)}")
    return lines


def _addresses(name: str, answer: Answer) -> list[str]:
    owner = answer.owners[-1] if answer.owners else name
    return [line for address in answer.addresses for line in (f"Name:\t{owner}", f"Address: {address}")]


def _absolute(name: str) -> str:
    return name if name == "." else f"{name}."
