"""Who a process is, so that a reused pid is never taken for it: pid, start ticks, boot id."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_PROC = Path("/proc")


def _boot_id() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and start ticks of a process (proc(5), fields 3 and 22); None when there is none."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


def describe_self() -> dict[str, Any]:
    """This process."""
    stat = _stat(os.getpid())
    return {"pid": os.getpid(), "start_ticks": stat[1] if stat else 0, "boot_id": _boot_id()}


def is_alive(record: dict[str, Any]) -> bool:
    """True when the process that a record describes still runs; a record of no process describes none."""
    pid = record.get("pid")
    stat = _stat(pid) if isinstance(pid, int) else None
    return (
        stat is not None
        and stat[0] not in "ZX"
        and stat[1] == record.get("start_ticks")
        and record.get("boot_id") == _boot_id()
    )
