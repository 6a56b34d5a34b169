"""The difference of two cluster files, as a unified diff without their secrets."""

from __future__ import annotations

import difflib

from rancher_tui.cluster_file.masking import masked

CONTEXT = 3
"""Lines around a change that are shown."""
LONG = 600
"""Lines from which on a file is long: comparing every line with each of its likes takes the square of them."""


def matcher(old: list[str], new: list[str]) -> difflib.SequenceMatcher[str]:
    """What compares two texts' lines; lines that many hosts share are no landmarks in long files."""
    return difflib.SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > LONG)


def unified(before: str, after: str, before_name: str, after_name: str) -> str:
    """A unified diff with three lines of context; empty when the texts are the same."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), before_name, after_name
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def shown(before: str, after: str, before_name: str, after_name: str) -> list[str]:
    """The lines of a unified diff for showing: secrets are masked, also where they differ. Empty if equal."""
    old, new = before.split("\n"), after.split("\n")
    old_shown, new_shown = masked(before), masked(after)
    found: list[str] = []
    for group in matcher(old, new).get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        found.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += [f" {line}" for line in old_shown[i1:i2]]
                continue
            found += [f"-{line}" for line in old_shown[i1:i2]]
            found += [f"+{line}" for line in new_shown[j1:j2]]
    return [f"--- {before_name}", f"+++ {after_name}", *found] if found else []


def _range(start: int, stop: int) -> str:
    """A hunk's lines as unified diffs name them: the first one and how many."""
    return f"{start + 1 if stop > start else start},{stop - start}"
