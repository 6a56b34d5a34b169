"""Earlier generations of a session's state, each at least 1 min, 10 min, 1 h, 1 day or 1 week old.

A generation ripens: on a save the state is set aside as a candidate, and once the candidate has reached the age
of its rung it becomes the generation and a new candidate is set aside. So a generation is never younger than
its rung says. The state of the save before is kept too. All are hard links: a name each, not a write.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

AGES: Final = {"1min": 60, "10min": 600, "1h": 3600, "1day": 86_400, "1week": 604_800}
"""Rungs and the age in seconds that a generation of that rung has at least."""


def rotate(state_file: Path, now: float | None = None) -> None:
    """Set the present state aside where that is due; call it before `state_file` is replaced.

    A rung that cannot be written is left as it is: the save that follows matters more.
    """
    if not state_file.exists():
        return
    moment = time.time() if now is None else now
    with suppress(OSError):
        for rung, age in AGES.items():
            candidate = _candidate(state_file, rung)
            if candidate.exists() and moment - candidate.stat().st_mtime >= age:
                candidate.replace(_generation(state_file, rung))
            if not candidate.exists():
                os.link(state_file, candidate)
        previous = _generation(state_file, "previous")
        fresh = state_file.with_name(f".{previous.name}")
        fresh.unlink(missing_ok=True)
        os.link(state_file, fresh)
        fresh.replace(previous)


def kept(state_file: Path) -> list[Path]:
    """Every copy there is of an earlier state (generations, candidates, the save before), newest first."""
    names = [_generation(state_file, "previous")]
    for rung in AGES:
        names += [_generation(state_file, rung), _candidate(state_file, rung)]
    found = [path for path in names if path.exists()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _generation(state_file: Path, rung: str) -> Path:
    return state_file.with_name(f"{state_file.stem}.{rung}{state_file.suffix}")


def _candidate(state_file: Path, rung: str) -> Path:
    return state_file.with_name(f".{state_file.stem}.{rung}.next")
