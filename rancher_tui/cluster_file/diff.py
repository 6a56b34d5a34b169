"""The difference of two cluster files, as a unified diff; secrets in them are masked by the caller."""

from __future__ import annotations

import difflib


def unified(before: str, after: str, before_name: str, after_name: str) -> str:
    """A unified diff with three lines of context; empty when the texts are the same."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), before_name, after_name
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
