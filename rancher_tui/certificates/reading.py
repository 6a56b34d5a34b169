"""Reading a certificate file in any form: which form, every certificate that can be recovered, what is damaged."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from rancher_tui.certificates import keys, pem, recover, text_reading
from rancher_tui.certificates.certificate import READ_ERRORS, Certificate
from rancher_tui.certificates.recover import Marker

EDGES = frozenset({"bom", "crlf", "leading-text", "trailing-garbage", "no-final-newline"})
"""Codes of what stands around the blocks of a PEM file."""
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NESTING = 3
_LAYERED = re.compile(rb"(?:LS0tLS1CRUdJ|TFMwdExTMUNSVWRK)[A-Za-z0-9+/\s]*={0,2}\s*\Z")
"""Base64 of what begins like a PEM file, once more or twice."""
_UNSEEN = (pem.BOM, b"\xe2\x80\x8b", b"\xc2\xa0")
"""Byte order mark, zero-width space and no-break space as UTF-8."""
MOST_LINES = 20
"""Lines that are told of one kind of damage."""


@dataclass(slots=True)
class Reading:
    """A file as read.

    `form` is contract.md's `format`. `damage` maps a code (`bad-pem`, `crlf`) to the lines from 1 where it shows.
    """

    form: str = "text"
    certificates: list[Certificate] = field(default_factory=list)
    damage: dict[str, list[int]] = field(default_factory=dict)
    private_key: bool = False
    body: bytes = b""
    _counted: tuple[int, int] = (0, 1)

    def note(self, code: str, start: int = 0) -> None:
        """Remember that `code` is true at offset `start`."""
        lines = self.damage.setdefault(code, [])
        if len(lines) < MOST_LINES:
            line = self._line(start)
            lines += [line] if line not in lines else []

    def _line(self, start: int) -> int:
        """The line at an offset, counted on from the one asked for before where that is not behind it."""
        offset, line = self._counted if self._counted[0] <= start else (0, 1)
        line += self.body.count(b"\n", offset, start)
        self._counted = (start, line)
        return line


def read(data: bytes, passphrase: str | None = None) -> Reading:
    """Read a file of certificates; nothing raises, a form that is not PEM is noted as `not-pem`."""
    return _read(data, passphrase, 0)


def _read(data: bytes, passphrase: str | None, depth: int) -> Reading:
    body = data.removeprefix(pem.BOM)
    if not body.strip(b" \t\r\n\x0b\x0c\x00"):
        return _empty(data)
    binary = _binary(body, passphrase)
    if binary is not None:
        return binary
    if depth < _NESTING:
        inner = _wrapped(body, passphrase, depth)
        if inner is not None:
            return inner
    text = _text(data)
    if not text.certificates and b"\x00" in body and b"BEGIN" not in body:
        found = [certificate for _, certificate in recover.der_certificates(body)]
        return _other_form("der", found) if found else text
    return text


def _empty(data: bytes) -> Reading:
    reading = Reading("empty", body=data)
    reading.note("no-certificate")
    return reading


def _other_form(
    form: str, certificates: list[Certificate], private_key: bool = False, locked: bool = False
) -> Reading:
    """A file that is no PEM; `locked` where what it holds cannot be seen."""
    reading = Reading(form, certificates, private_key=private_key)
    reading.note("not-pem" if certificates or locked else "no-certificate")
    return reading


def _binary(data: bytes, passphrase: str | None) -> Reading | None:
    """DER, PKCS#7, PKCS#12 and a private key alone; None for anything that is text."""
    if data[:1] != b"\x30":
        return None
    if keys.in_der(data):
        return _other_form("der", [], private_key=True)
    if data[1:2] < b"\x80":
        return None
    first = recover.certificate_in(data)
    if first is not None:
        return _other_form("der", [found for _, found in recover.der_certificates(data)] or [first])
    return _container(data, passphrase) or _loose_der(data)


def _loose_der(data: bytes) -> Reading | None:
    found = [certificate for _, certificate in recover.der_certificates(data)]
    return _other_form("der", found) if found else None


def _container(data: bytes, passphrase: str | None) -> Reading | None:
    """PKCS#7 or PKCS#12 as DER; None for anything else."""
    if _is_pkcs12(data):
        return _of_pkcs12(data, passphrase)
    if pem.PKCS7_OID not in data[:40]:
        return None
    certificates = _of_pkcs7(data)
    return _other_form("pkcs7", certificates, locked=not certificates and not _parses_as_pkcs7(data))


def _is_pkcs12(data: bytes) -> bool:
    """PFX begins with its version, the integer 3 (RFC 7292 4)."""
    return re.match(rb"\x30(?:\x80|\x81.|\x82..|\x83...|[\x04-\x7f])\x02\x01\x03", data, re.DOTALL) is not None


def _of_pkcs7(data: bytes) -> list[Certificate]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return [Certificate.of(found) for found in pkcs7.load_der_pkcs7_certificates(data)]
        except READ_ERRORS:
            return [found for _, found in recover.der_certificates(data)]


def _parses_as_pkcs7(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pkcs7.load_der_pkcs7_certificates(data)
        except READ_ERRORS as error:
            return "no certificate" in str(error).lower()
    return True


def _of_pkcs12(data: bytes, passphrase: str | None) -> Reading:
    for secret in (passphrase.encode() if passphrase else None, None, b""):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                held = pkcs12.load_pkcs12(data, secret)
            except READ_ERRORS:
                continue
        own = [held.cert] if held.cert else []
        certificates = [Certificate.of(item.certificate) for item in (*own, *held.additional_certs)]
        return _other_form("pkcs12", certificates, private_key=held.key is not None)
    return _other_form("pkcs12", [found for _, found in recover.der_certificates(data)], locked=True)


def _wrapped(data: bytes, passphrase: str | None, depth: int) -> Reading | None:
    """A PEM file behind UTF-16 or base64, or a container as bare base64; None where it is none of these."""
    text = _from_utf16(data)
    if text is not None:
        inner = _read(text, passphrase, depth + 1)
        return _other_form("utf-16", inner.certificates, inner.private_key)
    letters = data.translate(None, b" \t\r\n\x0b\x0c")
    if b"-----" in data or not re.fullmatch(rb"[A-Za-z0-9+/_-]{16,}={0,2}", letters):
        return None
    inside = recover.decoded(letters.translate(recover.URL_SAFE))
    container = _container(inside, passphrase)
    if container is not None:
        return container
    if b"BEGIN " not in inside and _from_utf16(inside) is None and not _LAYERED.match(inside):
        return None
    inner = _read(inside, passphrase, depth + 1)
    return _other_form("base64-of-pem", inner.certificates, inner.private_key)


def _from_utf16(data: bytes) -> bytes | None:
    """The text behind UTF-16 as UTF-8; None where it is not UTF-16."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[2:].decode(encoding, "replace").encode()
    begin = data.find("BEGIN ".encode("utf-16-le"))
    if begin < 0:
        return None
    return data.decode("utf-16-be" if begin % 2 else "utf-16-le", "replace").encode()


def _text(data: bytes) -> Reading:
    """Text with or without PEM blocks; damage is what OpenSSL or Go would not read."""
    body = data.removeprefix(pem.BOM)
    reading = Reading("text", body=body)
    marks = recover.markers(body)
    taken = text_reading.blocks(body, marks, _of_pkcs7)
    for item in taken:
        reading.certificates += item.certificates
        reading.private_key = reading.private_key or item.private_key
        if item.code:
            reading.note(item.code, item.start)
    _settle(reading, taken, marks)
    if reading.form in ("pem", "pem-other"):
        edges(reading, data, marks)
    return reading


def _settle(reading: Reading, taken: list[text_reading.Taken], marks: list[Marker]) -> None:
    """The form of a text, and whether anything of a certificate is in it."""
    certificate_marks = any(mark.begins and _of_certificate(mark.label) for mark in marks)
    only_embedded = set(reading.damage) - {"other-block"} == {"not-pem"} and not any(
        item.whole and item.certificates for item in taken
    )
    if only_embedded:
        in_pkcs7 = any(mark.label in text_reading.PKCS7_LABELS for mark in marks)
        reading.form = "pkcs7" if in_pkcs7 else "text"
    elif certificate_marks or any(item.certificates for item in taken if item.end - item.start > 1):
        reading.form = "pem"
    elif any(item.whole or item.private_key for item in taken):
        reading.form = "pem-other"
    if reading.certificates or certificate_marks or "not-pem" in reading.damage:
        return
    if "truncated-pem" in reading.damage or "bad-pem" in reading.damage:
        reading.form = "pem-other"
    for code in ("other-block", "truncated-pem", "bad-pem"):
        reading.damage.pop(code, None)
    reading.note("no-certificate")


def _of_certificate(label: str) -> bool:
    """True for labels of certificates, spelt right or not; a request and an attribute certificate are none."""
    words = label.upper()
    return "CERT" in words and "REQUEST" not in words and "ATTRIBUTE" not in words


def edges(reading: Reading, data: bytes, marks: list[Marker]) -> None:
    """Note what stands around the blocks of a PEM file, which both readers skip."""
    body = reading.body
    if data.startswith(pem.BOM):
        reading.note("bom")
    if b"\r\n" in body:
        reading.note("crlf", body.index(b"\r\n"))
    cut = "truncated-pem" in reading.damage or (bool(marks) and marks[-1].begins)
    if not body.endswith((b"\n", b"\r")) and not cut:
        reading.note("no-final-newline", len(body))
    damaged = bool({"bad-pem", "not-pem"} & set(reading.damage))
    for start, end, follows in _between(body, marks):
        if _is_text(body[start:end], damaged):
            reading.note("leading-text" if follows else "trailing-garbage", start)


def _between(body: bytes, marks: list[Marker]) -> Iterator[tuple[int, int, bool]]:
    """What stands outside of blocks: where from, where to, and whether a block follows.

    An END line without its BEGIN belongs to it, unless a body that lost its BEGIN stands before.
    """
    start, inside = 0, False
    for mark in marks:
        if mark.begins and not inside:
            yield start, mark.start, True
        if inside or mark.begins or next(recover.bare(body[start : mark.start]), None) is not None:
            start = mark.end
        inside = mark.begins
    if marks and not inside:
        yield start, len(body), False


def _is_text(stretch: bytes, damaged: bool) -> bool:
    """Whether a stretch between blocks holds more than what is unseen and bodies that lost their markers."""
    for unseen in _UNSEEN:
        stretch = stretch.replace(unseen, b"")
    if not stretch.strip(b" \t\r\n>|\"'#" if damaged else b" \t\r\n"):
        return False
    return next(recover.bare(stretch), None) is None
