"""How long phases usually take: the median of real runs on this machine; a rehearsal is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rancher_tui.rke.reading import Reading
from rancher_tui.rke.runs import Run, runs

_NEWEST = 8
_LOG_LIMIT = 8 << 20
"""Bytes; a run's log has some hundred kilobytes."""


def usual(sessions_folder: Path, *, but: str = "") -> dict[str, float]:
    """Seconds by phase, from the newest real runs that ended well, `but` one run. Blocks on the disk."""
    taken: dict[str, list[float]] = {}
    for run in sorted(_good(sessions_folder, but), key=_written, reverse=True)[:_NEWEST]:
        for name, seconds in _phases(run):
            taken.setdefault(name, []).append(seconds)
    return {name: median(found) for name, found in taken.items()}


def _good(sessions_folder: Path, but: str) -> Iterator[Run]:
    """Runs of `up` that ended with 0, of sessions that are no rehearsal."""
    if not sessions_folder.is_dir():
        return
    for session in sessions_folder.iterdir():
        if not (session / "runs").is_dir() or (session / "lab").exists():
            continue
        for run in runs(session):
            status = run.status()
            good = status.state == "exited" and status.exit_code == 0 and "up" in status.argv
            if good and run.id != but and run.log.is_file() and run.log.stat().st_size <= _LOG_LIMIT:
                yield run


def _written(run: Run) -> float:
    return run.log.stat().st_mtime


def _phases(run: Run) -> list[tuple[str, float]]:
    """What each phase took; none of a log without rke's last line."""
    reading = Reading(run.log)
    try:
        reading.advance(ended=True)
    finally:
        reading.close()
    if reading.progress.finished != "up":
        return []
    return [(phase.name, phase.elapsed_s) for phase in reading.progress.phases if phase.elapsed_s is not None]
