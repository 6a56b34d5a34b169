"""The journal of a session: who did what when, one JSON object a line, append only.

Edits by their name and fields, never by their values; checks, exports, runs and backups by their outcome.
"""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rancher_tui.files import open_private
from rancher_tui.install.lock import user_name


def append(path: Path, action: str, /, **details: object) -> None:
    """Add one line; a single write, so that two writers never mix theirs. OSError when it cannot be written.

    A line that a kill or a full disk cut off before is ended first, so that this one stands by itself.
    """
    entry: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "user": user_name(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "action": action,
        **details,
    }
    line = json.dumps(entry, default=str) + "\n"
    descriptor = open_private(path, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = "\n" + line
        data = line.encode()
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
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
