"""A backup: a folder `TIME/` with copies of files and a manifest.json that tells their SHA-256.

The manifest is written last, so a folder without one is a backup that was cut off. Folders are 0700, files 0600:
what is copied holds private keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rancher_tui.files import make_folder, sha256, sync_folder, timestamp, write_atomic

MANIFEST: Final = "manifest.json"


class BackupError(Exception):
    """A backup that cannot be made or read; the text names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One copied file: its name in the backup, SHA-256 as hex, size in bytes, and where it came from."""

    name: str
    sha256: str
    size: int
    source: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its manifest tells. `purpose` is `config` or `result` or what the maker called it."""

    folder: Path
    purpose: str
    made_at: datetime
    entries: tuple[Entry, ...]
    lacks: tuple[str, ...] = ()
    """Files that were wanted and were not there."""

    def entry(self, name: str) -> Entry | None:
        """The copied file of that name, or None."""
        return next((entry for entry in self.entries if entry.name == name), None)

    @property
    def age_seconds(self) -> float:
        """Seconds since it was made."""
        return (datetime.now(UTC) - self.made_at).total_seconds()


def make(folder: Path, purpose: str, files: Mapping[str, Path], *, now: datetime | None = None) -> Backup:
    """Copy `files` (name in the backup -> source) into a new folder below `folder`, and verify every copy.

    Sources that are missing are told in `lacks`; BackupError when none is there, a copy differs from its source,
    or the folder cannot be written.
    """
    moment = now or datetime.now(UTC)
    there = {name: path for name, path in files.items() if path.is_file()}
    if not there:
        raise BackupError(f"none of the files is there: {', '.join(str(path) for path in files.values())}")
    try:
        target = _new_folder(folder, timestamp(moment))
        entries = tuple(_copy(path, target / name, name) for name, path in there.items())
        backup = Backup(target, purpose, moment, entries, tuple(name for name in files if name not in there))
        write_atomic(target / MANIFEST, json.dumps(_manifest(backup), indent=1).encode())
    except OSError as error:
        raise BackupError(f"{error.filename or folder}: {error.strerror or error}") from error
    broken = verify(backup)
    if broken:
        raise BackupError("; ".join(f"{name}: {why}" for name, why in broken.items()))
    return backup


def _new_folder(parent: Path, stem: str) -> Path:
    make_folder(parent)
    for attempt in range(1000):
        target = parent / (stem if attempt == 0 else f"{stem}.{attempt}")
        try:
            target.mkdir(mode=0o700)
        except FileExistsError:
            continue
        sync_folder(parent)
        return target
    raise FileExistsError(str(parent / stem))


def _copy(source: Path, target: Path, name: str) -> Entry:
    data = source.read_bytes()
    write_atomic(target, data)
    return Entry(name, hashlib.sha256(data).hexdigest(), len(data), str(source))


def _manifest(backup: Backup) -> dict[str, Any]:
    return {
        "version": 1,
        "purpose": backup.purpose,
        "made_at": backup.made_at.isoformat(),
        "files": [
            {"name": entry.name, "sha256": entry.sha256, "size": entry.size, "source": entry.source}
            for entry in backup.entries
        ],
        "lacks": list(backup.lacks),
    }


def read(folder: Path) -> Backup:
    """The backup in `folder` as its manifest tells; BackupError when there is none or it is damaged."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
        entries = tuple(
            Entry(_plain_name(item["name"]), str(item["sha256"]), int(item["size"]), str(item["source"]))
            for item in data["files"]
        )
        made_at = datetime.fromisoformat(data["made_at"])
        return Backup(folder, str(data["purpose"]), made_at, entries, tuple(map(str, data.get("lacks", []))))
    except FileNotFoundError as error:
        raise BackupError(f"{folder} has no {MANIFEST}: no backup, or one that was cut off") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder / MANIFEST} is damaged: {error}") from error


def _plain_name(name: str) -> str:
    if not isinstance(name, str) or name in ("", ".", "..") or "/" in name or "\0" in name:
        raise ValueError(f"{name!r} is no file name")
    return name


def verify(backup: Backup) -> dict[str, str]:
    """What is wrong with the copies, by name: missing, of another size, of another SHA-256. Empty when whole."""
    broken: dict[str, str] = {}
    for entry in backup.entries:
        path = backup.folder / entry.name
        try:
            if path.stat().st_size != entry.size:
                broken[entry.name] = f"{path.stat().st_size} bytes, not {entry.size}"
            elif sha256(path) != entry.sha256:
                broken[entry.name] = "its SHA-256 differs from the manifest's"
        except OSError as error:
            broken[entry.name] = error.strerror or str(error)
    return broken


def all_of(folder: Path, purpose: str | None = None) -> list[Backup]:
    """The readable backups below `folder`, newest first; of one purpose when it is named."""
    found: list[Backup] = []
    for entry in sorted(folder.iterdir(), reverse=True) if folder.is_dir() else ():
        try:
            backup = read(entry)
        except BackupError:
            continue
        if purpose in (None, backup.purpose):
            found.append(backup)
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def newest(folder: Path, purpose: str) -> Backup | None:
    """The newest readable backup of that purpose, or None."""
    return next(iter(all_of(folder, purpose)), None)
