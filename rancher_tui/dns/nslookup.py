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
    if first.rcode != "NOERROR":
        return "\n".join([*lines, f"** server can't find {name}: {first.rcode}", "", ""])
    return "\n".join([*lines, *_told(name, answers), "", ""])


def _silent(seen: Seen, answer: Answer) -> str:
    words = "timed out" if answer.rcode == "timeout" else "connection refused"
    line = f";; communications error to {seen.server}#{seen.port}: {words}"
    return "\n".join([*[line] * _TRIES, ";; no servers could be reached", "", ""])


def _told(name: str, answers: list[Answer]) -> list[str]:
    first = answers[0]
    lines = _records(name, first, aliases=True)
    if lines and not first.authoritative:
        lines.insert(0, "Non-authoritative answer:")
    end = first.chain[-1] if first.chain else name
    if first.outcome is Outcome.ELSEWHERE and first.followed:
        return [*lines, f"** server can't find {end}: {first.followed}"]
    for further in answers[1:]:
        added = _records(end, further, aliases=not first.chain)
        if added and not lines and not further.authoritative:
            lines.append("Non-authoritative answer:")
        lines += added
        if further.rcode not in ("NOERROR", "timeout", "unreachable"):
            lines.append(f"** server can't find {end}: {further.rcode}")
    return lines or [f"*** Can't find {name}: No answer"]


def _records(name: str, answer: Answer, *, aliases: bool) -> list[str]:
    lines = []
    owner = name
    if aliases:
        for target in answer.chain:
            lines.append(f"{owner}\tcanonical name = {target}.")
            owner = target
    for address in answer.addresses:
        lines += [f"Name:\t{owner}", f"Address: {address}"]
    return lines
