"""The screens: bytes that a change of screen costs, a key in a table of 1,000 nodes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, Limit, Measurement, Row
from benchmarks.terminal import begun, ours

CHANGE = Row(
    "screen-change", "a change of screen", "bytes", "] pressed ten times, 80x24, until the terminal is still"
)
MOVE = Row(
    "table-move",
    "key to repaint, 1,000 nodes, cursor",
    "ms",
    "down in the node table until something is drawn",
    Limit(100),
)
EDIT = Row(
    "table-edit",
    "key to repaint, 1,000 nodes, an edit, saved",
    "ms",
    "r (a role) in the node table; an edit is durable before it is drawn",
    Limit(100),
)


def change_of_screen(folder: Path) -> Iterator[Figure]:
    begun(folder)
    line = ours(folder)
    line.until(b"help")
    line.until_still()
    costs = []
    for _ in range(10):
        line.send(b"]")
        costs.append(line.until_still())
    line.end()
    yield Figure(CHANGE, statistics.median(costs), "10 changes", note=f"most {max(costs):,} bytes")


def table_of_a_thousand(folder: Path) -> Iterator[Figure]:
    begun(folder, 1000, "nodes")
    line = ours(folder)
    line.until(b"help")
    line.until_still()
    for row, key in ((MOVE, b"\x1b[B"), (EDIT, b"r")):
        times = []
        for _ in range(21):
            times.append(line.answer(key, b"\x1b["))
            line.until_still(0.1)
        yield Figure(row, statistics.median(times), "21 keys")
    line.end()


MEASUREMENTS = (Measurement((CHANGE,), change_of_screen), Measurement((MOVE, EDIT), table_of_a_thousand))
