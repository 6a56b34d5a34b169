"""Whether a place in a text stands inside a string of JSON, YAML or a shell."""

from __future__ import annotations

import re

_OPENS = re.compile(rb"[:=,\[{(]\s*[\"']?\s*\Z|[\"']\s*\Z|:\s*[|>][-+0-9]*\s*\Z|\A\s*-\s+\Z")
_BLOCK_SCALAR = re.compile(rb"[:-]\s*[|>][-+0-9]*\s*\Z")
_OPEN_STRING = re.compile(rb"[:-]\s*[\"'][\s-]*BEGIN[^\"']*\Z")
_NEAR = 200
"""Bytes before a place that are looked at; nobody indents by as many."""
_SIGN = 20
"""Bytes before a place in which a string is opened."""


class Quoting:
    """Answers for rising places of one text; what was found above the last place is not sought again."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._last = (-1, b"", False)

    def quoted(self, start: int) -> bool:
        """Whether what stands before `start` on its line, or the line it is indented under, opens a string."""
        near = max(0, start - _NEAR)
        line = max(self._body.rfind(b"\n", near, start), self._body.rfind(b"\r", near, start), near - 1) + 1
        before = self._body[line:start]
        if before.strip():
            return _OPENS.search(before[-_SIGN:]) is not None
        if not before or len(before) == _NEAR:
            return False
        answer = self._above(line, before)
        self._last = (line, before, answer)
        return answer

    def _above(self, line: int, before: bytes) -> bool:
        """What the nearest line above with a smaller margin says."""
        last, margin, answer = self._last
        while line > 0:
            if line == last and margin == before:
                return answer
            previous = self._body.rfind(b"\n", 0, line - 1) + 1
            text = self._body[previous : line - 1].rstrip()
            if text and len(text) - len(text.lstrip()) < len(before):
                return bool(_BLOCK_SCALAR.search(text[-_NEAR:]) or _OPEN_STRING.search(text[-_NEAR:]))
            line = previous
        return False
