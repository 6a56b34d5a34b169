"""The groups in which checks are told: the columns of step 1's matrix, and what `preflight --only` takes."""

from __future__ import annotations

from typing import Final

GROUPS: Final[dict[str, tuple[int, ...]]] = {
    "login": (1, 2, 3, 5, 48),
    "docker": (4, *range(9, 15), 47, 49),
    "system": (6, 7, *range(15, 21), 50),
    "kernel": (8, *range(21, 26), *range(30, 35)),
    "net": (*range(26, 30), 38, 39, *range(42, 47)),
    "clean": (35, 36, 37),
}
"""The numbers of the checks in each (`N15` is 15), in the order in which they are looked at."""


def ids(group: str) -> frozenset[str]:
    """The checks of a group as evidence names them; with those held side by side for `net`."""
    return frozenset(f"N{number:02d}" for number in GROUPS[group]) | ({"X01", "W01"} if group == "net" else set())
