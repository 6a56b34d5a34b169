"""Every figure beside its peers: `make bench`.

python -m benchmarks               all rows; writes docs/benchmarks.md
python -m benchmarks --no-write    all rows; writes nothing
python -m benchmarks ROW…          some rows; writes nothing
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import catalogue, machine, table
from benchmarks.figures import Figure, Measurement, MissingError

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """The table on standard output, what is under way on standard error; 1 when a row failed to be measured."""
    names = [row.name for row in catalogue.rows()]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Figures, their peers beside them.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one of: {', '.join(names)}")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.rows) - set(names)):
        parser.error(f"no such row: {', '.join(unknown)}; there are: {', '.join(names)}")
    load, began = machine.load(), time.monotonic()
    figures = list(measured(asked.rows or names))
    load = f"{load} before, {machine.load()} after (one is usual while this runs; more makes every figure worse)"
    print(table.text(figures))
    print(f"{table.summary(figures)}; measured in {time.monotonic() - began:.0f} s")
    if not asked.rows and not asked.no_write:
        day = datetime.now(UTC).date()
        PAGE.write_text(table.page(figures, machine.machine() | {"load": load}, machine.versions(), day), "utf-8")
        print(f"written: {PAGE}")
    return int(any(figure.why.startswith(FAILED) for figure in figures))


FAILED = "it failed: "


def measured(names: Collection[str]) -> Iterator[Figure]:
    """The figures of these rows, in the table's order; a row that could not be measured says why."""
    for work in catalogue.measurements():
        wanted = [row.name for row in work.rows if row.name in names]
        if wanted:
            began = time.monotonic()
            print(f"measuring {', '.join(wanted)} …", end=" ", file=sys.stderr, flush=True)
            found = taken(work)
            print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            yield from (found[name] for name in wanted)


def taken(work: Measurement) -> dict[str, Figure]:
    """The figures of all rows of one measurement, by name."""
    found: dict[str, Figure] = {}
    why = "no figure came of it"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        try:
            for figure in work.take(Path(name)):
                found[figure.row.name] = figure
        except MissingError as missing:
            why = str(missing)
        except Exception as error:
            why = f"{FAILED}{type(error).__name__}: {error}"
    return {row.name: found.get(row.name) or Figure(row, None, why=why) for row in work.rows}


if __name__ == "__main__":
    sys.exit(main())
