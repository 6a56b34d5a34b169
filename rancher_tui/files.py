"""Writing files so that neither a kill nor a full disk leaves half of one.

Every write goes to a temporary file in the same folder, is flushed to the disk, renamed over its target, and
the folder is flushed. Files are 0600 and folders 0700 unless said otherwise.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


def make_folder(path: Path) -> Path:
    """Create `path` and what is missing above it, each 0700 under any umask; OSError names what is in the way."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    path.mkdir(exist_ok=True)
    return path


def open_private(path: Path, flags: int) -> int:
    """A descriptor of `path`, created if missing, 0600 whatever the umask, closed on exec."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def sync_folder(path: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a power cut.

    Nothing is done on a file system that cannot flush folders.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def write_atomic(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `data`, durably and at once.

    OSError leaves the old file as it was; only when the folder could not be flushed the new one is there.
    """
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


def keep_existing(path: Path, mark: str = "") -> Path | None:
    """Copy an existing file to `NAME.YYYYMMDDTHHMMSSZ` (a number is added if taken), durably, with its mode.

    `mark` stands before the time. A copy, not a second link: what others write into the file in place must not
    reach it. None when there is no file; OSError leaves no half copy.
    """
    if not path.exists():
        return None
    stem = f"{path.name}.{mark}{timestamp()}"
    for attempt in range(1000):
        kept = path.with_name(stem if attempt == 0 else f"{stem}.{attempt}")
        try:
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            continue
        _copy(path, kept, descriptor)
        return kept
    raise FileExistsError(str(path.with_name(stem)))


def _copy(source: Path, target: Path, descriptor: int) -> None:
    try:
        with os.fdopen(descriptor, "wb") as file, source.open("rb") as original:
            shutil.copyfileobj(original, file)
            os.fchmod(file.fileno(), stat.S_IMODE(os.fstat(original.fileno()).st_mode))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
    sync_folder(target.parent)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes as lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
