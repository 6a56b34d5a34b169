"""What a figure is: ours, its peers' beside it, and the limit that it is held to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class MissingError(Exception):
    """A program that a figure needs is not here; the text says which and how to get it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be, or the least: of the figure, of its ratio to the first peer, or beyond that peer."""

    bound: float
    of: Literal["figure", "ratio", "excess"] = "figure"
    least: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table, known before it is measured."""

    name: str
    """What `python -m benchmarks NAME` calls it."""
    what: str
    unit: str
    """Empty for a count."""
    how: str
    """How it is measured, in one line."""
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """What does the like task: its figure in the row's unit, from the same run; or why there is none."""

    name: str
    figure: float | None = None
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured row."""

    row: Row
    ours: float | None
    times: str = ""
    """How often, or how long, it was measured."""
    peers: tuple[Peer, ...] = ()
    note: str = ""
    why: str = ""
    """Why it was not measured; empty when it was."""

    def ratio(self, peer: Peer) -> float | None:
        """Ours divided by the peer's; None where there is none."""
        if self.ours is None or not peer.figure:
            return None
        return self.ours / peer.figure

    @property
    def reached(self) -> bool | None:
        """Whether the limit is kept; None without a limit, a figure, or the peer that the limit is about."""
        limit = self.row.limit
        if limit is None or self.ours is None:
            return None
        held: float | None = self.ours
        if limit.of != "figure":
            peer = self.peers[0] if self.peers else Peer("")
            if peer.figure is None:
                return None
            held = self.ratio(peer) if limit.of == "ratio" else self.ours - peer.figure
        if held is None:
            return None
        return held >= limit.bound if limit.least else held <= limit.bound


@dataclass(frozen=True, slots=True)
class Measurement:
    """Work that fills rows. `take` gets an empty folder of its own."""

    rows: tuple[Row, ...]
    take: Callable[[Path], Iterator[Figure]]


def needs(program: str, package: str) -> None:
    """MissingError when `program` is not on the PATH (or in /usr/sbin); `package` is Debian's that has it."""
    if shutil.which(program) is None and shutil.which(program, path="/usr/sbin") is None:
        raise MissingError(absence(program, package))


def absence(program: str, package: str) -> str:
    """The words for a program that is missing."""
    return f"{program} is not here (Debian: apt-get install {package})"
