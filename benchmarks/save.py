"""How long an edit takes until it is durable, at 3 and at 1,000 nodes: `python -m benchmarks.save`.

Reach: 10 ms at 3 nodes, 100 ms at 1,000. Beside it what the disk alone takes for the same bytes: write, fsync,
rename, fsync of the folder, and nothing else. With a fresh history, and with one that is full.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rancher_tui.files import write_atomic
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState, Node
from rancher_tui.install.store import Store

ROUNDS = 60
REACH = {3: 10.0, 1000: 100.0}


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds: an edit's median and 95th percentile, the disk's own median for the same bytes."""

    nodes: int
    history: str
    bytes: int
    median: float
    p95: float
    disk: float


def table(size: int) -> tuple[Node, ...]:
    return tuple(Node(address=f"10.0.{row // 250}.{row % 250 + 1}", user="ubuntu") for row in range(size))


def timed(action: Callable[[int], object]) -> list[float]:
    taken = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        action(number)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def measure(folder: Path, size: int, *, full: bool) -> Figure:
    session = Home(folder).create(f"nodes-{size}-{full}", InstallState(nodes=table(size)))
    store = Store(session.look_on().state, session)

    def edit(number: int) -> None:
        row = number % size
        changed = store.state.nodes[row].model_copy(update={"user": f"user{number}"})
        store.update("edit a cell", nodes=(*store.state.nodes[:row], changed, *store.state.nodes[row + 1 :]))

    if full:
        for number in range(30 if size > 3 else 200):
            users = tuple(node.model_copy(update={"user": f"u{number}"}) for node in store.state.nodes)
            store.update("fill down", nodes=users)
    edits = timed(edit)
    data = session.state_file.read_bytes()
    disk = timed(lambda _number: write_atomic(session.path / "floor", data))
    session.close()
    return Figure(
        size,
        "full" if full else "fresh",
        len(data),
        statistics.median(edits),
        edits[int(len(edits) * 0.95)],
        statistics.median(disk),
    )


def figures() -> list[Figure]:
    """All four figures, measured where RANCHER_TUI_HOME or the temporary folder lies."""
    where = os.environ.get("RANCHER_TUI_HOME")
    with tempfile.TemporaryDirectory(dir=where) as folder:
        return [measure(Path(folder), size, full=full) for size in REACH for full in (False, True)]


def main() -> None:
    print(" nodes  history     bytes  edit ms   p95 ms  disk ms  ratio  reach")
    for one in figures():
        print(
            f"{one.nodes:6} {one.history:>8} {one.bytes:9} {one.median:8.2f} {one.p95:8.2f} {one.disk:8.2f} "
            f"{one.median / one.disk:5.1f}x {REACH[one.nodes]:6.0f}"
        )


if __name__ == "__main__":
    main()
