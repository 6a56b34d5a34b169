"""Writing the cluster file: at once or not at all, 0600, an existing one kept under a dated name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rancher_tui.files import keep_existing, write_atomic


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the file, the SHA-256 of its bytes as hex, and where an earlier one is kept."""

    path: Path
    sha256: str
    kept: Path | None


def export(path: Path, text: str) -> Exported:
    """Write `text`; a file that already holds it is left alone. OSError leaves what is there untouched."""
    data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    if path.is_file() and path.read_bytes() == data:
        return Exported(path, digest, None)
    kept = keep_existing(path)
    write_atomic(path, data)
    return Exported(path, digest, kept)
