"""How long an edit takes until it is durable; beside it the plainest way to save the same, and the disk alone."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, Limit, Measurement, Peer, Row
from benchmarks.timing import clocked, p95
from rancher_tui.files import write_atomic
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState, Node
from rancher_tui.install.store import Store

EDITS = 60
_HOW = "a cell changed in a session with a full history of edits, in turn with the peers, in the temporary folder"
SMALL = Row("save-3", "edit saved and durable, 3 nodes", "ms", _HOW, Limit(10))
LARGE = Row("save-1000", "edit saved and durable, 1,000 nodes", "ms", _HOW, Limit(100))


def table(size: int) -> tuple[Node, ...]:
    return tuple(Node(address=f"10.0.{row // 250}.{row % 250 + 1}", user="ubuntu") for row in range(size))


def plainly(path: Path, document: object) -> None:
    """json.dumps over the old file, then fsync: not atomic, and the folder's entry is not synced."""
    with path.open("w") as file:
        file.write(json.dumps(document))
        file.flush()
        os.fsync(file.fileno())


def measured(folder: Path, row: Row, size: int, fills: int) -> Figure:
    """One size: an edit, the plain way, and the same bytes written atomically, in turn."""
    session = Home(folder).create(f"nodes-{size}", InstallState(nodes=table(size)))
    store = Store(session.look_on().state, session)
    for number in range(fills):
        users = tuple(node.model_copy(update={"user": f"u{number}"}) for node in store.state.nodes)
        store.update("fill down", nodes=users)

    def edit(number: int) -> None:
        changed = store.state.nodes[number % size].model_copy(update={"user": f"user{number}"})
        at = number % size
        store.update("edit a cell", nodes=(*store.state.nodes[:at], changed, *store.state.nodes[at + 1 :]))

    document, data = store.state.model_dump(mode="json"), session.state_file.read_bytes()
    ways: tuple[Callable[[int], object], ...] = (
        edit,
        lambda _number: plainly(folder / "plain.json", document),
        lambda _number: write_atomic(folder / "floor.json", data),
    )
    taken: list[list[float]] = [[] for _way in ways]
    for number in range(EDITS):
        for way, times in zip(ways, taken, strict=True):
            times.append(clocked(lambda way=way, number=number: way(number)))  # type: ignore[misc]
    session.close()
    mine, plain, disk = (statistics.median(times) for times in taken)
    others = (Peer("json.dumps, write, fsync", plain), Peer("the same bytes, atomically", disk))
    note = f"p95 {p95(taken[0]):.1f} ms; {len(data):,} bytes with the history"
    return Figure(row, mine, f"{EDITS} edits", others, note)


def saves(folder: Path) -> Iterator[Figure]:
    yield measured(folder, SMALL, 3, 200)
    yield measured(folder, LARGE, 1000, 30)


MEASUREMENTS = (Measurement((SMALL, LARGE), saves),)
