"""Private key files: what form, whether a key is in it, its public half for matching. The key is not kept."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
    pkcs12,
)

from rancher_tui.certificates import pem
from rancher_tui.certificates.recover import Marker, decoded, letters, markers

PRIVATE = "PRIVATE KEY"
OPENSSH = "OPENSSH PRIVATE KEY"
_BLOCK = re.compile(rb"-----BEGIN ([^\r\n]*PRIVATE KEY)-----.*?-----END \1-----[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LOAD_ERRORS = (ValueError, TypeError, UnsupportedAlgorithm, OverflowError)
_PKCS8_ENCRYPTED = re.compile(rb"\x30.{1,5}\x30.{1,3}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01(?:\x05|\x0c)", re.DOTALL)
_SHROUDED_KEY = bytes.fromhex("060b2a864886f70d010c0a0102")
"""The object identifier of an encrypted key in PKCS#12, as DER (RFC 7292 4.2.2)."""
LARGEST_WRAPPED = 65_536
"""Bytes of a file in which a key is sought behind base64."""


@dataclass(slots=True)
class KeyReading:
    """A key file as read. `state` is contract.md's `key_state`; `public` the SubjectPublicKeyInfo where readable.

    `held` says in a word what the file holds instead of a key; `form` is `pem`, `der`, `openssh` or empty.
    """

    state: str
    public: bytes | None = None
    form: str = ""
    encrypted: bool = False
    keys: int = 0
    held: str = ""
    marks: list[Marker] = field(default_factory=list)


def read(data: bytes | None, passphrase: str | None = None) -> KeyReading:
    """Read a key file; None means that none was given. Nothing raises."""
    if data is None:
        return KeyReading("absent")
    body = data.removeprefix(pem.BOM)
    if body[:1] == b"\x30":
        return _of_der(body, passphrase)
    marks = markers(body)
    begins = [mark for mark in marks if mark.begins and mark.label.upper().endswith(PRIVATE)]
    if not begins:
        if _wrapped(body):
            return KeyReading("unparseable", held="another form")
        return KeyReading("not-a-private-key", held=_held(body, marks), marks=marks)
    block = next(_blocks(body, marks), None)
    if block is None:
        return KeyReading("unparseable", form="pem", keys=len(begins), held="damaged", marks=marks)
    reading = _of_block(block[0], block[1], passphrase)
    reading.keys, reading.marks = len(begins), marks
    return reading


def in_der(data: bytes) -> bool:
    """Whether the bytes are a private key as DER, locked or open."""
    return _PKCS8_ENCRYPTED.match(data) is not None or _load(load_der_private_key, data, None) is not None


def _blocks(body: bytes, marks: list[Marker]) -> Iterator[re.Match[bytes]]:
    """The private key blocks that begin a line and that OpenSSL and Go both take."""
    for mark, after in pairwise(marks):
        at_line_start = mark.start == 0 or body[mark.start - 1 : mark.start] in (b"\n", b"\r")
        if not (mark.begins and mark.label.upper().endswith(PRIVATE) and not after.begins and at_line_start):
            continue
        line_end = body.find(b"\n", after.end)
        found = _BLOCK.match(body[mark.start : len(body) if line_end < 0 else line_end + 1])
        if found is not None and pem.openssl_blocks(found[0]).blocks and pem.go_blocks(found[0]):
            yield found


def _wrapped(body: bytes) -> bool:
    """Whether a PEM key stands in the file as UTF-16 or as base64 of the whole."""
    if "PRIVATE KEY-".encode("utf-16-le") in body or "PRIVATE KEY-".encode("utf-16-be") in body:
        return True
    return len(body) < LARGEST_WRAPPED and b"PRIVATE KEY-" in decoded(letters(body))


def _load(load: Callable[[bytes, bytes | None], Any], data: bytes, secret: bytes | None) -> Any:
    """The key object; None where the secret is wrong or missing, or the content no key."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return load(data, secret)
        except _LOAD_ERRORS:
            return None


def _public(key: Any) -> bytes | None:
    try:
        return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    except (*_LOAD_ERRORS, AttributeError):
        return None


def _of_block(block: bytes, label: bytes, passphrase: str | None) -> KeyReading:
    """One private key block; the parameters of an EC key before it are not needed.

    OpenSSL and Go go by what a block holds, whatever kind of private key its label names.
    """
    openssh = label.decode("latin-1") == OPENSSH
    load: Callable[[bytes, bytes | None], Any] = load_ssh_private_key if openssh else load_pem_private_key
    form = "openssh" if openssh else "pem"
    encrypted = b"ENCRYPTED" in label or b"Proc-Type: 4,ENCRYPTED" in block
    secret = passphrase.encode() if passphrase else None
    key = None if encrypted else _load(load, block, None)
    if key is None and openssh:
        encrypted = _needs_passphrase(block)
    if key is None and encrypted:
        key = _load(load, block, secret) if secret else None
        return KeyReading("encrypted", _public(key), form, encrypted=True)
    if key is None and not openssh:
        key = _load(load_der_private_key, pem.go_blocks(block)[0].data, None)
    if key is None:
        return KeyReading("unparseable", form=form, held="damaged")
    return KeyReading("openssh" if openssh else "ok", _public(key), form)


def _needs_passphrase(block: bytes) -> bool:
    """Whether an OpenSSH key is encrypted: the loader says so by the type of its error."""
    try:
        load_ssh_private_key(block, None)
    except TypeError:
        return True
    except (ValueError, UnsupportedAlgorithm):
        return False
    return False


def _of_der(data: bytes, passphrase: str | None) -> KeyReading:
    secret = passphrase.encode() if passphrase else None
    key = _load(load_der_private_key, data, None)
    if key is not None:
        return KeyReading("der", _public(key), "der", keys=1)
    if _PKCS8_ENCRYPTED.match(data):
        key = _load(load_der_private_key, data, secret) if secret else None
        return KeyReading("encrypted", _public(key), "der", encrypted=True, keys=1)
    for attempt in (secret, None, b""):
        held = _load(pkcs12.load_pkcs12, data, attempt)
        if held is not None and held.key is not None:
            return KeyReading("der", _public(held.key), "der", keys=1, held="pkcs12")
    if _SHROUDED_KEY in data:
        return KeyReading("encrypted", form="der", encrypted=True, keys=1, held="pkcs12")
    return KeyReading("not-a-private-key", held="der")


def _held(body: bytes, marks: list[Marker]) -> str:
    """What a file without a private key holds instead: `empty`, a block's label, or `text`."""
    if not body.strip():
        return "empty"
    begins = [mark.label for mark in marks if mark.begins and mark.label]
    if body.startswith(b"PuTTY-User-Key-File"):
        return "PuTTY key"
    return begins[0] if begins else "text"
