"""LogFile: a growing log as an index of line offsets; the text stays in the file.

Lines are counted from 0 and end at a line feed; a last one without its line feed counts too. Reading is `pread`,
never a memory map: a map of a file that shrinks under our feet ends in SIGBUS.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, count
from operator import add
from pathlib import Path
from types import TracebackType

_CHUNK = 1 << 18
_WITNESS = 64
"""Bytes before the indexed end that are compared at each refresh, to notice a file that was written anew."""


class LogFile:
    """An index over `path` (8 bytes a line), brought up to date by `refresh`. The file may not exist yet.

    `generation` goes up when the file was truncated, replaced or rewritten and the index began anew; `size` is the
    number of bytes indexed and changes also when only the last line grew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.generation = 0
        self._starts = array("Q")
        self._descriptor = -1
        self._identity = (0, 0)
        self._witness = b""

    @property
    def line_count(self) -> int:
        """Lines known, a last unfinished one included."""
        if not self._starts:
            return 0
        return len(self._starts) - (self._starts[-1] == self.size)

    @property
    def unfinished(self) -> bool:
        """True while the last line has no line feed."""
        return bool(self._starts) and self._starts[-1] != self.size

    def refresh(self, limit: int | None = None) -> int:
        """Index what was written since the last time, at most about `limit` bytes: the number of lines begun.

        An unfinished line that grows is no new line. After a truncation the lines of the new content count.
        """
        if not self._open():
            return 0
        known = self.line_count
        end = os.fstat(self._descriptor).st_size
        if end < self.size or self._rewritten():
            self._begin_anew()
            known = 0
        stop = end if limit is None else min(end, self.size + limit)
        while self.size < stop:
            chunk = os.pread(self._descriptor, min(_CHUNK, stop - self.size), self.size)
            if not chunk:
                break
            self._index(chunk)
        return self.line_count - known

    @property
    def end(self) -> int:
        """Bytes that the file has now."""
        return self.size if self._descriptor < 0 else os.fstat(self._descriptor).st_size

    @property
    def complete(self) -> bool:
        """True when the index reaches the file's end as it is now."""
        return self.end == self.size

    def _open(self) -> bool:
        """Have the file that the path names now open; keep the old one while the path names none."""
        try:
            entry = self.path.stat()
        except OSError:
            return self._descriptor >= 0
        identity = (entry.st_dev, entry.st_ino)
        if self._descriptor >= 0 and identity == self._identity:
            return True
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return self._descriptor >= 0
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._begin_anew()
        self._descriptor, self._identity = descriptor, identity
        return True

    def _begin_anew(self) -> None:
        self._starts = array("Q")
        self.size = 0
        self._witness = b""
        self.generation += 1

    def _rewritten(self) -> bool:
        at = self.size - len(self._witness)
        return bool(self._witness) and os.pread(self._descriptor, len(self._witness), at) != self._witness

    def _index(self, chunk: bytes) -> None:
        if not self._starts:
            self._starts.append(0)
        lengths = list(map(len, chunk.split(b"\n")))
        lengths.pop()
        ends = accumulate(lengths)
        self._starts.extend(map(add, ends, count(self.size + 1)))
        self.size += len(chunk)
        self._witness = (self._witness + chunk)[-_WITNESS:]

    def span(self, index: int) -> tuple[int, int]:
        """Where line `index` lies: its first byte and the byte after its last (line feed included).

        IndexError for a line that is not known.
        """
        if not 0 <= index < self.line_count:
            raise IndexError(index)
        begin = self._starts[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else self.size
        return begin, end

    def line(self, index: int, limit: int = 4096) -> bytes:
        """The first `limit` bytes of line `index` without its line feed; shorter if the file has shrunk since."""
        begin, end = self.span(index)
        raw = os.pread(self._descriptor, min(end - begin, limit + 1), begin)
        return raw.removesuffix(b"\n")[:limit]

    def lines(self, first: int = 0, last: int | None = None, limit: int = 65536) -> Iterator[bytes]:
        """Lines `first` up to (not including) `last`, each cut to `limit` bytes, read in large pieces."""
        last = self.line_count if last is None else min(last, self.line_count)
        while first < last:
            until = self._piece_end(first, last)
            begin, end = self._starts[first], self.span(until - 1)[1]
            if until - first == 1:
                yield self.line(first, limit)
            else:
                piece = os.pread(self._descriptor, end - begin, begin)
                parts = piece.split(b"\n")[: until - first]
                yield from (part if len(part) <= limit else part[:limit] for part in parts)
            first = until

    def _piece_end(self, first: int, last: int) -> int:
        """The line up to which about one chunk is read from `first` on; at least one line."""
        return max(first + 1, min(last, bisect_right(self._starts, self._starts[first] + _CHUNK, first, last)))

    def at(self, offset: int) -> int:
        """The line that holds byte `offset` (the nearest one beyond the ends)."""
        return max(0, min(bisect_right(self._starts, offset) - 1, self.line_count - 1))

    def read(self, offset: int, size: int) -> bytes:
        """Raw bytes from `offset` on."""
        return os.pread(self._descriptor, size, offset) if self._descriptor >= 0 else b""

    def close(self) -> None:
        """Give the file back; the index stays readable as numbers only."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> LogFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
