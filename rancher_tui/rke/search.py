"""Search and filters over a whole log: by text or regular expression, level, host, phase."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rancher_tui.rke.lines import LogLine, parse_line
from rancher_tui.rke.log import LogFile

_CHUNK = 4 << 20
_OVERLAP = 65536
"""A line longer than this is searched in its pieces; a match across a seam may be missed there."""


def of_typed(text: str) -> re.Pattern[bytes] | None:
    """The pattern for what was typed: `/…/` is a regular expression, anything else itself in any case.

    None for nothing; PatternError for a regular expression that cannot be used.
    """
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return compiled(text[1:-1], regex=True)
    return compiled(text.lower()) if text else None


class PatternError(Exception):
    """A regular expression that cannot be used, with the reason and the place in it."""


def compiled(text: str, *, regex: bool = False) -> re.Pattern[bytes]:
    """The pattern for a search; letters in lower case match either case, one capital makes case count."""
    case = 0 if any(character.isupper() for character in text) else re.IGNORECASE
    try:
        return re.compile(text.encode() if regex else re.escape(text.encode()), case | re.MULTILINE)
    except re.error as error:
        raise PatternError(str(error)) from error


def matching_lines(
    log: LogFile, pattern: re.Pattern[bytes], *, begin: int = 0, stop: Callable[[], bool] = lambda: False
) -> array[int]:
    """The numbers of all lines from byte `begin` on that hold a match, in order.

    `stop` ends it early, asked every few megabytes. May run in a thread while the index grows.
    """
    found = array("Q")
    size = log.size
    while begin < size and not stop():
        piece = log.read(begin, min(_CHUNK, size - begin))
        if not piece:
            break
        end = len(piece) if begin + len(piece) >= size else piece.rfind(b"\n") + 1 or len(piece)
        _collect(log, pattern, piece, begin, end, found)
        begin += end
    return found


def _collect(
    log: LogFile, pattern: re.Pattern[bytes], piece: bytes, begin: int, end: int, found: array[int]
) -> None:
    """Matches in `piece[:end]`, which starts at byte `begin`: one search a line that matches, none for others."""
    at = 0
    while match := pattern.search(piece, at, end):
        line = log.at(begin + match.start())
        if not found or found[-1] != line:
            found.append(line)
        feed = piece.find(b"\n", match.start(), end)
        if feed < 0:
            return
        at = feed + 1


def next_match(found: array[int], line: int, *, forward: bool = True) -> int | None:
    """The line of the next match after (or before) `line`, going round at the ends; None without matches."""
    if not found:
        return None
    at = bisect_right(found, line)
    if forward:
        return found[at] if at < len(found) else found[0]
    before = at - 1
    if before >= 0 and found[before] == line:
        before -= 1
    return found[before]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown: records at least as grave as `severity`, of a host, a phase, with a text. Empty: all."""

    severity: int = 0
    host: str = ""
    phase: str = ""
    pattern: re.Pattern[bytes] | None = None

    def passes(self, line: LogLine, phase: str) -> bool:
        """True when a record is shown."""
        return (
            line.severity >= self.severity
            and (not self.host or self.host in line.hosts)
            and (not self.phase or phase == self.phase)
            and (self.pattern is None or self.pattern.search(line.raw) is not None)
        )


def filtered(log: LogFile, chosen: Filter, phase_at: Callable[[int], str], first: int = 0) -> Iterator[int]:
    """The lines from `first` on that pass. A line without a level goes with the record before it."""
    shown = False
    for number, raw in enumerate(log.lines(first), first):
        line = parse_line(raw)
        if line.level or number == first:
            shown = chosen.passes(line, phase_at(number))
        if shown:
            yield number
