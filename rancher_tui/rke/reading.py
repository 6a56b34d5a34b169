"""Reading: a log followed from its first line: progress and problems, kept up to date piece by piece."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rancher_tui.rke.causes import WARNING, Catalogue, Problem, catalogue
from rancher_tui.rke.lines import LogLine, parse_records
from rancher_tui.rke.log import LogFile
from rancher_tui.rke.progress import Progress

_REST_LIMIT = 40
"""Lines of a multi-line message that are taken in; a Go stack trace is longer and adds nothing."""


class Reading:
    """`advance` takes in what was written to the log; `progress` and `problems` are then as of that line."""

    def __init__(self, path: Path, causes: Catalogue | None = None) -> None:
        self.log = LogFile(path)
        self._causes = causes or catalogue()
        self._begin()

    def _begin(self) -> None:
        self.progress = Progress()
        self.problems: list[Problem] = []
        self.judged = 0
        self._generation = self.log.generation
        self._rest = 0

    def advance(self, *, ended: bool = False, at_most: int = 1 << 62) -> list[tuple[int, LogLine]]:
        """Take in at most `at_most` new lines: number (from 0) and gravest record of each, with phase and elapsed.

        A last line without its line feed waits, unless the writer has `ended`.
        """
        self.log.refresh()
        if self.log.generation != self._generation:
            self._begin()
        known = self.log.line_count - (self.log.unfinished and not ended)
        last = min(known, self.judged + at_most)
        taken: list[tuple[int, LogLine]] = []
        for number, raw in enumerate(self.log.lines(self.judged, last), self.judged):
            records = [self._take(number, record) for record in parse_records(raw)]
            taken.append((number, max(records, key=lambda record: record.severity)))
        self.judged = max(self.judged, last)
        return taken

    def _take(self, number: int, record: LogLine) -> LogLine:
        line = self.progress.feed(number, record)
        problem = self._problem(number, line)
        if problem is not None:
            self.problems.append(problem)
            self._rest = _REST_LIMIT if line.form in ("terminal", "plain") else 0
        elif line.level:
            self._rest = 0
        elif self._rest and line.text:
            self._lengthen(line.text)
        return line

    def _problem(self, number: int, line: LogLine) -> Problem | None:
        if line.level and line.severity < WARNING:
            return None
        return self._causes.problem(number, line, bool(self.progress.dropped()))

    def _lengthen(self, text: str) -> None:
        """A line without a level goes on with the problem before it: terminals get long messages unquoted.

        Only an indented line, or one that the message announces by a colon, belongs to it.
        """
        problem = self.problems[-1]
        self._rest -= 1
        if not (text[0].isspace() or problem.text.endswith(":")):
            self._rest = 0
            return
        whole = replace(problem, text=f"{problem.text}\n{text}")
        cause = self._causes.find(whole.text, whole.phase, bool(self.progress.dropped()))
        self.problems[-1] = replace(whole, cause=cause or problem.cause)

    def close(self) -> None:
        """Give the file back."""
        self.log.close()
