"""LogModel: a run's log as the pane needs it: lines by number, what each is worth, which pass a filter.

The text stays in the file. A line costs 11 bytes here: 8 for its offset, 1 for its level, 2 for its host.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from rancher_tui.rke.lines import LogLine, parse_line
from rancher_tui.rke.log import LogFile
from rancher_tui.rke.progress import Progress
from rancher_tui.rke.search import matching_lines, next_match, of_typed

if TYPE_CHECKING:
    from rancher_tui.rke.causes import Problem

WARNING: Final = 3
"""Severity from which on a line is a problem (`lines.SEVERITY`)."""
_BYTES_AT_ONCE: Final = 16 << 20
_BYTES_AT_FIRST: Final = 1 << 20
"""Enough for a first paint."""
_LINES_AT_ONCE: Final = 100
_PROBLEMS_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are shown: from a severity on, of a host, of a phase, with a text or `/regex/`; empty: all."""

    severity: int = 0
    host: str = ""
    phase: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.severity or self.host or self.phase or self.text)


class LogModel:
    """The log of one run. `advance` takes in what was written; nothing here blocks for long."""

    def __init__(self, path: Path) -> None:
        self.log = LogFile(path)
        self.filter = Filter()
        self._begin()

    def _begin(self) -> None:
        self._generation = self.log.generation
        self.progress = Progress()
        self._severities = bytearray()
        self._host_of = array("H")
        self._hosts: list[str] = [""]
        self._shown = array("Q")
        self._pattern = of_typed(self.filter.text)
        self._problems: list[Problem] = []
        self.wrong: dict[str, str] = {}
        """Phases in which something was wrong: `warn` or `fail`."""

    @property
    def hosts(self) -> list[str]:
        """The hosts that the log named so far."""
        return self._hosts[1:]

    @property
    def judged(self) -> int:
        """Lines taken in so far: from the first on, without gaps."""
        return len(self._severities)

    @property
    def behind(self) -> bool:
        """True while lines wait to be taken in."""
        return self.judged < self.log.line_count - self.log.unfinished

    @property
    def taken_in(self) -> float:
        """The share of the file that was taken in: 1.0 when all of it was."""
        lines, end = self.log.line_count, self.log.end
        return self.judged / lines * (self.log.size / end) if lines and end and self.behind else 1.0

    @property
    def count(self) -> int:
        """Lines to show: all of the file, or those that pass the filter."""
        return len(self._shown) if self.filter else self.log.line_count

    @property
    def problems(self) -> int:
        """Warnings and worse so far."""
        return len(self._severities) - sum(self._severities.count(level) for level in range(WARNING))

    def advance(self, budget: float) -> bool:
        """Index what was written, take lines in for at most `budget` seconds; True when there is something new."""
        size, judged = self.log.size, self.judged
        self.log.refresh(_BYTES_AT_ONCE if self.log.size else _BYTES_AT_FIRST)
        if self.log.generation != self._generation:
            self._begin()
        until = monotonic() + budget
        while self.behind and monotonic() < until:
            self._take_in(
                self.judged, min(self.judged + _LINES_AT_ONCE, self.log.line_count - self.log.unfinished)
            )
        return (size, judged) != (self.log.size, self.judged)

    def _take_in(self, first: int, last: int) -> None:
        for number, raw in enumerate(self.log.lines(first, last), first):
            line = self.progress.feed(number, parse_line(raw))
            self._severities.append(line.severity)
            if line.severity >= WARNING and len(self._problems) < _PROBLEMS_KEPT:
                self._note_problem(number, line)
            self._host_of.append(self._host_number(line.host))
            if self.filter and self._passes(number, raw):
                self._shown.append(number)

    def _note_problem(self, number: int, line: LogLine) -> None:
        """Keep what a warning means; what is usual in a good run is not told."""
        from rancher_tui.rke.causes import catalogue

        problem = catalogue().problem(number, line, bool(self.progress.dropped()))
        if problem is not None and not problem.harmless:
            self._problems.append(problem)
            if self.wrong.get(line.phase) != "fail":
                self.wrong[line.phase] = "fail" if self._spoils(number, line) else "warn"

    def _spoils(self, number: int, line: LogLine) -> bool:
        """True for what a run does not recover from: an error, a host that rke drops, the add-on job's failure."""
        dropped = (host.dropped_line for host in self.progress.hosts.values())
        return line.severity > WARNING or number == self.progress.addon_job_failed_line or number in dropped

    def problem_before(self, row: int) -> Problem | None:
        """The last problem at or before a row; None when there is none."""
        at = bisect_right(self._problems, self.number_of(row), key=lambda problem: problem.line)
        return self._problems[at - 1] if at else None

    def host_at(self, row: int) -> str:
        """The host that a row's line names; empty where it names none."""
        number = self.number_of(row) if row < self.count else self.judged
        return self._hosts[self._host_of[number]] if number < self.judged else ""

    def _host_number(self, host: str) -> int:
        if host not in self._hosts:
            if len(self._hosts) > 60_000:
                return 0
            self._hosts.append(host)
        return self._hosts.index(host)

    def _passes(self, number: int, raw: bytes) -> bool:
        wanted = self.filter
        return (
            self._severities[number] >= wanted.severity
            and (not wanted.host or self._hosts[self._host_of[number]] == wanted.host)
            and (not wanted.phase or self.progress.phase_at(number) == wanted.phase)
            and (self._pattern is None or self._pattern.search(raw) is not None)
        )

    def choose(self, wanted: Filter) -> None:
        """Show only what passes; an empty filter shows everything. PatternError for a text that is no pattern."""
        self.accept(wanted, *self.chosen(wanted))

    def chosen(self, wanted: Filter) -> tuple[array[int], int]:
        """The lines that pass, and how many lines were looked at. May run in a thread while lines come in."""
        pattern, judged = of_typed(wanted.text), self.judged
        numbers: Iterable[int] = range(judged)
        if pattern is not None:
            numbers = takewhile(lambda number: number < judged, matching_lines(self.log, pattern))
        if wanted.severity:
            numbers = (number for number in numbers if self._severities[number] >= wanted.severity)
        if wanted.host:
            host = self._hosts.index(wanted.host) if wanted.host in self._hosts else -1
            numbers = (number for number in numbers if self._host_of[number] == host)
        if wanted.phase:
            numbers = (number for number in numbers if self.progress.phase_at(number) == wanted.phase)
        return array("Q", numbers if wanted else ()), judged

    def accept(self, wanted: Filter, shown: array[int], judged: int) -> None:
        """Show what `chosen` found, and what came in since."""
        self.filter, self._pattern = wanted, of_typed(wanted.text)
        self._shown = shown
        if wanted and judged < self.judged:
            lines = enumerate(self.log.lines(judged, self.judged), judged)
            shown.extend(number for number, raw in lines if self._passes(number, raw))

    def number_of(self, row: int) -> int:
        """The line of the file (from 0) that stands in a row of what is shown."""
        return self._shown[row] if self.filter else row

    def row_of(self, number: int) -> int:
        """The row in which a line of the file stands, or would stand."""
        if not self.filter:
            return number
        return bisect_left(self._shown, number)

    def raw(self, row: int) -> bytes:
        """A row's line as bytes."""
        return self.log.line(self.number_of(row))

    def parsed(self, row: int) -> LogLine:
        return parse_line(self.raw(row))

    def find(self, hits: array[int], row: int, forward: bool = True) -> int | None:
        """The next row after (or before) `row` whose line is one of the `hits`; goes round; None without any."""
        number = self.number_of(row) if 0 <= row < self.count else row
        for _ in range(len(hits)):
            found = next_match(hits, number, forward=forward)
            if found is None:
                return None
            number, place = found, self.row_of(found)
            if place < self.count and self.number_of(place) == found:
                return place
        return None

    def next_problem(self, row: int, forward: bool = True) -> int | None:
        """The next row after (or before) `row` that is a warning or worse; None when there is none."""
        rows = range(row + 1, self.count) if forward else range(row - 1, -1, -1)
        return next((found for found in rows if self._severity(found) >= WARNING), None)

    def _severity(self, row: int) -> int:
        number = self.number_of(row)
        return self._severities[number] if number < self.judged else 0

    def close(self) -> None:
        self.log.close()
