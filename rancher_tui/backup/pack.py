"""Many files as one: a tar with its manifest first, plain (gzip) or sealed; and a backup's sealed form.

Archives of sessions and sealed backups are packs. What comes out of a pack goes only below the folder it is meant
for: names are checked, links and devices are refused.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from rancher_tui.backup import seal
from rancher_tui.backup.copies import (
    MANIFEST,
    Backup,
    BackupError,
    Sealed,
    new_folder,
    of_manifest,
    read,
    safe_name,
    verify,
    write_manifest,
)
from rancher_tui.files import make_folder, open_named, read_named, timestamp, write_atomic

SEALED_FILE: Final = "files.tar.gz.age"
LARGEST: Final = 1 << 30
"""Bytes that a pack may unpack to: no file of a session comes near."""
MOST: Final = 20_000
"""Files that a pack may hold."""


def packed(backup: Backup, contents: Mapping[str, bytes]) -> bytes:
    """A tar of the manifest and then the entries' contents, as gzip; the same input gives the same bytes."""
    out = io.BytesIO()
    moment = int(backup.made_at.timestamp())
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=moment) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        manifest = json.dumps(backup.manifest(), indent=1).encode()
        for name, data in {MANIFEST: manifest, **contents}.items():
            item = tarfile.TarInfo(name)
            item.size, item.mode, item.mtime = len(data), 0o600, moment
            tar.addfile(item, io.BytesIO(data))
    return out.getvalue()


def unpacked(data: bytes, folder: Path) -> Backup:
    """Write a pack's files below `folder` and give the backup that it is; BackupError when it is damaged."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as zipped:
            plain = zipped.read(LARGEST + 1)
        if len(plain) > LARGEST:
            raise BackupError(f"it unpacks to more than {LARGEST} bytes")
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
            _extract(tar, folder)
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error) as error:
        raise BackupError(f"no archive, or a damaged one: {error}") from error
    try:
        manifest = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise BackupError("the archive has no manifest") from error
    return of_manifest(manifest, folder)


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    room, count = LARGEST, 0
    for item in tar:
        name, count = safe_name(item.name), count + 1
        room -= item.size
        if not item.isreg() or room < 0 or count > MOST:
            raise BackupError(f"{name!r} has no place in an archive")
        source = tar.extractfile(item)
        if source is None:
            raise BackupError(f"{name!r} cannot be read")
        target = folder / name
        make_folder(target.parent)
        write_atomic(target, source.read())


def contents_of(backup: Backup) -> dict[str, bytes]:
    """The bytes of a plain backup's files by name; BackupError when one is missing or differs."""
    broken = verify(backup)
    if broken:
        raise BackupError("; ".join(f"{name}: {why}" for name, why in broken.items()))
    return {entry.name: (backup.folder / entry.name).read_bytes() for entry in backup.entries}


def sealed_copy(backup: Backup, parent: Path, passphrase: str) -> Backup:
    """A sealed backup of the same files in a new folder below `parent`, opened again to prove it.

    BackupError when it cannot be made.
    """
    plain = packed(backup, contents_of(backup))
    try:
        closed = seal.sealed(plain, passphrase)
        if seal.opened(closed, passphrase) != plain:
            raise BackupError("what was encrypted does not open to the same bytes")
        folder = new_folder(parent, timestamp(backup.made_at))
        write_atomic(folder / SEALED_FILE, closed)
        item = Sealed(seal.FORMAT, SEALED_FILE, hashlib.sha256(closed).hexdigest(), len(closed))
        silent = tuple(replace(entry, sha256="") for entry in backup.entries)
        made = replace(backup, folder=folder, entries=silent, sealed=item)
        write_manifest(made)
    except seal.SealError as error:
        raise BackupError(f"it cannot be encrypted: {error}") from error
    except OSError as error:
        raise BackupError(f"{error.filename or parent}: {error.strerror or error}") from error
    return made


def opened_copy(backup: Backup, folder: Path, passphrase: str) -> Backup:
    """The plain form of a sealed backup, below `folder`. BackupError, or SealError for a wrong passphrase."""
    if backup.sealed is None:
        return backup
    broken = verify(backup)
    if broken:
        raise BackupError("; ".join(f"{name}: {why}" for name, why in broken.items()))
    return unpacked(seal.opened((backup.folder / backup.sealed.name).read_bytes(), passphrase), folder)


def of_file(path: Path, folder: Path, passphrase: str) -> Backup:
    """The backup in one packed file, its files below `folder`. BackupError; SealError for a wrong passphrase."""
    try:
        data = read_named(path, LARGEST)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}") from error
    return unpacked(seal.opened(data, passphrase) if is_sealed(data) else data, folder)


def is_sealed(data: bytes) -> bool:
    """True for bytes in the age format."""
    return data.startswith(seal.MAGIC)


def needs_passphrase(path: Path) -> bool:
    """True for an encrypted archive or backup, as far as can be told without opening it."""
    try:
        if path.is_dir():
            return read(path).sealed is not None
        with open_named(path) as file:
            return is_sealed(file.read(len(seal.MAGIC)))
    except (OSError, BackupError):
        return False


def scratch(parent: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder (0700) for plain files that must not stay; removed at the end of its block.

    Its name tells this process, so that what a kill leaves of it can be swept away (`Home.sweep`).
    """
    return tempfile.TemporaryDirectory(prefix=f".opened.{os.getpid()}.", dir=make_folder(parent))
