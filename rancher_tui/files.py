"""Writing files so that neither a kill nor a full disk leaves half of one.

Every write goes to a temporary file in the same folder, is flushed to the disk, renamed over its target, and
the folder is flushed. Files are 0600 and folders 0700 unless said otherwise.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


def make_folder(path: Path) -> Path:
    """Create `path` (0700) and what is missing above it; OSError names what stands in the way."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def sync_folder(path: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `data`, durably and at once; OSError leaves the old file as it was."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - the temporary name is a str
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    sync_folder(path.parent)


def timestamp(moment: datetime | None = None) -> str:
    """A UTC time for file names: `20261123T072151Z`."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def keep_existing(path: Path) -> Path | None:
    """Give an existing file the name `NAME.YYYYMMDDTHHMMSSZ` (a number is added if taken) by a second link.

    The file keeps its own name too, so nothing is missing at any moment. None when there is no file.
    """
    if not path.exists():
        return None
    stem = f"{path.name}.{timestamp()}"
    for attempt in range(1000):
        kept = path.with_name(stem if attempt == 0 else f"{stem}.{attempt}")
        try:
            os.link(path, kept)
        except FileExistsError:
            continue
        return kept
    raise FileExistsError(str(path.with_name(stem)))


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes as lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
