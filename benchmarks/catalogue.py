"""Every row that is measured, in the table's order."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from benchmarks.figures import Measurement, Row

_MODULES = (
    "start",
    "idle",
    "log_index",
    "log_pane",
    "screens",
    "save",
    "nodes",
    "certificates",
    "dns",
    "cluster_file",
)


def measurements() -> Iterator[Measurement]:
    """All work."""
    for name in _MODULES:
        yield from import_module(f"benchmarks.{name}").MEASUREMENTS


def rows() -> list[Row]:
    """All rows."""
    return [row for work in measurements() for row in work.rows]
