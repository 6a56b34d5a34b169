"""Host keys: who vouches for a server's key, and the session's file of pinned keys (OpenSSH's format).

The operator's known_hosts decide first; only for a host that they do not name, the session's pins do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.files import read_named, write_atomic

if TYPE_CHECKING:
    import asyncssh


class Trust(StrEnum):
    """What is known about a host key."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Vouched:
    """The keys that one file has for one host."""

    source: str
    keys: tuple[asyncssh.SSHKey, ...]
    authorities: tuple[asyncssh.SSHKey, ...]
    revoked: tuple[asyncssh.SSHKey, ...]


def host_pattern(address: str, port: int) -> str:
    """A host as known_hosts names it: `address`, or `[address]:port` for another port than 22."""
    address = address.lower()
    return address if port == 22 else f"[{address}]:{port}"


class KnownHosts:
    """The operator's known_hosts files and the session's pins, read once when first asked (blocking)."""

    def __init__(self, files: Sequence[Path], pins: Path | None = None) -> None:
        self._files = tuple(files)
        self._pins = pins
        self._lock = threading.Lock()
        self._read: list[tuple[str, asyncssh.SSHKnownHosts]] | None = None
        self._found: dict[str, Vouched | None] = {}

    def _loaded(self) -> list[tuple[str, asyncssh.SSHKnownHosts]]:
        with self._lock:
            if self._read is None:
                paths = [*self._files, *([self._pins] if self._pins else [])]
                self._read = [(str(path), _load(path)) for path in paths]
            return self._read

    @property
    def loaded(self) -> bool:
        """True when asking does not block any more."""
        return self._read is not None

    def vouched(self, address: str, port: int) -> Vouched | None:
        """The keys of the first file that names this host; None when none does.

        For another port than 22 an entry of the bare address counts too, where it holds (`verdict` sees to that).
        """
        pattern = host_pattern(address, port)
        if pattern not in self._found:
            matches = (_match(hosts, pattern, source) for source, hosts in self._loaded())
            self._found[pattern] = next((found for found in matches if found), None)
        return self._found[pattern]

    def without_port(self, address: str) -> list[asyncssh.SSHKey]:
        """Keys known for the bare address: OpenSSH takes them for another port too, where they match."""
        return [
            key
            for source, hosts in self._loaded()
            if (found := _match(hosts, address.lower(), source))
            for key in found.keys
        ]

    def verdict(self, address: str, port: int, key: asyncssh.SSHKey) -> tuple[Trust, Vouched | None]:
        """Whether `key` is the one that is known for this host, and who says so."""
        found = self.vouched(address, port)
        if found and key in found.revoked:
            return Trust.REVOKED, found
        if found and found.keys:
            return (Trust.KNOWN if key in found.keys else Trust.CHANGED), found
        if port != 22 and key in self.without_port(address):
            return Trust.KNOWN, None
        return Trust.UNKNOWN, found


_LARGEST: Final = 16_000_000


def _load(path: Path) -> asyncssh.SSHKnownHosts:
    """The entries of one file; lines that cannot be read are left out, a missing file has none."""
    import asyncssh

    hosts = asyncssh.import_known_hosts("")
    try:
        text = read_named(path, _LARGEST).decode("utf-8", "replace")
    except OSError:
        return hosts
    try:
        hosts.load(text)
    except ValueError:
        hosts = asyncssh.import_known_hosts("")
        for line in text.splitlines():
            _load_line(hosts, line)
    return hosts


def _load_line(hosts: asyncssh.SSHKnownHosts, line: str) -> None:
    try:
        hosts.load(line)
    except ValueError:
        return


def _match(hosts: asyncssh.SSHKnownHosts, pattern: str, source: str) -> Vouched | None:
    keys, authorities, revoked, *_ = hosts.match(pattern, "", None)
    if not (keys or authorities or revoked):
        return None
    return Vouched(source, tuple(keys), tuple(authorities), tuple(revoked))


def write_pins(path: Path, entries: Iterable[tuple[str, int, str]]) -> None:
    """Add `(address, port, public key line)` to the pins file, replacing these hosts' old ones (0600, atomic)."""
    fresh = {host_pattern(address, port): line for address, port, line in entries}
    try:
        old = path.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        old = []
    kept = [line for line in old if line.split(" ", 1)[0] not in fresh]
    lines = [*kept, *(f"{pattern} {line}" for pattern, line in fresh.items())]
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())
