"""Idle: what comes to the terminal, and what a core is used, while nobody does anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure, Limit, Measurement, Peer, Row
from benchmarks.terminal import begun, ours

SECONDS = 20

BYTES = Row(
    "idle-bytes",
    "idle: bytes to the terminal",
    "bytes/s",
    "the overview, and a form with its field focused, at once: the larger figure counts",
    Limit(0),
)
PROCESSOR = Row("idle-cpu", "idle: a core in use", "%", "the same programs, by the kernel's count", Limit(0.5))
FIELD = "a Textual app with a focused Input"


def idle(folder: Path) -> Iterator[Figure]:
    """All programs beside each other: each uses next to nothing."""
    homes = [folder / "overview", folder / "form"]
    for home in homes:
        begun(home, screen="fqdn" if home.name == "form" else "overview")
    lines = [*(ours(home) for home in homes), peers.form(folder)]
    for line in lines:
        line.until_still(1.0 if line is not lines[-1] else 0.3)
    used, began = [line.processor() for line in lines], time.perf_counter()
    with ThreadPoolExecutor(len(lines)) as readers:
        waiting = list(readers.map(lambda line: line.read(SECONDS), lines))
    seconds = time.perf_counter() - began
    sent = [total / seconds for total in waiting]
    share = [100 * (line.processor() - before) / seconds for line, before in zip(lines, used, strict=True)]
    for line in lines:
        line.end()
    for row, found in ((BYTES, sent), (PROCESSOR, share)):
        yield Figure(row, max(found[:2]), f"{SECONDS} s", (Peer(FIELD, found[2]),))


MEASUREMENTS = (Measurement((BYTES, PROCESSOR), idle),)
