"""A backup copied to another place, a folder or another host over SFTP, and read back to compare every byte.

It arrives under another name and is renamed when it is whole, so that a copy that was cut off never looks like a
backup. Host keys are verified; there are no passwords: keys and the agent only, as for nodes.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import posixpath
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from rancher_tui.backup.copies import MANIFEST, Backup
from rancher_tui.files import make_folder, sync_folder, write_atomic
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from rancher_tui.transport.ssh import ConnectSettings

LIMIT_S = 120.0
"""How long the whole copy over SFTP may take."""


class ElsewhereError(Exception):
    """A copy that could not be made or verified. `message` says why and what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


@dataclass(frozen=True, slots=True)
class Destination:
    """Where copies go: a folder here (`host` empty) or below `folder` on a host."""

    folder: str
    host: str = ""
    port: str = "22"
    user: str = ""

    def __str__(self) -> str:
        if not self.host:
            return self.folder
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sftp://{self.user}@{host}:{self.port}{self.folder}"


def destination(text: str) -> Destination:
    """Where `text` leads: a folder or `sftp://USER@HOST[:PORT]/FOLDER`. ElsewhereError says what is right."""
    wanted = text.strip()
    if "://" not in wanted:
        if not wanted:
            raise ElsewhereError(msg("no place is named"))
        return Destination(str(Path(wanted).expanduser().absolute()))
    example = "sftp://user@host/folder"
    try:
        parts = urlsplit(wanted)
        port = parts.port or 22
    except ValueError as error:
        raise ElsewhereError(msg("{place} is no address: {error}", place=wanted, error=str(error))) from error
    if parts.scheme != "sftp" or not parts.hostname:
        raise ElsewhereError(msg("{place}: a folder or {example} was expected", place=wanted, example=example))
    if parts.password is not None:
        raise ElsewhereError(
            msg("no password belongs into the address: a key or the agent logs in ({example})", example=example)
        )
    from rancher_tui.install.lock import user_name

    folder = unquote(parts.path) or "/"
    return Destination(folder, parts.hostname, str(port), unquote(parts.username or "") or user_name())


def names_of(backup: Backup) -> list[str]:
    """The files of a backup's folder, the manifest last."""
    held = [backup.sealed.name] if backup.sealed else [entry.name for entry in backup.entries]
    return [*held, MANIFEST]


async def send(backup: Backup, name: str, to: Destination, settings: ConnectSettings) -> str:
    """Copy a backup's folder to `to` as a new folder `name` (numbered if taken), verified; where it lies now."""
    if to.host:
        return await _send_by_sftp(backup, name, to, settings)
    try:
        return await asyncio.to_thread(_send_to_folder, backup, name, Path(to.folder))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ElsewhereError(
            msg("{place} cannot be written: {error}", place=error.filename or to.folder, error=reason)
        ) from error


def _send_to_folder(backup: Backup, name: str, parent: Path) -> str:
    if not parent.parent.is_dir():
        text = msg("{place} is not there; make it first, if the path is right", place=str(parent.parent))
        raise ElsewhereError(text)
    make_folder(parent)
    arriving = parent / f".{name}.{os.getpid()}.part"
    arriving.mkdir(mode=0o700)
    try:
        for file in names_of(backup):
            data = (backup.folder / file).read_bytes()
            make_folder((arriving / file).parent)
            write_atomic(arriving / file, data)
            if _read_from_disk(arriving / file) != data:
                raise ElsewhereError(msg("{file} does not read back as it was written", file=file))
        for target in _numbered(str(parent / name)):
            if os.path.lexists(target):
                continue
            arriving.rename(target)
            sync_folder(parent)
            return target
    except BaseException:
        import shutil

        shutil.rmtree(arriving, ignore_errors=True)
        raise
    raise ElsewhereError(msg("{place} is full of copies of that name", place=str(parent)))


def _numbered(path: str) -> list[str]:
    return [path, *(f"{path}.{number}" for number in range(1, 1000))]


def _read_from_disk(path: Path) -> bytes:
    """The file's bytes, past the system's memory of what was just written where it lets go of that."""
    with path.open("rb") as file:
        with suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return file.read()


async def _send_by_sftp(backup: Backup, name: str, to: Destination, settings: ConnectSettings) -> str:
    import asyncssh

    from rancher_tui.transport.ssh import Target, connect
    from rancher_tui.transport.ssh_errors import SshError

    target = Target(to.host, to.port, to.user, settings.key_path, agent=settings.agent)
    try:
        async with (
            asyncio.timeout(LIMIT_S),
            connect(target, settings) as login,
            login.connection.start_sftp_client() as sftp,
        ):
            placed = await _upload(sftp, backup, name, to.folder)
    except SshError as error:
        raise ElsewhereError(_refused(to, error)) from error
    except TimeoutError as error:
        raise ElsewhereError(
            msg("{place} took longer than {seconds} s", place=str(to), seconds=LIMIT_S)
        ) from error
    except (asyncssh.Error, OSError) as error:
        reason = getattr(error, "reason", "") or str(error)
        raise ElsewhereError(msg("{place} cannot be written: {error}", place=str(to), error=reason)) from error
    return str(Destination(placed, to.host, to.port, to.user))


def _refused(to: Destination, error: Any) -> Message:
    code = str(error.rung)
    if code == "host-key-unknown":
        return msg("the host key of {host} is not known here; log in once by ssh", host=to.host)
    return msg("{place} cannot be reached: {code}", place=str(to), code=code)


async def _upload(sftp: Any, backup: Backup, name: str, folder: str) -> str:
    await sftp.makedirs(folder, exist_ok=True)
    arriving = posixpath.join(folder, f".{name}.{os.getpid()}.part")
    await sftp.makedirs(arriving, exist_ok=True)
    await sftp.chmod(arriving, 0o700)
    try:
        for file in names_of(backup):
            data = await asyncio.to_thread((backup.folder / file).read_bytes)
            path = posixpath.join(arriving, file)
            await sftp.makedirs(posixpath.dirname(path), exist_ok=True)
            await _put(sftp, path, data)
            if await _digest(sftp, path) != hashlib.sha256(data).hexdigest():
                raise ElsewhereError(msg("{file} does not read back as it was written", file=file))
        for place in _numbered(posixpath.join(folder, name)):
            if await sftp.lexists(place):
                continue
            await sftp.rename(arriving, place)
            return place
    except BaseException:
        with suppress(Exception):
            await sftp.rmtree(arriving, ignore_errors=True)
        raise
    raise ElsewhereError(msg("{place} is full of copies of that name", place=folder))


async def _put(sftp: Any, path: str, data: bytes) -> None:
    import asyncssh

    attributes = asyncssh.SFTPAttrs(permissions=0o600)
    async with sftp.open(path, "wb", attributes) as file:
        await file.write(data)
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()


async def _digest(sftp: Any, path: str) -> str:
    async with sftp.open(path, "rb") as file:
        data = await file.read()
    return hashlib.sha256(data).hexdigest()
