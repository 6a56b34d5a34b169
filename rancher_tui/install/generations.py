"""Earlier generations of a session's state, each at least 1 min, 10 min, 1 h, 1 day or 1 week old.

A generation ripens: on a save the state is set aside as a candidate, and once the candidate has reached the age
of its rung it becomes the generation and a new candidate is set aside. So a generation is never younger than
its rung says. A candidate from the future (the clock was set back) is set aside anew. The state of the save
before is kept too. All are hard links: a name each, not a write.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

AGES: Final = {"1min": 60, "10min": 600, "1h": 3600, "1day": 86_400, "1week": 604_800}
"""Rungs and the age in seconds that a generation of that rung has at least."""

CLOCK_STEP: Final = 60
"""Seconds that a candidate may lie in the future before the clock is taken to have been set back."""


def rotate(state_file: Path, now: float | None = None) -> None:
    """Set the present state aside where that is due; call it before `state_file` is replaced.

    A rung that cannot be written is left as it is: the save that follows matters more.
    """
    if not state_file.exists():
        return
    moment = time.time() if now is None else now
    for rung, age in AGES.items():
        with suppress(OSError):
            _ripen(state_file, rung, age, moment)
    with suppress(OSError):
        previous = _generation(state_file, "previous")
        fresh = state_file.with_name(f".{previous.name}")
        fresh.unlink(missing_ok=True)
        os.link(state_file, fresh)
        fresh.replace(previous)


def _ripen(state_file: Path, rung: str, age: float, moment: float) -> None:
    candidate = _candidate(state_file, rung)
    if candidate.exists():
        reached = moment - candidate.stat().st_mtime
        if reached >= age:
            candidate.replace(_generation(state_file, rung))
        elif reached < -CLOCK_STEP:
            candidate.unlink()
        else:
            return
    os.link(state_file, candidate)


def kept(state_file: Path) -> list[Path]:
    """Every copy there is of an earlier state: the save before, then generations and candidates, newest first."""
    rungs = [name(state_file, rung) for rung in AGES for name in (_candidate, _generation)]
    dated = sorted((path for path in rungs if path.exists()), key=lambda path: -path.stat().st_mtime_ns)
    previous = _generation(state_file, "previous")
    return [previous, *dated] if previous.exists() else dated


def _generation(state_file: Path, rung: str) -> Path:
    return state_file.with_name(f"{state_file.stem}.{rung}{state_file.suffix}")


def _candidate(state_file: Path, rung: str) -> Path:
    return state_file.with_name(f".{state_file.stem}.{rung}.next")
