"""What every command needs: the home folder, sessions by name, the store of a session held for writing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.commands.output import CallError
from rancher_tui.i18n import Message, msg
from rancher_tui.wording import ways

if TYPE_CHECKING:
    from rancher_tui.install.session import Home, Opened, Session
    from rancher_tui.install.state import InstallState
    from rancher_tui.install.store import Store

LARGEST_YAML: Final = 16_000_000
"""Bytes of a cluster file that is judged."""
LARGEST: Final = 64_000_000
"""Bytes of a file whose format sets no limit of its own: certificates."""

_home: Path | None = None


def use_home(path: Path | None) -> None:
    """`--home DIR` before any command."""
    global _home
    _home = path


def home() -> Home:
    """The folder of all sessions: `--home`, else the environment's, else the XDG state folder's."""
    from rancher_tui.install.session import Home

    return Home(_home.expanduser().absolute()) if _home is not None else Home.default()


def find(name: str) -> Session:
    """The session of that name, which texts speak of from now on; CallError when there is none."""
    from rancher_tui.install.session import SessionError

    ways.speak_of(name)
    try:
        return home().session(name)
    except SessionError as error:
        raise CallError(error.message) from error


def look_on(name: str) -> tuple[Session, InstallState]:
    """A session and its state without holding it: nothing of it is changed."""
    from rancher_tui.install.session import SessionError

    session = find(name)
    try:
        return session, session.look_on().state
    except SessionError as error:
        raise CallError(error.message) from error


@contextmanager
def hold(name: str) -> Iterator[tuple[Session, Store]]:
    """A session held for writing while the block runs; CallError names who holds it."""
    from rancher_tui.install.lock import HeldError
    from rancher_tui.install.session import SessionError
    from rancher_tui.install.store import Store

    session = find(name)
    try:
        opened = session.open()
    except HeldError as error:
        holder = str(error.holder) if error.holder else "another program"
        raise CallError(
            msg(
                "{session} is held by {holder}; `rancher-tui take-over {session}` asks it to save and leave",
                session=name,
                holder=holder,
            )
        ) from error
    except SessionError as error:
        raise CallError(error.message) from error
    except OSError as error:
        raise CallError(
            msg("{path} cannot be written: {error}", path=str(session.path), error=str(error))
        ) from error
    try:
        if not session.writable:
            raise CallError(_newer(name, opened))
        yield session, Store(opened.state, session)
    finally:
        session.close()


def _newer(name: str, opened: Opened) -> Message:
    return msg(
        "{session} was written by a newer rancher-tui (state version {version}); this one only reads it",
        session=name,
        version=opened.newer_version,
    )


def read_file(path: str, limit: int = LARGEST) -> bytes:
    """The bytes of a file or pipe named on the command line; CallError when it cannot be read or is too large."""
    from rancher_tui.files import read_named

    try:
        return read_named(Path(path).expanduser(), limit, pipes=True)
    except OSError as error:
        raise CallError(
            msg("{path} cannot be read: {error}", path=path, error=error.strerror or str(error))
        ) from error


def read_stdin(limit: int) -> bytes:
    """What standard input gives, to its end; CallError for more than `limit` bytes."""
    from rancher_tui.files import read_within

    try:
        return read_within(sys.stdin.buffer, limit, "-")
    except OSError as error:
        raise CallError(
            msg("{path} cannot be read: {error}", path="-", error=error.strerror or str(error))
        ) from error


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet; CallError otherwise."""
    from rancher_tui.files import write_atomic

    if path.exists():
        raise CallError(msg("{path} is there already and is not overwritten; name another file", path=str(path)))
    try:
        write_atomic(path, data)
    except OSError as error:
        raise CallError(msg("{path} cannot be written: {error}", path=str(path), error=str(error))) from error
