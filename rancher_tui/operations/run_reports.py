"""What was judged of the runs so far, when another run starts or ends: it is no longer true, and is not kept.

A report that is gone counts as not taken: its step says so until the check is run again.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from rancher_tui.install.session import Session

ABOUT_RUNS: Final = ("verdict", "backup-result")
"""The checks that judge the newest run and what it left (steps 11 and 12)."""


def forget(session: Session, before: datetime | None = None) -> None:
    """Drop the reports about runs; with `before` only those that were taken earlier than that."""
    kept = session.reports()
    for check in ABOUT_RUNS:
        if check in kept and (before is None or kept[check].taken_at < before or kept[check].facts.get("live")):
            with suppress(OSError):
                (session.path / "reports" / f"{check}.json").unlink(missing_ok=True)
