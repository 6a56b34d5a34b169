"""Finding certificates in text that no PEM reader takes: markers damaged or gone, bodies indented or escaped.

Nothing is judged here; `read` says what was wrong around each.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rancher_tui.certificates.certificate import Certificate, NotACertificateError
from rancher_tui.certificates.der import first_object

_DASH = rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92)"
_WORD = re.compile(rb"BEGIN|END", re.IGNORECASE)
_BEFORE = re.compile(rb"(?P<dashes>" + _DASH + rb"{0,10})[ \t]{0,4}\Z")
_AFTER = re.compile(
    rb"[ \t]{0,4}(?P<label>[A-Z0-9#][A-Z0-9 #._]{0,60}?)?[ \t]{0,4}"
    rb"(?P<dashes>" + _DASH + rb"{1,10}|(?=[\r\n\\\"']|\Z))",
    re.IGNORECASE,
)
_NEAR = 34
"""Bytes before BEGIN or END that may belong to a marker."""
MOST_MARKS = 20_000
"""Markers of a file that are looked at; more of them are no certificates of any server."""
_KNOWN = re.compile(rb"CERT|PRIVATE KEY|PUBLIC KEY|PKCS|X509", re.IGNORECASE)
_DECORATION = re.compile(rb"^[\s>|*\"',]+|[\s\"',;\\]+$")
_COMMENT = re.compile(rb"^[ \t]*#+", re.MULTILINE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/_-]+={0,4}\Z")
BARE = re.compile(rb"MI[A-Za-z0-9+/]{2}")
"""How a DER SEQUENCE of 128 bytes or more begins in base64."""
URL_SAFE = bytes.maketrans(b"-_", b"+/")
"""From the alphabet of base64url (RFC 4648 5) to that of base64."""
LONGEST = 100_000
"""Bytes of a damaged body beyond which it is not tried in other ways."""
SHORTEST = 150
"""Letters of base64 below which no certificate fits."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A BEGIN or END line, damaged or not; `start` and `end` are offsets in the file."""

    begins: bool
    label: str
    start: int
    end: int


def markers(data: bytes) -> list[Marker]:
    """Every BEGIN and END, also with dashes lost or replaced by a word processor's."""
    found: list[Marker] = []
    for word in _WORD.finditer(data):
        marker = _marker(data, word) if len(found) < MOST_MARKS else None
        if marker is not None and (not found or marker.start >= found[-1].end):
            found.append(marker)
    return found


def _marker(data: bytes, word: re.Match[bytes]) -> Marker | None:
    """The marker around a word; dashes on a side make one, without any only a known label does."""
    near = data[max(0, word.start() - _NEAR) : word.start()]
    before, after = _BEFORE.search(near), _AFTER.match(data, word.end())
    if before is None or after is None:
        return None
    label = after["label"] or b""
    dashes = max(len(before["dashes"]), len(after["dashes"] or b""))
    if dashes < 2 and not (word.group().isupper() and _KNOWN.search(label)):
        return None
    start = word.start() - len(near) + before.start()
    begins = word.group().upper() == b"BEGIN"
    return Marker(begins, b" ".join(label.split()).decode("latin-1"), start, after.end())


def unescaped(text: bytes) -> bytes:
    """Text of a JSON or YAML string, also one within another, with its escaped line ends and slashes undone."""
    if b"\\" not in text:
        return text
    while b"\\\\" in text:
        text = text.replace(b"\\\\", b"\\")
    for escaped in (b"\\r\\n", b"\\n", b"\\r", b"\\t"):
        text = text.replace(escaped, b"\n")
    return text.replace(b"\\/", b"/")


def letters(text: bytes) -> bytes:
    """The base64 letters of a damaged body: lines that hold nothing else once quotes and margins are off."""
    text = unescaped(text)
    plain = text.translate(None, b" \t\r\n")
    if _BASE64_LINE.match(plain):
        return plain.translate(URL_SAFE)
    lines = (_DECORATION.sub(b"", line).replace(b" ", b"") for line in re.split(rb"[\r\n]", text))
    return b"".join(line for line in lines if _BASE64_LINE.match(line)).translate(URL_SAFE)


def in_body(text: bytes) -> tuple[bytes, Certificate | None]:
    """What a damaged body holds: read as it is, else with comment signs taken off, else only its full lines."""
    if len(text) < SHORTEST:
        return b"", None
    whole = decoded(letters(text))
    certificate = certificate_in(whole)
    if certificate is not None or len(text) > LONGEST:
        return whole, certificate
    for content in (decoded(letters(_COMMENT.sub(b"", text))), decoded(_full_lines(text))):
        certificate = certificate_in(content)
        if certificate is not None:
            return content, certificate
    return whole, None


def _full_lines(text: bytes) -> bytes:
    """The letters of the lines that are as long as most are, and of the last one."""
    lines = [found for line in re.split(rb"[\r\n]", unescaped(text)) if (found := letters(line))]
    if not lines:
        return b""
    width = Counter(map(len, lines)).most_common(1)[0][0]
    last = max((index for index, line in enumerate(lines) if len(line) == width), default=0) + 1
    return b"".join(line for line in lines[:last] if len(line) == width) + b"".join(lines[last : last + 1])


def decoded(text: bytes) -> bytes:
    """Base64 letters decoded as far as they go; padding is taken as it comes."""
    body = text.partition(b"=")[0]
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        return b""


def certificate_in(data: bytes) -> Certificate | None:
    """The certificate that `data` begins with, whatever follows it."""
    first = first_object(data)
    if first is None:
        return None
    try:
        return Certificate(first)
    except NotACertificateError:
        return None


def bare(text: bytes) -> Iterator[tuple[int, Certificate]]:
    """Certificates that stand as base64 without markers, each with its offset in `text`."""
    position = 0 if len(text) >= SHORTEST else len(text)
    while (found := BARE.search(text, position)) is not None:
        run = _run(text, found.start())
        certificate = certificate_in(decoded(letters(run))) if len(run) >= SHORTEST else None
        if certificate is not None:
            yield found.start(), certificate
        position = found.start() + max(len(run), 4)


def _run(text: bytes, start: int) -> bytes:
    """The unbroken stretch of base64 lines that begins at `start`; a line with anything else ends it."""
    line_end = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
    taken = start
    while taken < len(text):
        line = line_end.match(text, taken)
        if line is None or not line.group():
            break
        bare_line = _DECORATION.sub(b"", unescaped(line.group()).replace(b"\n", b"")).replace(b" ", b"")
        if not bare_line or not _BASE64_LINE.match(bare_line):
            break
        taken = line.end()
    if taken == start:
        stretch = re.compile(rb"[A-Za-z0-9+/=]+").match(text, start)
        return stretch.group() if stretch else b""
    return text[start:taken]


def der_certificates(data: bytes) -> Iterator[tuple[int, Certificate]]:
    """Certificates that lie as DER in binary data, each with its offset."""
    position, attempts = 0, 0
    while (found := data.find(b"\x30\x82", position)) >= 0 and attempts < 20000:
        attempts += 1
        certificate = certificate_in(data[found : found + 65540 + 4])
        if certificate is not None:
            yield found, certificate
        position = found + (len(certificate.der) if certificate else 2)
