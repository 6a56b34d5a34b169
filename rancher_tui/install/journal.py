"""The journal of a session: who did what when, one JSON object a line, append only.

Edits by their name and fields, never by their values; checks, exports, runs and backups by their outcome.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rancher_tui.install.lock import user_name


def append(path: Path, action: str, **details: object) -> None:
    """Add one line; a single write, so that two writers never mix theirs. OSError when it cannot be written."""
    entry: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "user": user_name(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "action": action,
        **details,
    }
    line = json.dumps(entry, default=str) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """The journal's entries, oldest first; a line cut off by a kill is passed over."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry
