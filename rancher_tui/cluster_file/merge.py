"""An edited YAML text that keeps its writer's hand: only the lines that an edit changed are written anew."""

from __future__ import annotations

from typing import Final

from rancher_tui.cluster_file.decode import decode
from rancher_tui.cluster_file.diff import matcher
from rancher_tui.cluster_file.schema import Shape
from rancher_tui.cluster_file.tree import SyntaxProblem, TooLarge, documents

MAX_LINES: Final = 6000
"""Longer texts are given out as the editor writes them."""


def kept(source: str, before: str, after: str) -> str:
    """`source` with the edit that made `after` of `before`, both of them `source` as the editor writes it.

    Where that would not mean the same as `after`, `after` itself.
    """
    if before == after:
        return source
    if source == before or source.count("\n") > MAX_LINES:
        return after
    merged = "\n".join(_merged(source.split("\n"), before.split("\n"), after.split("\n")))
    return merged if _meaning(merged) == _meaning(after) else after


def _meaning(text: str) -> object:
    """The values of all documents; the text itself where it is no YAML."""
    try:
        found = [decode(document.root, Shape("any")) for document in documents(text)]
    except (SyntaxProblem, TooLarge, RecursionError):
        return text
    return [(item.values, [problem.text for problem in item.problems]) for item in found]


def _merged(source: list[str], before: list[str], after: list[str]) -> list[str]:
    own, leading = _hand(source, before)
    found: list[str] = []
    shift = 0
    for tag, i1, i2, j1, j2 in matcher(before, after).get_opcodes():
        for index in range(i1, i2):
            found += leading[index]
            if own[index]:
                shift = _indent(own[index][0]) - _indent(before[index])
            if tag == "equal":
                found += own[index]
        if tag != "equal":
            found += [_moved(line, shift) for line in after[j1:j2]]
    return found + leading[len(before)]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _moved(line: str, shift: int) -> str:
    """`line` so many columns further right; left, as far as it has blanks."""
    return (" " * shift + line if shift > 0 else line[min(-shift, _indent(line)) :]) if line.strip() else line


def _hand(source: list[str], before: list[str]) -> tuple[list[list[str]], list[list[str]]]:
    """(the source's lines for each line of `before`, the lines that only the source has in front of each)."""
    own: list[list[str]] = [[line] for line in before]
    leading: list[list[str]] = [[] for _ in range(len(before) + 1)]
    for tag, i1, i2, j1, j2 in matcher(source, before).get_opcodes():
        if tag == "delete":
            leading[j1] += source[i1:i2]
        elif tag == "insert":
            own[j1:j2] = [[] for _ in range(j1, j2)]
        else:
            for offset, index in enumerate(range(j1, j2)):
                last = index == j2 - 1
                own[index] = source[i1 + offset : i2 if last else i1 + offset + 1]
    return own, leading
