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

from rancher_tui.files import open_private, write_atomic

TAKE_OVER_SIGNAL = signal.SIGUSR1
POLL = 0.02
"""Seconds between two tries."""
SETTLE = 0.2
"""Seconds for which a lock without a living holder's card is tried again: its card may be about to be written."""


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

    @property
    def here(self) -> bool:
        """True when the holder runs on this host, so that it can be looked at and asked."""
        return self.host == socket.gethostname()

    @property
    def gone(self) -> bool:
        """True when that process is known to live no more (its number may be another's by now)."""
        return self.here and start_ticks(self.pid) != self.start_ticks


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


def listens(pid: int) -> bool:
    """True when process `pid` handles TAKE_OVER_SIGNAL (proc(5) status, SigCgt); others would be killed by it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) >> (TAKE_OVER_SIGNAL - 1) & 1)


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
        """Take the lock or raise HeldError at once; OSError when the folder cannot be written.

        On a full disk the lock is taken all the same: then nobody can read who holds it.
        """
        if self._file is not None:
            return
        self._file = self._take()
        with suppress(OSError):
            write_atomic(self._card, json.dumps(asdict(_myself())).encode())

    def _take(self) -> IO[str]:
        until = time.monotonic() + SETTLE
        while True:
            if (file := self._try()) is not None:
                return file
            holder = self._read_card()
            if holder is not None and not holder.gone:
                raise HeldError(holder)
            if time.monotonic() > until:
                raise HeldError(None)
            time.sleep(POLL)

    def _try(self) -> IO[str] | None:
        """The locked file; None when it is locked already, or is not the folder's lock any more."""
        file = os.fdopen(open_private(self._path, os.O_RDWR), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), os.stat(self._path)):  # noqa: PTH116
                return file
        except OSError as error:
            file.close()
            if not isinstance(error, BlockingIOError):
                raise
            return None
        file.close()
        return None

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
            card = self._read_card()
            return None if card is None or card.gone else card
        else:
            return None
        finally:
            os.close(descriptor)

    def take_over(self, deadline: float = 10.0) -> None:
        """Ask the holder to save and leave, then take the lock; TakeOverError after `deadline` seconds.

        Only a holder that listens is asked; one that does not (a short command) is waited for.
        """
        asked: set[Holder] = set()
        until = time.monotonic() + deadline
        while True:
            try:
                self.acquire()
            except HeldError as error:
                holder = error.holder
                if holder is not None and holder not in asked and _ask(holder):
                    asked.add(holder)
                if time.monotonic() > until:
                    raise TakeOverError(_refusal(error, asked, deadline)) from error
                time.sleep(POLL)
            else:
                return

    def _read_card(self) -> Holder | None:
        try:
            return Holder(**json.loads(self._card.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def _ask(holder: Holder) -> bool:
    """Ask a holder to leave; False when it cannot listen yet, TakeOverError when it can never be asked."""
    if not holder.here:
        raise TakeOverError(f"{holder} is on another host")
    if holder.gone or not listens(holder.pid):
        return False
    try:
        os.kill(holder.pid, TAKE_OVER_SIGNAL)
    except ProcessLookupError:
        return False
    except PermissionError as error:
        raise TakeOverError(f"{holder} is another user's program and cannot be asked") from error
    return True


def _refusal(held: HeldError, asked: set[Holder], deadline: float) -> str:
    if held.holder is None or held.holder in asked:
        return f"{held} did not leave within {deadline:.0f} s"
    return f"{held} does not listen and did not leave within {deadline:.0f} s; end it: kill {held.holder.pid}"


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
