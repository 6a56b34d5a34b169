"""An HAProxy configuration read as sections and keyword lines. No judgement; `haproxy -c` knows the rest."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

SECTIONS = frozenset(
    {
        "global",
        "defaults",
        "frontend",
        "backend",
        "listen",
        "peers",
        "resolvers",
        "userlist",
        "mailers",
        "program",
        "cache",
        "http-errors",
        "ring",
        "log-forward",
        "fcgi-app",
        "crt-store",
    }
)
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "": 1e-3}


@dataclass(frozen=True, slots=True)
class Line:
    """One keyword line: its words with quotes and escapes undone, and where it stands."""

    words: tuple[str, ...]
    place: str

    def begins(self, *words: str) -> bool:
        """True where the line's first words are these."""
        return self.words[: len(words)] == words

    def after(self, word: str) -> str:
        """The word behind `word`; empty where there is none."""
        for index, found in enumerate(self.words[:-1]):
            if found == word:
                return self.words[index + 1]
        return ""


@dataclass(slots=True)
class Section:
    """A section: kind, name, its lines, and the `defaults` section that applies to it."""

    kind: str
    name: str
    place: str
    defaults: Section | None = None
    lines: list[Line] = field(default_factory=list)

    def own(self, *words: str) -> Iterator[Line]:
        """The section's own lines that begin so."""
        return (line for line in self.lines if line.begins(*words))

    def one(self, *words: str) -> Line | None:
        """The line that counts: the section's last one, else that of its defaults."""
        mine = list(self.own(*words))
        if mine:
            return mine[-1]
        return self.defaults.one(*words) if self.defaults else None

    def all(self, *words: str) -> Iterator[Line]:
        """The section's own lines that begin so, else those of its defaults."""
        mine = list(self.own(*words))
        return iter(mine) if mine or self.defaults is None else self.defaults.all(*words)

    def option(self, name: str) -> Line | None:
        """The line that switches an option on here; None where it is off (`no option` wins over the defaults)."""
        for line in reversed(self.lines):
            if line.begins("no", "option", name):
                return None
            if line.begins("option", name):
                return line
        return self.defaults.option(name) if self.defaults else None

    @property
    def mode(self) -> str:
        """`http` or `tcp`, HAProxy's own default."""
        line = self.one("mode")
        return line.words[1] if line and len(line.words) > 1 else "tcp"


def read(text: str, file: str) -> list[Section]:
    """The sections of a configuration in order. A line that no quotes close is taken as it stands."""
    sections: list[Section] = []
    named: dict[str, Section] = {}
    latest: Section | None = None
    for number, raw in _logical_lines(text):
        words = _words(raw)
        if not words or words[0].startswith("."):
            continue
        place = f"{file}:{number}"
        if words[0] in SECTIONS:
            name = words[1] if len(words) > 1 else ""
            base = named.get(words[words.index("from") + 1]) if "from" in words[:-1] else latest
            section = Section(
                words[0], name, place, base if words[0] in ("frontend", "backend", "listen") else None
            )
            if words[0] == "defaults":
                section.defaults = named.get(words[-1]) if "from" in words else None
                latest = named[name] = section
            sections.append(section)
        elif sections:
            sections[-1].lines.append(Line(words, place))
    return sections


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with the continued ones joined, by the number of their first."""
    begun, held = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        begun = begun or number
        if line.endswith("\\") and not line.endswith("\\\\"):
            held += line[:-1]
            continue
        yield begun, held + line
        begun, held = 0, ""
    if held:
        yield begun, held


def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError:
        return tuple(line.partition("#")[0].split())


def seconds(text: str) -> float | None:
    """An HAProxy time in seconds (milliseconds where it has no unit); None where it is none."""
    parts = re.fullmatch(r"(\d+)(us|ms|s|m|h|d|)", text)
    return int(parts.group(1)) * _UNITS[parts.group(2)] if parts else None


def binds(section: Section) -> tuple[list[Line], list[Line]]:
    """The bind lines with TLS and those without."""
    lines = list(section.own("bind"))
    return [line for line in lines if "ssl" in line.words], [line for line in lines if "ssl" not in line.words]


def ports(lines: list[Line]) -> set[str]:
    """The ports of bind lines."""
    return {
        address.rpartition(":")[2]
        for line in lines
        for address in (line.words[1].split(",") if len(line.words) > 1 else [])
    }
