"""HAProxy's conditions: whether one holds for an ordinary request, its ACLs followed to what they ask.

What asks for something particular (a path, a source) counts as not holding for the ordinary request; a host does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rancher_tui.balancer.haproxy_read import Line, Section

_HOSTS = (
    "hdr(host)",
    "hdr_dom(host)",
    "req.hdr(host)",
    "hdr_beg(host)",
    "hdr_end(host)",
    "hdr_reg(host)",
    "ssl_fc_sni",
)


@dataclass(frozen=True, slots=True)
class Request:
    """An ordinary request: by TLS or not, and the ports at which it can arrive."""

    tls: bool
    ports: Collection[str]


def condition(line: Line) -> tuple[str, ...]:
    """The words from `if` or `unless` on; empty where a line has no condition."""
    for index, word in enumerate(line.words):
        if index and word in ("if", "unless"):
            return line.words[index:]
    return ()


def holds(line: Line, section: Section, request: Request) -> bool:
    """Whether a line applies to the request."""
    words = condition(line)
    if not words:
        return True
    found = _any(list(words[1:]), section, request)
    return found if words[0] == "if" else not found


def told(line: Line, section: Section) -> str:
    """A condition as text, with what its ACLs ask."""
    names = acls(section)
    return " ".join(
        word
        if word.lstrip("!") not in names
        else f"{word} {' '.join(' '.join(ask) for ask in names[word.lstrip('!')])}"
        for word in condition(line)
    )


def acls(section: Section) -> dict[str, list[tuple[str, ...]]]:
    """What the ACLs of a section ask; several lines of one name are alternatives."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for part in (section.defaults, section):
        for line in part.own("acl") if part else ():
            if len(line.words) > 2:
                found.setdefault(line.words[1], []).append(line.words[2:])
    return found


def _any(words: list[str], section: Section, request: Request) -> bool:
    """Alternatives joined by `or`; each is a row of terms that all have to hold."""
    rows: list[list[tuple[bool, tuple[str, ...]]]] = [[]]
    negated = False
    while words:
        word = words.pop(0)
        if word in ("or", "||"):
            rows.append([])
            continue
        while word.startswith("!"):
            negated, word = not negated, word[1:]
        if not word:
            continue
        inside: tuple[str, ...] = (word,)
        if word == "{":
            end = words.index("}") if "}" in words else len(words)
            inside, words = tuple(words[:end]), words[end + 1 :]
        rows[-1].append((negated, inside))
        negated = False
    return any(all(_term(term, section, request) != negated for negated, term in row) for row in rows)


def _term(words: tuple[str, ...], section: Section, request: Request) -> bool:
    named = acls(section).get(words[0]) if len(words) == 1 else None
    if named is not None:
        return any(_asked(ask, request) for ask in named)
    return _asked(words, request)


def _asked(words: tuple[str, ...], request: Request) -> bool:
    if not words:
        return False
    fetch, *converters = words[0].split(",")
    found = {
        "ssl_fc": request.tls,
        "always_true": True,
        "TRUE": True,
        "HTTP": True,
        "dst_port": any(word in request.ports for word in words[1:]),
    }.get(fetch, fetch.lower().startswith(_HOSTS))
    if fetch == "ssl_fc" and words[1:] in (("0",), ("-m", "bool", "false"), ("false",)):
        found = not found
    return not found if "not" in converters else found
