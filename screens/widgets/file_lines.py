"""FileLines: a file with its line numbers, and beside each line what was found there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.message import Message

from rancher_tui.finding import Finding, Status, worst
from rancher_tui.text import clean
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_text, finding_word
from screens.widgets.lines import Line, Lines, broken, fit, wrap


class FileLines(Lines):
    """Lines of a file; findings stand below their line, one of them chosen."""

    class Chosen(Message):
        """Another finding is chosen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._file: Sequence[str] = ()
        self._beside: Mapping[int, list[Finding]] = {}
        self._empty: list[Line] = []
        self._rows: list[Line] = []
        self._first_row: list[int] = []
        self._laid_out = 0
        self.findings: list[Finding] = []
        self.chosen = -1
        self.left = 0
        """Columns of the file that are shifted out to the left."""

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def current(self) -> Finding | None:
        """The chosen finding; None before one is chosen."""
        return self.findings[self.chosen] if 0 <= self.chosen < len(self.findings) else None

    def show(self, lines: Sequence[str], beside: Mapping[int, list[Finding]]) -> None:
        """Draw this file with these findings by line number; a finding that is still there stays chosen."""
        if (lines, beside) == (self._file, self._beside):
            return
        chosen = self.current
        self._file, self._beside = lines, beside
        self.findings = [finding for number in sorted(beside) for finding in beside[number]]
        self.chosen = self.findings.index(chosen) if chosen in self.findings else -1
        self._laid_out = 0
        self._lay_out(max(20, self.content_size.width))
        self.top = min(self.top, max(0, self.count - 1))
        self.refresh()

    def choose(self, distance: int) -> bool:
        """Choose the next finding that way; False beyond the last, and then none is chosen."""
        if self.chosen < 0:
            self.chosen = 0 if distance > 0 else len(self.findings) - 1
        else:
            self.chosen += distance
        if not 0 <= self.chosen < len(self.findings):
            self.leave()
            return False
        self._laid_out = 0
        self._lay_out(max(20, self.content_size.width))
        row = self._first_row[self.chosen]
        self.keep_in_view(max(0, row - 2))
        self.keep_in_view(min(self.count - 1, row + 2))
        self.refresh()
        self.post_message(self.Chosen())
        return True

    def leave(self) -> None:
        """Choose none."""
        self.chosen = -1
        self._laid_out = 0
        self.refresh()

    def tell_instead(self, lines: list[Line]) -> None:
        """What to tell in the place of a file that cannot be shown."""
        if lines != self._empty:
            self._empty = lines
            self.refresh()

    def line_in_view(self, y: int, cells: int) -> Line:
        if self.count:
            return super().line_in_view(y, cells)
        told = [part for line in self._empty for part in broken(line, cells)]
        return told[y] if y < len(told) else []

    def shift(self, columns: int) -> None:
        """Show the file so many columns further right, as far as its lines go."""
        longest = max((len(line) for line in self._file), default=0)
        self.left = max(0, min(self.left + columns, longest - 20))
        self._laid_out = 0
        self.refresh()

    def line(self, number: int, cells: int) -> Line:
        self._lay_out(cells)
        return self._rows[number] if number < len(self._rows) else []

    def on_resize(self) -> None:
        self._laid_out = 0
        self._lay_out(max(20, self.content_size.width))

    def _lay_out(self, cells: int) -> None:
        if cells == self._laid_out:
            return
        self._laid_out = cells
        self._rows, self._first_row = [], []
        digits = len(str(max(1, len(self._file))))
        for number, text in enumerate(self._file, 1):
            found = self._beside.get(number, [])
            status = worst(found)
            mark = signs().failed if status is Status.FAIL else signs().stale if found else " "
            ink = finding_ink(status) if found else "dim"
            body = "dim" if text.lstrip().startswith("#") else "plain"
            self._rows.append([(f" {mark}{number:>{digits}}  ", ink), (self._cut(text, cells - digits - 4), body)])
            for finding in found:
                self._first_row.append(len(self._rows))
                self._rows += self._told(finding, digits, cells)

    def _cut(self, text: str, cells: int) -> str:
        """What is seen of a line, with a sign at each edge behind which there is more."""
        whole = clean(text, limit=100_000)
        seen = whole[self.left :]
        if self.left and whole[: self.left].strip():
            seen = signs().before + seen[1:]
        return seen if cell_len(seen) <= cells else fit(seen, cells)

    def _told(self, finding: Finding, digits: int, cells: int) -> list[Line]:
        here = finding is self.current
        word = finding_word(finding.status)
        margin = digits + 4
        lines = wrap(finding_text(finding), max(20, cells - margin - len(word) - 4))
        mark = signs().cursor if here else " "
        head: Line = [
            (f"{' ' * (margin - 2)}{mark} ", "strong"),
            (f"{word}  ", finding_ink(finding.status)),
            (lines[0], "strong" if here else finding_ink(finding.status)),
        ]
        rest: list[Line] = [
            [(" " * (margin + len(word) + 2), "plain"), (line, "strong" if here else finding_ink(finding.status))]
            for line in lines[1:]
        ]
        return [head, *rest]
