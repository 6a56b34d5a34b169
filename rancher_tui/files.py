"""Writing files so that neither a kill nor a full disk leaves half of one; reading those that an operator names.

Every write goes to a temporary file in the same folder, is flushed to the disk, renamed over its target, and
the folder is flushed. Files are 0600 and folders 0700 unless said otherwise. What is read is a regular file within
a limit (`read_named`): a device without end or a pipe that nobody writes to is refused, not waited for.
"""

from __future__ import annotations

import errno
import hashlib
import os
import select
import shutil
import stat
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

MEGABYTE: Final = 1_000_000
_PIECE: Final = 1 << 20
_A_WRITER: Final = 2000
"""Milliseconds that a named pipe is given to get a writer."""


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
    reach it. None when there is no file; OSError leaves no half copy, and tells of a folder in the file's place.
    """
    if not path.exists():
        return None
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
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


class UnfitFileError(OSError):
    """A file that an operator named and that is not read: no regular file, or too large. `strerror` says which."""


def open_named(path: Path | str, *, pipes: bool = False) -> IO[bytes]:
    """A file that an operator named, opened for reading, unbuffered; OSError, UnfitFileError when it is no file.

    With `pipes`, as for the files of commands, a pipe that somebody writes to and the terminal are read too.
    """
    _demand_readable(os.stat(path).st_mode, path, pipes=pipes)  # noqa: PTH116
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        _demand_readable(mode, path, pipes=pipes)
        if stat.S_ISFIFO(mode) and not _is_written(descriptor):
            raise _no_regular_file(path)
        if stat.S_ISCHR(mode) and not os.isatty(descriptor):
            raise _no_regular_file(path)
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def read_named(path: Path | str, limit: int, *, pipes: bool = False) -> bytes:
    """The bytes of a file that an operator named; UnfitFileError for more than `limit` bytes."""
    with open_named(path, pipes=pipes) as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise too_large(path, limit)
        return read_within(file, limit, path)


def read_within(file: IO[bytes], limit: int, name: Path | str) -> bytes:
    """What is left in `file`, which is called `name`; UnfitFileError for more than `limit` bytes."""
    pieces, taken = [], 0
    while piece := file.read(min(_PIECE, limit + 1 - taken)):
        pieces.append(piece)
        taken += len(piece)
        if taken > limit:
            raise too_large(name, limit)
    return b"".join(pieces)


def too_large(path: Path | str, limit: int) -> UnfitFileError:
    """The error for a file of more than `limit` bytes."""
    size = f"{limit // MEGABYTE} MB" if limit >= MEGABYTE else f"{limit // 1000} kB"
    return UnfitFileError(errno.EFBIG, f"is larger than {size}", str(path))


def _no_regular_file(path: Path | str) -> UnfitFileError:
    return UnfitFileError(errno.EINVAL, "is no regular file", str(path))


def _demand_readable(mode: int, path: Path | str, *, pipes: bool) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not (stat.S_ISREG(mode) or (pipes and (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)))):
        raise _no_regular_file(path)


def _is_written(pipe: int) -> bool:
    """True for a nameless pipe, and for a named one that gives something, or its end, in time."""
    if str(Path(f"/proc/self/fd/{pipe}").readlink()).startswith("pipe:["):
        return True
    watch = select.poll()
    watch.register(pipe, select.POLLIN)
    return bool(watch.poll(_A_WRITER))
