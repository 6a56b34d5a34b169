"""The files that a check judged: a report knows their contents, and is stale once one of them is another.

A report's facts keep under `input_files` the paths, how each was found (size and time, for a quick look) and one
SHA-256 over all contents. Of a private key nothing else is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rancher_tui.files import read_named
from rancher_tui.finding import Report

FACT: Final = "input_files"
CHANGED: Final = "changed on disk"
"""Stands in place of a report's digest once a file that it judged is another: no inputs have this digest."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is compared; a larger one counts as unreadable, as it does for the checks."""


def seen(paths: Iterable[str]) -> dict[str, Any]:
    """How these files are now, for a report's facts; a path that is blank is left out."""
    named = sorted({path.strip() for path in paths if path.strip()})
    return {"stamps": {path: _stamp(path) for path in named}, "sha256": _digest(named)}


def stamps(paths: Iterable[str]) -> dict[str, str]:
    """Size and time of each file, as text; empty for one that cannot be looked at."""
    return {path: _stamp(path) for path in paths}


def as_they_are_now(report: Report) -> Report:
    """The report, its digest replaced by CHANGED where a file that it judged has other contents now."""
    kept = report.facts.get(FACT)
    if not isinstance(kept, Mapping) or not isinstance(kept.get("stamps"), Mapping):
        return report
    before = {str(path): str(stamp) for path, stamp in kept["stamps"].items()}
    if before == stamps(before) or kept.get("sha256") == _digest(sorted(before)):
        return report
    return replace(report, digest=CHANGED)


def paths_of(reports: Iterable[Report]) -> set[str]:
    """Every file that one of these reports judged."""
    kept = (report.facts.get(FACT) for report in reports)
    return {str(path) for item in kept if isinstance(item, Mapping) for path in item.get("stamps", ())}


def _stamp(path: str) -> str:
    try:
        found = Path(path).expanduser().stat()
    except (OSError, RuntimeError, ValueError):
        return ""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"


def _digest(paths: Iterable[str]) -> str:
    """One SHA-256 over paths and contents, as hex."""
    whole = hashlib.sha256()
    for path in paths:
        try:
            data = read_named(Path(path).expanduser(), LARGEST)
        except (OSError, RuntimeError, ValueError):
            data = b""
        whole.update(f"{path}\n{len(data)}\n".encode())
        whole.update(data)
    return whole.hexdigest()
