"""Private keys as RKE takes them: a PEM or OpenSSH private key, from a file or inline, without a passphrase.

RKE expands only a leading `~/` and reads relative paths from the folder it runs in (RKE v0.1.18, observed).
"""

from __future__ import annotations

import stat
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.files import read_named
from rancher_tui.transport.ssh_errors import Rung, SshError

if TYPE_CHECKING:
    import asyncssh

LARGEST_KEY_FILE = 1 << 20
_PEM_LABELS = (b"RSA PRIVATE KEY", b"DSA PRIVATE KEY", b"EC PRIVATE KEY", b"PRIVATE KEY", b"OPENSSH PRIVATE KEY")


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key that can sign. `mode` is the file's permissions, None for an inline key."""

    key: asyncssh.SSHKey = field(repr=False)
    source: str
    algorithm: str
    fingerprint: str
    encrypted: bool
    mode: int | None = None
    certificate: asyncssh.SSHCertificate | None = field(default=None, repr=False)


class KeyRing:
    """Keys read once and kept in memory, with the passphrases that open them; nothing of it is ever stored."""

    def __init__(self, folder: Path, passphrases: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._passphrases = passphrases or {}
        self._read: dict[tuple[str, str], PrivateKey] = {}
        self._lock = threading.Lock()

    def file(self, path: str, certificate: str = "") -> PrivateKey:
        """The private key of a file (blocking); the errors of `read_key`."""
        with self._lock:
            if (path, certificate) not in self._read:
                self._read[path, certificate] = read_key(path, self._folder, self._passphrases, certificate)
            return self._read[path, certificate]

    def inline(self, text: str, reference: str, certificate: str = "") -> PrivateKey:
        """The private key in `text`, told as `reference`; the errors of `parse_key`."""
        key = parse_key(text.encode(), reference, self._passphrases.get(reference))
        return with_certificate(key, certificate, self._folder)


def expand(path: str, folder: Path) -> Path:
    """The file that RKE opens for `path` when it runs in `folder`."""
    if path.startswith("~/"):
        return Path.home() / path[2:]
    return folder / path


def read_key(path: str, folder: Path, passphrases: Mapping[str, str], certificate: str = "") -> PrivateKey:
    """The private key in the file `path` (blocking); SshError of a `key-…` rung.

    `passphrases` are looked up by the path as typed.
    """
    file = expand(path, folder)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SshError(Rung.KEY_UNREADABLE, path=path, file=str(file), error="not a regular file")
        if status.st_size > LARGEST_KEY_FILE:
            raise SshError(
                Rung.KEY_NOT_PRIVATE,
                path=path,
                file=str(file),
                error="far too large for a key",
                bytes=status.st_size,
            )
        data = read_named(file, LARGEST_KEY_FILE)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SshError(Rung.KEY_MISSING, path=path, file=str(file), error=error.strerror) from None
    except (OSError, ValueError) as error:
        raise SshError(Rung.KEY_UNREADABLE, path=path, file=str(file), error=str(error)) from None
    key = parse_key(data, path, passphrases.get(path), stat.S_IMODE(status.st_mode))
    return with_certificate(key, certificate, folder)


def with_certificate(key: PrivateKey, path: str, folder: Path) -> PrivateKey:
    """The key with the OpenSSH certificate in the file `path` (blocking), as it is where that is empty.

    SshError: `key-missing`, `key-unreadable`, `key-not-private` where the file holds no certificate.
    """
    if not path:
        return key
    file = expand(path, folder)
    try:
        data = read_named(file, LARGEST_KEY_FILE)
    except FileNotFoundError as error:
        raise SshError(Rung.KEY_MISSING, path=path, file=str(file), error=error.strerror) from None
    except OSError as error:
        raise SshError(Rung.KEY_UNREADABLE, path=path, file=str(file), error=str(error)) from None
    return certified(key, data, path)


def certified(key: PrivateKey, data: bytes, source: str) -> PrivateKey:
    """The key with an OpenSSH certificate; SshError `key-not-private` where `data` holds none."""
    import asyncssh

    try:
        return replace(key, certificate=asyncssh.import_certificate(data))
    except ValueError as error:
        raise SshError(Rung.KEY_NOT_PRIVATE, path=source, looks_like="no certificate", error=str(error)) from None


def parse_key(data: bytes, source: str, passphrase: str | None = None, mode: int | None = None) -> PrivateKey:
    """The private key in `data`; SshError of a `key-…` rung. `source` says where it came from."""
    import asyncssh

    begins = [label for label in _PEM_LABELS if b"-----BEGIN " + label + b"-----" in data]
    encrypted_label = b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in data
    if not begins and not encrypted_label:
        raise SshError(Rung.KEY_NOT_PRIVATE, path=source, looks_like=looks_like(data))
    encrypted = encrypted_label or b"Proc-Type: 4,ENCRYPTED" in data or _openssh_encrypted(data)
    if encrypted and not passphrase:
        raise SshError(Rung.KEY_ENCRYPTED, path=source, error="protected by a passphrase")
    try:
        key = asyncssh.import_private_key(data, passphrase if encrypted else None)
    except asyncssh.KeyEncryptionError as error:
        raise SshError(Rung.KEY_ENCRYPTED, path=source, error=str(error)) from None
    except (asyncssh.KeyImportError, ValueError, TypeError) as error:
        if encrypted:
            raise SshError(Rung.KEY_ENCRYPTED, path=source, error="the passphrase does not open it") from None
        raise SshError(
            Rung.KEY_NOT_PRIVATE, path=source, looks_like="damaged private key", error=str(error)
        ) from None
    return PrivateKey(key, source, key.get_algorithm(), key.get_fingerprint(), encrypted, mode)


def _openssh_encrypted(data: bytes) -> bool:
    """True when an OPENSSH PRIVATE KEY block names a cipher (openssh PROTOCOL.key)."""
    import base64
    import binascii

    start = data.find(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    if start < 0:
        return False
    body = data[start:].split(b"-----")[2]
    try:
        raw = base64.b64decode(b"".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    magic = b"openssh-key-v1\0"
    if not raw.startswith(magic):
        return False
    length = int.from_bytes(raw[len(magic) : len(magic) + 4], "big")
    return raw[len(magic) + 4 : len(magic) + 4 + length] != b"none"


def looks_like(data: bytes) -> str:
    """What a file that is no private key seems to be: a name for evidence."""
    head = data[:4096]
    if not head.strip():
        return "empty file"
    if head.startswith((b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-")):
        return "public key"
    if b"PUBLIC KEY" in head:
        return "public key"
    if b"BEGIN CERTIFICATE" in head:
        return "certificate"
    if head.startswith(b"PuTTY-User-Key-File"):
        return "PuTTY key"
    return "something else"
