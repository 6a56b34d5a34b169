"""Start: the first frame, the session's overview, what the program weighs then, and the quick commands."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure, Limit, Measurement, Peer, Row
from benchmarks.terminal import Line, begun, ours
from benchmarks.timing import command, in_turn

STARTS = 15
CALLS = 21

FIRST = Row(
    "first-frame",
    "first frame",
    "ms",
    "from exec to the first text on a terminal of 80x24; a session of three nodes is there; the programs in turn",
    Limit(1.6, "ratio"),
)
OVERVIEW = Row(
    "overview",
    "the session's overview stands",
    "ms",
    "the same starts, until the footer of the session's overview is drawn",
)
MEMORY = Row("memory", "memory when the overview stands", "MB", "resident memory, read once the terminal is still")
WEIGHT = Row(
    "start-bytes",
    "bytes until the overview stands",
    "KB",
    "all that comes to the terminal from exec until it is still",
)
VERSION = Row(
    "version", "rancher-tui --version", "ms", "the whole process, in turn with the peer", Limit(150, "excess")
)
HELP = Row("help", "rancher-tui --help", "ms", "the whole process, in turn with the peer", Limit(150, "excess"))

BARE = "a bare Textual app"
HARLEQUIN = "harlequin"
HARLEQUIN_ABSENT = (
    "not here: 3.6x a bare Textual app (900 ms beside 250 ms; harlequin 2.17.0, Textual 8.2.8, 2 cores, "
    "measured apart in November 2026)"
)


def first_frames(folder: Path) -> Iterator[Figure]:
    """All programs in turn, one round more than is counted."""
    begun(folder)
    other = shutil.which(HARLEQUIN)
    mine: list[float] = []
    overview: list[float] = []
    bare: list[float] = []
    others: list[float] = []
    for _ in range(STARTS + 1):
        bare.append(_first(peers.bare(folder), b"hello"))
        line = ours(folder)
        for times, age in zip((mine, overview), line.ages_at(b"opening", b"help"), strict=True):
            times.append(age)
        line.end()
        if other:
            others.append(_first(Line(folder, [], program=other), b"Query Editor"))
    own, whole, plain = (statistics.median(times[1:]) for times in (mine, overview, bare))
    beside = Peer(BARE, plain)
    third = Peer(HARLEQUIN, statistics.median(others[1:])) if other else Peer(HARLEQUIN, absent=HARLEQUIN_ABSENT)
    yield Figure(FIRST, own, f"{STARTS} starts", (beside, third))
    yield Figure(OVERVIEW, whole, f"{STARTS} starts", (beside, third))


def _first(line: Line, text: bytes) -> float:
    [age] = line.ages_at(text)
    line.end()
    return age


def weight(folder: Path) -> Iterator[Figure]:
    """Memory and bytes of three starts each."""
    begun(folder)
    mine, bare = ([_weighed(start(folder)) for _ in range(3)] for start in (ours, peers.bare))
    for row, at in ((MEMORY, 0), (WEIGHT, 1)):
        own, plain = (statistics.median(each[at] for each in found) for found in (mine, bare))
        yield Figure(row, own, "3 starts", (Peer(BARE, plain),))


def _weighed(line: Line) -> tuple[float, float]:
    sent = line.until_still(1.0)
    memory = line.memory()
    line.end()
    return memory, sent / 1000


def quick_commands(folder: Path) -> Iterator[Figure]:
    """Processes that print a page and end."""
    program = (sys.executable, "-m", "rancher_tui.cli")
    nothing, version, usage = in_turn(
        CALLS, command(sys.executable, "-c", "pass"), command(*program, "--version"), command(*program, "--help")
    )
    peer = (Peer("python -c pass", nothing),)
    yield Figure(VERSION, version, f"{CALLS} calls", peer)
    yield Figure(HELP, usage, f"{CALLS} calls", peer)


MEASUREMENTS = (
    Measurement((FIRST, OVERVIEW), first_frames),
    Measurement((MEMORY, WEIGHT), weight),
    Measurement((VERSION, HELP), quick_commands),
)
