"""Reading a certificate file in any form: which form, every certificate that can be recovered, what is damaged."""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from rancher_tui.certificates import pem, recover
from rancher_tui.certificates.certificate import READ_ERRORS, Certificate
from rancher_tui.certificates.recover import Marker

CERTIFICATE = "CERTIFICATE"
_OTHER_LABELS = frozenset({"X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
_PKCS7_LABELS = frozenset({"PKCS7", "PKCS #7 SIGNED DATA", "CMS"})
_PKCS7_OID = bytes.fromhex("06092a864886f70d0107")
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NESTING = 3


@dataclass(slots=True)
class Reading:
    """A file as read.

    `form` is contract.md's `format`. `damage` maps a code (`bad-pem`, `crlf` ...) to the lines (from 1) where it shows.
    """

    form: str = "text"
    certificates: list[Certificate] = field(default_factory=list)
    damage: dict[str, list[int]] = field(default_factory=dict)
    private_key: bool = False
    body: bytes = b""

    def note(self, code: str, start: int = 0) -> None:
        """Remember that `code` is true at offset `start`."""
        lines = self.damage.setdefault(code, [])
        line = self.body.count(b"\n", 0, start) + 1
        if line not in lines and len(lines) < 20:
            lines.append(line)


def read(data: bytes, passphrase: str | None = None) -> Reading:
    """Read a file of certificates; nothing raises, a form that is not PEM is noted as `not-pem`."""
    return _read(data, passphrase, 0)


def _read(data: bytes, passphrase: str | None, depth: int) -> Reading:
    body = data.removeprefix(pem.BOM)
    if not body.strip(b" \t\r\n\x0b\x0c\x00"):
        return _empty(data)
    binary = _binary(data, passphrase)
    if binary is not None:
        return binary
    if depth < _NESTING:
        inner = _wrapped(data, passphrase, depth)
        if inner is not None:
            return inner
    return _text(data)


def _empty(data: bytes) -> Reading:
    reading = Reading("empty", body=data)
    reading.note("no-certificate")
    return reading


def _other_form(form: str, certificates: list[Certificate], private_key: bool = False) -> Reading:
    reading = Reading(form, certificates, private_key=private_key)
    if certificates or form in ("pkcs7", "pkcs12"):
        reading.note("not-pem")
    else:
        reading.note("no-certificate")
    return reading


def _binary(data: bytes, passphrase: str | None) -> Reading | None:
    """DER, PKCS#7 and PKCS#12; None for anything that is text."""
    if data[:1] != b"\x30" or data[1:2] < b"\x80":
        return None
    first = recover.certificate_in(data)
    if first is not None:
        return _other_form("der", [found for _, found in recover.der_certificates(data)] or [first])
    if _PKCS7_OID in data[:40] and not _is_pkcs12(data):
        return _other_form("pkcs7", _of_pkcs7(data))
    if _is_pkcs12(data):
        return _of_pkcs12(data, passphrase)
    found = [certificate for _, certificate in recover.der_certificates(data)]
    return _other_form("der", found) if found else None


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
    return _other_form("pkcs12", [])


def _wrapped(data: bytes, passphrase: str | None, depth: int) -> Reading | None:
    """A PEM file behind UTF-16 or base64; None where it is neither."""
    text = _from_utf16(data)
    if text is not None:
        inner = _read(text, passphrase, depth + 1)
        return _other_form("utf-16", inner.certificates, inner.private_key)
    letters = re.sub(rb"\s", b"", data)
    if b"-----" in data or not re.fullmatch(rb"[A-Za-z0-9+/]{16,}={0,2}", letters):
        return None
    try:
        inner_data = base64.b64decode(letters, validate=True)
    except binascii.Error:
        return None
    if b"BEGIN " not in inner_data:
        return None
    inner = _read(inner_data, passphrase, depth + 1)
    return _other_form("base64-of-pem", inner.certificates, inner.private_key)


def _from_utf16(data: bytes) -> bytes | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[2:].decode(encoding, "replace").encode()
    if b"B\0E\0G\0I\0N\0" in data:
        start = data.index(b"B\0E\0G\0I\0N\0") % 2
        return data[start:].decode("utf-16-le" if start == 0 else "utf-16-be", "replace").encode()
    return None


def _text(data: bytes) -> Reading:
    """Text with or without PEM blocks; damage is what OpenSSL or Go would not read."""
    body = data.removeprefix(pem.BOM)
    reading = Reading("text", body=body)
    by_openssl = {block.start: block for block in pem.openssl_blocks(body).blocks}
    by_go = {block.start: block for block in pem.go_blocks(body)}
    marks = recover.markers(body)
    found: list[tuple[int, Certificate]] = []
    readable = False
    position = 0
    for index, mark in enumerate(marks):
        if mark.start < position:
            continue
        if mark.begins:
            found += recover.bare(body[position : mark.start])
            after = marks[index + 1] if index + 1 < len(marks) else None
            block = body[mark.end : after.start if after else len(body)]
            held = _block(reading, mark, after, block, by_openssl, by_go)
            readable = readable or (mark.start in by_openssl and mark.start in by_go)
            found += [(mark.start, certificate) for certificate in held]
            position = after.end if after and not after.begins else (after.start if after else len(body))
        else:
            loose = _loose(body[position : mark.start])
            if loose:
                reading.note("bad-pem", position)
            found += [(position, certificate) for certificate in loose]
            position = mark.end
    rest = _loose(body[position:])
    found += [(position, certificate) for certificate in rest]
    reading.certificates = [certificate for _, certificate in found]
    _form(reading, marks, bool(rest), readable)
    _edges(reading, data, marks)
    return reading


def _loose(text: bytes) -> list[Certificate]:
    return [certificate for _, certificate in recover.bare(text)]


def _block(
    reading: Reading,
    mark: Marker,
    after: Marker | None,
    block: bytes,
    by_openssl: dict[int, pem.Block],
    by_go: dict[int, pem.Block],
) -> list[Certificate]:
    """The certificates of one block; notes what keeps a reader from it."""
    openssl, go = by_openssl.get(mark.start), by_go.get(mark.start)
    content = openssl.data if openssl else go.data if go else recover.decoded(recover.letters(block))
    if "PRIVATE KEY" in mark.label:
        reading.private_key = True
        if after is None:
            reading.note("truncated-pem", mark.start)
        return []
    if mark.label in _PKCS7_LABELS:
        reading.form = "pkcs7"
        return _of_pkcs7(content)
    certificate = recover.certificate_in(content)
    clean = openssl is not None and go is not None and openssl.data == go.data
    if after is None:
        reading.note("truncated-pem", mark.start)
    elif mark.label in _OTHER_LABELS or (certificate is not None and clean and mark.label != CERTIFICATE):
        reading.note("unsupported-label" if certificate else "other-block", mark.start)
    elif clean and mark.label == CERTIFICATE:
        if certificate is None or certificate.der != content:
            reading.note("bad-der", mark.start)
    elif clean:
        reading.note("other-block", mark.start)
    else:
        reading.note("quoted" if _quoted(reading.body, mark, block) else "bad-pem", mark.start)
    return [certificate] if certificate else []


def _quoted(body: bytes, mark: Marker, block: bytes) -> bool:
    """True for a PEM inside YAML or JSON, or with escaped line ends: its lines are no lines of their own."""
    if re.match(rb"(?:\\+r)?\\+n", block.lstrip(b" ")):
        return True
    before = body[body.rfind(b"\n", 0, mark.start) + 1 : mark.start]
    line = block.lstrip(b"\r\n").partition(b"\n")[0]
    return bool(before) and re.match(rb"[ \t>|#*\"'-]", line) is not None


def _form(reading: Reading, marks: list[Marker], loose: bool, readable: bool) -> None:
    """Settle the form, once all blocks are seen."""
    quoted = reading.damage.pop("quoted", None)
    if quoted is not None:
        whole = not readable and "bad-pem" not in reading.damage
        reading.damage.setdefault("not-pem" if whole else "bad-pem", quoted)
        if whole:
            return
    if reading.form == "pkcs7":
        reading.note("not-pem")
        return
    if loose:
        reading.note("bad-pem" if marks else "not-pem")
    certificate_marks = [mark for mark in marks if "CERT" in mark.label and "REQUEST" not in mark.label]
    if marks and (reading.certificates or certificate_marks):
        reading.form = "pem"
    elif marks and readable:
        reading.form = "pem-other"
    if not reading.certificates and not certificate_marks and not _spoilt(reading):
        reading.damage.pop("other-block", None)
        reading.note("no-certificate")


def _spoilt(reading: Reading) -> bool:
    return any(code in reading.damage for code in ("bad-pem", "truncated-pem", "bad-der", "not-pem"))


def _edges(reading: Reading, data: bytes, marks: list[Marker]) -> None:
    """What stands around the blocks of a PEM file, which both readers skip."""
    if reading.form not in ("pem", "pem-other"):
        return
    body = reading.body
    if data.startswith(pem.BOM):
        reading.note("bom")
    if b"\r\n" in body:
        reading.note("crlf", body.index(b"\r\n"))
    if not body.endswith((b"\n", b"\r")):
        reading.note("no-final-newline", len(body))
    end = 0
    for mark in marks:
        if mark.begins and body[end : mark.start].strip():
            reading.note("leading-text", end)
        end = mark.end
    if marks and not marks[-1].begins and body[end:].strip() and not _loose(body[end:]):
        reading.note("trailing-garbage", end)
