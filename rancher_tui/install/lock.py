"""One writer of a session's state at a time.

The lock is an advisory lock (flock) on `lock`, so the kernel lets it go when its holder dies, however it dies.
Beside it `lock.json` tells who holds it. Taking over asks the holder, by a signal, to save and leave.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from rancher_tui.files import write_atomic

TAKE_OVER_SIGNAL = signal.SIGUSR1


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a session: process, host, terminal, user, since when (RFC 3339, UTC)."""

    pid: int
    host: str
    tty: str
    user: str
    since: str
    start_ticks: int = 0

    def __str__(self) -> str:
        return f"{self.user}@{self.host} {self.tty or '-'} pid {self.pid}"


class HeldError(Exception):
    """Somebody else holds the session; `holder` says who, or is None where that cannot be read."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(str(holder) if holder else "another program")
        self.holder = holder


class TakeOverError(Exception):
    """The holder did not let go within the deadline, or could not be asked."""


def start_ticks(pid: int) -> int:
    """When process `pid` started, in clock ticks since boot (proc(5) stat field 22); 0 when it does not live."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[19])


class Lock:
    """The lock of one session folder. Not shared between processes, also not by fork."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._card = folder / "lock.json"
        self._file: IO[str] | None = None

    @property
    def held(self) -> bool:
        """True when this object holds the lock."""
        return self._file is not None

    def acquire(self) -> None:
        """Take the lock or raise HeldError at once; OSError when the folder cannot be written."""
        if self._file is not None:
            return
        file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise HeldError(self.holder()) from None
        self._file = file
        write_atomic(self._card, json.dumps(asdict(_myself())).encode())

    def release(self) -> None:
        """Let the lock go; harmless when it is not held."""
        if self._file is None:
            return
        with suppress(OSError):
            self._card.unlink(missing_ok=True)
        self._file.close()
        self._file = None

    def holder(self) -> Holder | None:
        """Who holds the lock now: None when nobody does or the holder cannot be told."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._read_card()
        else:
            return None
        finally:
            os.close(descriptor)

    def take_over(self, deadline: float = 10.0) -> None:
        """Ask the holder to save and leave, then take the lock; TakeOverError after `deadline` seconds."""
        holder = self.holder()
        if holder is not None:
            if holder.host != socket.gethostname():
                raise TakeOverError(f"{holder} is on another host")
            if holder.start_ticks != start_ticks(holder.pid):
                raise TakeOverError(f"process {holder.pid} is not the holder any more")
            with suppress(ProcessLookupError):
                os.kill(holder.pid, TAKE_OVER_SIGNAL)
        until = time.monotonic() + deadline
        while True:
            try:
                self.acquire()
            except HeldError as error:
                if time.monotonic() > until:
                    raise TakeOverError(f"{error} did not leave within {deadline:.0f} s") from error
                time.sleep(0.05)
            else:
                return

    def _read_card(self) -> Holder | None:
        try:
            return Holder(**json.loads(self._card.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def _myself() -> Holder:
    pid = os.getpid()
    return Holder(
        pid,
        socket.gethostname(),
        _terminal(),
        user_name(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        start_ticks(pid),
    )


def _terminal() -> str:
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            return os.ttyname(descriptor)
    return ""


def user_name() -> str:
    """The login name of this process, or its number where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
