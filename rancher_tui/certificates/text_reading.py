"""Reading text with PEM blocks, whole or damaged: each block is tried by both readers by itself.

So one damage is told once, although OpenSSL stops at it and loses everything behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rancher_tui.certificates import pem, recover
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.quoting import Quoting
from rancher_tui.certificates.recover import Marker

CERTIFICATE = "CERTIFICATE"
PKCS7_LABELS = frozenset({"PKCS7", "PKCS #7 SIGNED DATA", "CMS"})
_ESCAPED = re.compile(rb"\\+[nr]")
_BASE64_OF_PEM = re.compile(rb"(?:77u/)?LS0tLS1CRUdJTi[A-Za-z0-9+/\s]{40,}={0,2}")
_FEW = 200
"""Letters of a body that are shown to be text when looking for quotes around it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one stretch of text gave: certificates, the code of what is wrong (empty: nothing), its place."""

    start: int
    end: int
    certificates: list[Certificate]
    code: str = ""
    private_key: bool = False
    whole: bool = False


Opener = Callable[[bytes], list[Certificate]]


def blocks(body: bytes, marks: list[Marker], open_pkcs7: Opener) -> list[Taken]:
    """Every block and every body without its markers, in file order."""
    found: list[Taken] = []
    quoting = Quoting(body)
    position = 0
    for index, mark in enumerate(marks):
        if mark.start < position:
            continue
        found += _loose(body, position, mark.start, quoting)
        position = mark.end
        if not mark.begins:
            continue
        after = marks[index + 1] if index + 1 < len(marks) else None
        taken = _block(body, mark, after, open_pkcs7, quoting)
        found.append(taken)
        position = taken.end
    return found + _loose(body, position, len(body), quoting)


def _loose(body: bytes, start: int, end: int, quoting: Quoting) -> list[Taken]:
    """Bodies that stand outside of any block: their markers are gone, or they are base64 of a whole PEM."""
    text = body[start:end]
    found = [
        Taken(start + at, start + at + 1, [item], "not-pem" if quoting.quoted(start + at) else "bad-pem")
        for at, item in recover.bare(text)
    ]
    for match in _BASE64_OF_PEM.finditer(text):
        inner = recover.decoded(recover.letters(match.group()))
        certificates = [
            item for taken in blocks(inner, recover.markers(inner), lambda _: []) for item in taken.certificates
        ]
        if certificates:
            found.append(Taken(start + match.start(), start + match.end(), certificates, "not-pem"))
    return sorted(found, key=lambda taken: taken.start)


def _block(body: bytes, mark: Marker, after: Marker | None, open_pkcs7: Opener, quoting: Quoting) -> Taken:
    """The block that begins at `mark`; `after` is the next marker, if there is one."""
    closed = after is not None and not after.begins
    end = len(body) if after is None else after.end if closed else after.start
    content, clean = _content(body, mark, after, end)
    label = mark.label
    if label.upper().endswith("PRIVATE KEY"):
        code = "" if clean else "bad-pem" if after else "truncated-pem"
        return Taken(mark.start, end, [], code, private_key=True, whole=clean)
    if label in PKCS7_LABELS or (label == CERTIFICATE and clean and pem.PKCS7_OID in content[:40]):
        return Taken(mark.start, end, open_pkcs7(content), "not-pem")
    if content.startswith(pem.BEGIN):
        inner = blocks(content, recover.markers(content), open_pkcs7)
        return Taken(mark.start, end, [item for taken in inner for item in taken.certificates], "not-pem")
    certificate = recover.certificate_in(content)
    held = [certificate] if certificate else []
    if clean:
        code = _of_clean(label, content, certificate) or ("bom" if _after_order_mark(body, mark) else "")
        return Taken(mark.start, end, held, code, whole=True)
    if after is None or _cut_in_end(body, after):
        return Taken(mark.start, end, held, "truncated-pem")
    return Taken(mark.start, end, held, "not-pem" if _embedded(body, mark, end, quoting) else "bad-pem")


def _content(body: bytes, mark: Marker, after: Marker | None, end: int) -> tuple[bytes, bool]:
    """What the block holds, and whether OpenSSL and Go read the same of it when it stands alone."""
    closed = after is not None and not after.begins
    at_line_start = mark.start == 0 or body[mark.start - 1 : mark.start] == b"\n" or _after_order_mark(body, mark)
    if closed and at_line_start:
        line_end = body.find(b"\n", end)
        alone = body[mark.start : len(body) if line_end < 0 else line_end + 1]
        content = _read_by_both(alone)
        if content is not None:
            return content, True
    return recover.in_body(body[mark.end : after.start if after else end])[0], False


def _read_by_both(alone: bytes) -> bytes | None:
    """What OpenSSL and Go both read of one block; None where they differ or one does not read it."""
    by_openssl, by_go = pem.openssl_blocks(alone), pem.go_blocks(alone)
    clean = len(by_openssl.blocks) == 1 == len(by_go) and by_openssl.complete
    clean = clean and by_openssl.blocks[0].data == by_go[0].data and not by_go[0].headers
    if by_go and by_openssl.blocks and "PRIVATE KEY" in by_go[0].label:
        clean = True
    return by_go[0].data if clean else None


def _after_order_mark(body: bytes, mark: Marker) -> bool:
    """True where nothing but byte order marks stands before a marker on its line."""
    near = max(0, mark.start - 3 * len(pem.BOM))
    before = body[max(body.rfind(b"\n", near, mark.start) + 1, near) : mark.start]
    return bool(before) and not before.replace(pem.BOM, b"")


def _of_clean(label: str, content: bytes, certificate: Certificate | None) -> str:
    """The code of a block that both readers take."""
    if label == CERTIFICATE:
        readable = certificate is not None and certificate.der == content and certificate.extensions is not None
        return "" if readable else "bad-der"
    return "unsupported-label" if certificate is not None else "other-block"


def _cut_in_end(body: bytes, after: Marker) -> bool:
    """True where the file ends within its END line."""
    return after.end == len(body) and not after.begins and not body.endswith(pem.TAIL)


def _embedded(body: bytes, mark: Marker, end: int, quoting: Quoting) -> bool:
    """True for a block inside a string of JSON or YAML, or with escaped line ends."""
    if _ESCAPED.search(body, mark.end, min(end, mark.end + _FEW)):
        return True
    return quoting.quoted(mark.start)
