"""Clocks: actions timed in turn, so that what the machine does meanwhile falls on each alike."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence


def clocked(action: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def in_turn(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """Median milliseconds of each action: every round runs each of them once. One round before is not counted."""
    taken: list[list[float]] = [[] for _action in actions]
    for number in range(rounds + 1):
        for action, times in zip(actions, taken, strict=True):
            spent = clocked(action)
            if number:
                times.append(spent)
    return [statistics.median(times) for times in taken]


def command(*words: str) -> Callable[[], object]:
    """An action that runs a program to its end, its output thrown away; a failure of it is raised."""

    def run() -> None:
        quiet = subprocess.DEVNULL
        subprocess.run(words, stdin=quiet, stdout=quiet, stderr=quiet, check=True)

    return run


def p95(values: Sequence[float]) -> float:
    """The value that 19 of 20 do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 19 // 20) - 1]
