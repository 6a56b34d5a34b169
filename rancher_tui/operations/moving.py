"""Sessions copied, renamed, archived into one file.

An archive is the whole session in one file, to put it away or to take it to another machine; `restoring` brings it
back. Whoever moves a session holds it; a session with a live run stays where it is.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.files import keep_existing, make_folder, sync_folder, timestamp, write_atomic
from rancher_tui.i18n import msg
from rancher_tui.install.session import Home, Session, SessionError, check_name
from rancher_tui.install.state import InstallState
from rancher_tui.operations import keeping

if TYPE_CHECKING:
    from rancher_tui.backup.copies import Backup

ARCHIVES: Final = "archive"
"""Folder of a home for the sessions that were put away."""
SUFFIX: Final = ".session.tar.gz"


@contextmanager
def held(home: Home, name: str) -> Iterator[tuple[Session, InstallState]]:
    """A session held while the block runs, with nothing running in it. HeldError, SessionError."""
    from rancher_tui.rke.runs import runs

    session = home.session(name)
    state = session.open().state
    try:
        if any(run.status().live for run in runs(session.path)):
            raise SessionError(msg("rke runs in {name}; stop it or wait for its end", name=name))
        yield session, state
    finally:
        session.close()


def copy(home: Home, name: str, new: str) -> Session:
    """A new session with what was entered in another: state, secrets, host keys. Its runs and copies stay there.

    The other one is only read, whoever holds it. SessionError, OSError.
    """
    source = home.session(name)
    state = source.look_on().state
    check_name(new)
    made = home.create(new, state)
    try:
        for file in ("secrets.json", "known_hosts"):
            if (source.path / file).is_file():
                write_atomic(made.path / file, (source.path / file).read_bytes())
        made.journal("copied-from", session=name)
    finally:
        made.close()
    return made


def rename(home: Home, name: str, new: str) -> Session:
    """Give a session another name. HeldError, SessionError, OSError."""
    check_name(new)
    target = home.sessions_folder / new
    with held(home, name) as (session, state):
        if os.path.lexists(target):
            raise SessionError(msg("a session named {name} is already there", name=new))
        session.path.rename(target)
        sync_folder(home.sessions_folder)
    renamed = Session(target)
    renamed.open()
    try:
        moved = keeping.moved(state, str(session.path), str(target))
        if moved != state and renamed.writable:
            renamed.save(moved)
        renamed.journal("renamed", was=name)
    finally:
        renamed.close()
    return renamed


def archive(
    home: Home, name: str, target: Path | None = None, passphrase: str = "", *, stay: bool = False
) -> Path:
    """Put a whole session into one file, read it back, and take the session off the list unless it is to `stay`.

    `target` that is there already is kept under a dated name. HeldError, SessionError, KeepError, OSError.
    """
    from rancher_tui.backup.seal import SUFFIX as SEALED

    with held(home, name) as (session, state):
        session.journal("archived", encrypted=bool(passphrase))
        ending = SUFFIX + (SEALED if passphrase else "")
        file = target or make_folder(home.path / ARCHIVES) / f"{name}.{timestamp()}{ending}"
        backup, contents = _whole(session, state)
        _write_verified(file, backup, contents, passphrase)
    if not stay:
        home.remove(name)
    return file


def _whole(session: Session, state: InstallState) -> tuple[Backup, dict[str, bytes]]:
    """Every file of a session as a backup and its contents; what has no place in an archive is told as lacking."""
    from rancher_tui.backup.copies import Backup, Entry, safe_name
    from rancher_tui.operations.restoring import NEVER

    contents: dict[str, bytes] = {}
    lacks: list[str] = []
    for path in sorted(session.path.rglob("*")):
        name = path.relative_to(session.path).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if hidden or name.split("/")[0] in NEVER or not path.is_file():
            continue
        try:
            contents[safe_name(name)] = path.read_bytes()
        except (OSError, ValueError):
            lacks.append(name)
    for name, wanted in keeping.files(session, state, {}).items():
        if name not in contents and wanted.path.is_file():
            contents[name] = wanted.path.read_bytes()
    entries = tuple(
        Entry(name, hashlib.sha256(data).hexdigest(), len(data), str(session.path / name), name)
        for name, data in contents.items()
    )
    about = keeping.about(session, state)
    return Backup(session.path, "archive", datetime.now(UTC), entries, tuple(lacks), about), contents


def _write_verified(file: Path, backup: Backup, contents: dict[str, bytes], passphrase: str) -> None:
    from rancher_tui.backup import seal
    from rancher_tui.backup.copies import BackupError, verify
    from rancher_tui.backup.pack import of_file, packed

    data = packed(backup, contents)
    try:
        make_folder(file.parent)
        keep_existing(file)
        write_atomic(file, seal.sealed(data, passphrase) if passphrase else data)
        with tempfile.TemporaryDirectory(prefix=f".opened.{os.getpid()}.", dir=backup.folder.parent) as folder:
            broken = verify(of_file(file, Path(folder), passphrase))
    except (BackupError, seal.SealError) as error:
        raise keeping.KeepError("cannot-archive", msg("{error}", error=str(error))) from error
    if broken:
        raise keeping.KeepError("cannot-archive", msg("{name} does not read back", name=next(iter(broken))))
