"""A backup: a folder `TIME/` with copies of files and a manifest.json that tells their SHA-256.

The manifest is written last, so a folder without one is a backup that was cut off. Folders are 0700, files 0600:
what is copied holds private keys. A sealed backup holds one encrypted tar in place of the files; its manifest,
which is not encrypted, tells names and sizes but no digest of what is inside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rancher_tui.files import make_folder, sha256, sync_folder, timestamp, write_atomic
from rancher_tui.i18n import Message, msg

MANIFEST: Final = "manifest.json"
VERSION: Final = 2


class BackupError(Exception):
    """A backup that cannot be made or read; the text names the file and the reason."""

    def __init__(self, told: str | Message) -> None:
        self.message = told if isinstance(told, Message) else msg("{words}", words=told)
        super().__init__(self.message.english)


@dataclass(frozen=True, slots=True)
class Entry:
    """One copied file: its name in the backup, SHA-256 as hex (empty where sealed), size in bytes, its source.

    `place` is where a restore puts it, relative to the session's folder; empty for the session's cluster folder.
    """

    name: str
    sha256: str
    size: int
    source: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The one encrypted file of a sealed backup: a tar of the copies with a manifest.json of its own in it."""

    format: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its manifest tells. `purpose` is `config`, `result`, `before-run`, … as its maker called it."""

    folder: Path
    purpose: str
    made_at: datetime
    entries: tuple[Entry, ...]
    lacks: tuple[str, ...] = ()
    """Files that were wanted and were not there."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What the maker wanted told with it: session, versions, where etcd's snapshots lie."""
    sealed: Sealed | None = None

    def entry(self, name: str) -> Entry | None:
        """The copied file of that name, or None."""
        return next((entry for entry in self.entries if entry.name == name), None)

    @property
    def age_seconds(self) -> float:
        """Seconds since it was made."""
        return (datetime.now(UTC) - self.made_at).total_seconds()

    def manifest(self) -> dict[str, Any]:
        """Its manifest as plain data."""
        told: dict[str, Any] = {
            "version": VERSION,
            "purpose": self.purpose,
            "made_at": self.made_at.isoformat(),
            "about": dict(self.about),
            "files": [_record(entry) for entry in self.entries],
            "lacks": list(self.lacks),
        }
        if self.sealed is not None:
            told["encryption"] = {
                "format": self.sealed.format,
                "file": self.sealed.name,
                "sha256": self.sealed.sha256,
                "size": self.sealed.size,
            }
        return told


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to copy: where it lies, and where a restore puts it (relative to the session's folder)."""

    path: Path
    place: str = ""


def make(
    folder: Path,
    purpose: str,
    files: Mapping[str, Path | Wanted],
    *,
    about: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Backup:
    """Copy `files` (name in the backup -> source) into a new folder below `folder`, and verify every copy.

    Sources that are missing are told in `lacks`; BackupError when none is there, a copy differs from its source,
    or the folder cannot be written.
    """
    moment = now or datetime.now(UTC)
    wanted = {name: file if isinstance(file, Wanted) else Wanted(file) for name, file in files.items()}
    there = {name: file for name, file in wanted.items() if file.path.is_file()}
    if not there:
        raise BackupError(f"none of the files is there: {', '.join(str(file.path) for file in wanted.values())}")
    try:
        target = new_folder(folder, timestamp(moment))
        entries = tuple(_copy(file, target / name, name) for name, file in there.items())
        lacks = tuple(name for name in wanted if name not in there)
        backup = Backup(target, purpose, moment, entries, lacks, dict(about or {}))
        write_manifest(backup)
    except OSError as error:
        raise BackupError(f"{error.filename or folder}: {error.strerror or error}") from error
    broken = verify(backup)
    if broken:
        raise BackupError("; ".join(f"{name}: {why}" for name, why in broken.items()))
    return backup


def new_folder(parent: Path, stem: str) -> Path:
    """A new folder of that name below `parent`, durably; a number is added where the name is taken."""
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


def _copy(file: Wanted, target: Path, name: str) -> Entry:
    data = file.path.read_bytes()
    make_folder(target.parent)
    write_atomic(target, data)
    return Entry(name, hashlib.sha256(data).hexdigest(), len(data), str(file.path), file.place)


def _record(entry: Entry) -> dict[str, Any]:
    told = {"name": entry.name, "sha256": entry.sha256, "size": entry.size, "source": entry.source}
    return {**told, "place": entry.place} if entry.place else told


def write_manifest(backup: Backup) -> None:
    """Write the manifest: from then on the folder is a backup."""
    write_atomic(backup.folder / MANIFEST, json.dumps(backup.manifest(), indent=1).encode())


def read(folder: Path) -> Backup:
    """The backup in `folder` as its manifest tells; BackupError when there is none or it is damaged."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except FileNotFoundError as error:
        told = msg("{folder} has no {file}: no backup, or one that was cut off", folder=str(folder), file=MANIFEST)
        raise BackupError(told) from error
    except OSError as error:
        told = msg(
            "{path} cannot be read: {error}", path=str(folder / MANIFEST), error=error.strerror or str(error)
        )
        raise BackupError(told) from error
    return of_manifest(data, folder)


def of_manifest(data: bytes, folder: Path) -> Backup:
    """The backup that a manifest's bytes describe; BackupError when they are damaged."""
    try:
        told = json.loads(data)
        entries = tuple(
            Entry(
                safe_name(item["name"]),
                str(item["sha256"]),
                int(item["size"]),
                str(item["source"]),
                safe_name(item["place"]) if item.get("place") else "",
            )
            for item in told["files"]
        )
        made_at = datetime.fromisoformat(told["made_at"])
        if made_at.tzinfo is None:
            raise ValueError("made_at has no time zone")
        about = dict(told.get("about", {}))
        lacks = tuple(map(str, told.get("lacks", [])))
        sealed = _sealed(told["encryption"]) if "encryption" in told else None
        return Backup(folder, str(told["purpose"]), made_at, entries, lacks, about, sealed)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        words = f"{type(error).__name__} {error}"
        raise BackupError(msg("{path} is damaged: {words}", path=str(folder / MANIFEST), words=words)) from error


def _sealed(told: Mapping[str, Any]) -> Sealed:
    return Sealed(str(told["format"]), safe_name(told["file"]), str(told["sha256"]), int(told["size"]))


def safe_name(name: object) -> str:
    """A relative path that stays where it is put: no `..`, no root, no hidden or empty part; else ValueError."""
    if not isinstance(name, str) or "\0" in name or "\\" in name or len(name) > 400:
        raise ValueError(f"{name!r} is no file name")
    parts = name.split("/")
    if any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        raise ValueError(f"{name!r} is no file name")
    return name


def verify(backup: Backup) -> dict[str, str]:
    """What is wrong with the copies, by name: missing, of another size, of another SHA-256. Empty when whole.

    Of a sealed backup the encrypted file is compared; only its passphrase proves what is inside.
    """
    if backup.sealed is not None:
        item = backup.sealed
        whole = replace(backup, entries=(Entry(item.name, item.sha256, item.size, ""),), sealed=None)
        return verify(whole)
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
    try:
        entries = sorted(folder.iterdir(), reverse=True)
    except OSError:
        return []
    for entry in entries:
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
