"""What all pasted forms come to: rows of fields with the line they stood on, and what was left out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import ROLES

LARGEST_LINE = 4000
MOST_ROWS = 10_000
MOST_PROBLEMS = 100
_HOST = re.compile(r"[^\W_][\w.-]*|<[\w.-]+>|\$?\{\{?[\w.-]+\}\}?")


@dataclass(frozen=True, slots=True)
class Problem:
    """A line (from 1; 0: the text as a whole) of which something was not taken, and what."""

    line: int
    text: Message

    def told(self) -> Message:
        """The text behind its line's number; of the text as a whole it stands alone."""
        return msg("line {line}: {text}", line=self.line, text=self.text) if self.line else self.text


@dataclass(slots=True)
class Rows:
    """Collected rows: `fields` of a node as text (roles, labels, taints as tuples). Bounded in both directions."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """True when no more rows are taken."""
        return len(self.rows) >= MOST_ROWS

    def add(self, line: int, fields: Mapping[str, Any]) -> None:
        """A host; one that stands there already, by address and port, is left out."""
        kept = {name: value for name, value in fields.items() if value not in ("", ())}
        place = (str(kept.get("address", "")).lower(), str(kept.get("port", "")))
        if not place[0]:
            self.problem(line, msg("no address"))
        elif place in self._seen:
            self.problem(
                line, msg("{address} stands in line {first} already", address=place[0], first=self._seen[place])
            )
        elif self.full:
            self.problem(0, msg("only the first {number} hosts were taken", number=MOST_ROWS))
        else:
            self._seen[place] = line
            self.rows.append((line, kept))

    def problem(self, line: int, text: Message) -> None:
        """Note what was left out; of very many only the first are kept."""
        if len(self.problems) < MOST_PROBLEMS and Problem(line, text) not in self.problems[-1:]:
            self.problems.append(Problem(line, text))


def is_ip(word: str) -> bool:
    """True for an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return False
    return True


def looks_like_host(word: str) -> bool:
    """True for an address, a name, or a placeholder for one."""
    return is_ip(word) or (len(word) <= 253 and _HOST.fullmatch(word) is not None)


def split_target(word: str) -> dict[str, str] | None:
    """The parts of `[ssh://][user@]host[:port]` (IPv6 in brackets, or bare); None when it is none."""
    rest = word.removeprefix("ssh://").rstrip("/")
    user, at, host = rest.rpartition("@")
    port = ""
    if host.startswith("["):
        host, closed, tail = host[1:].partition("]")
        if not closed or (tail and not tail.startswith(":")):
            return None
        port = tail[1:]
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if not looks_like_host(host) or (port and not (port.isascii() and port.isdigit())) or (at and not user):
        return None
    return {"address": host, "user": user, "port": port}


@cache
def words() -> dict[str, Any]:
    """The table `assets/nodes/paste.yml`."""
    import yaml

    text = (resources.files("assets") / "nodes" / "paste.yml").read_text("utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def plain(word: str) -> str:
    """A word without case, blanks, `-`, `_` and `.`: how columns, roles and groups are compared."""
    return re.sub(r"[\s_.\-]", "", word).lower()


@cache
def column_field(word: str) -> str:
    """The node's field that a table column of this name holds; empty when none."""
    key = plain(word)
    return next((name for name, aliases in words()["columns"].items() if key in aliases), "")


def named_values(words: Sequence[str]) -> tuple[dict[str, object], list[str]]:
    """The fields that `NAME=VALUE` words give (`user=ops`), and the other words; an unknown name is none."""
    fields: dict[str, object] = {}
    rest: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        known = column_field(name) if equals and value else ""
        if not known:
            rest.append(word)
        elif known == "roles":
            fields[known] = roles_of(value.replace("/", " ").replace("+", " ").split())
        else:
            fields.setdefault(known, value)
    return fields, rest


def not_taken(word: str) -> Message:
    """What is told of a word that no field was found for."""
    return msg("not taken: {text}", text=word[:80])


@cache
def usual_users() -> frozenset[str]:
    """Names that are a login's, hardly ever a host's."""
    return frozenset(words()["users"])


@cache
def role_words(word: str) -> tuple[str, ...]:
    """The roles that a word stands for, none when it is no word for roles."""
    key = plain(word)
    for role, aliases in words()["roles"].items():
        if key in aliases:
            return ROLES if role == "all" else (role,)
    return ()


def roles_of(parts: Iterable[str]) -> tuple[str, ...]:
    """Roles as RKE names them, in RKE's order; words that name no role stay as they are."""
    found: list[str] = []
    for part in parts:
        found.extend(role_words(part.strip()) or ([part.strip()] if part.strip() else []))
    known = [role for role in ROLES if role in found]
    return tuple(dict.fromkeys([*known, *found]))
