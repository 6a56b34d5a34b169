"""PEM as the two programs read it that must read it: OpenSSL (nginx, HAProxy) and Go (Rancher, its agents).

`openssl_blocks` follows PEM_read_bio of OpenSSL 3.0 (crypto/pem/pem_lib.c, crypto/evp/encode.c), `go_blocks`
follows encoding/pem of Go 1.19. Both were tried against the programs themselves.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
BEGIN, END, TAIL = b"-----BEGIN ", b"-----END ", b"-----"
PKCS7_OID = bytes.fromhex("06092a864886f70d0107")
"""Begin of the object identifiers of PKCS#7, as DER."""
LINE_LIMIT = 254
"""Bytes that OpenSSL reads of a line at once."""
PEM_LINE = 64
_BASE64 = re.compile(rb"[A-Za-z0-9+/]")
_BLANKS = bytes(range(0, 33)) + bytes(range(128, 256))
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s\x00-\x20-]")


@dataclass(frozen=True, slots=True)
class Block:
    """A block that a reader took: its label, what it holds, and where its BEGIN line starts in the file."""

    label: str
    data: bytes
    start: int
    headers: bool = False


@dataclass(frozen=True, slots=True)
class OpensslReading:
    """The blocks that OpenSSL reads in turn, and whether it got through to the end without an error."""

    blocks: list[Block]
    complete: bool


def _lines(data: bytes) -> list[tuple[int, bytes, bool]]:
    """Pieces of at most LINE_LIMIT bytes: offset, bytes, and whether the piece before was a cut line."""
    pieces, start, cut = [], 0, False
    while start < len(data):
        newline = data.find(b"\n", start, start + LINE_LIMIT)
        end = newline + 1 if newline >= 0 else min(len(data), start + LINE_LIMIT)
        piece = data[start:end]
        pieces.append((start, piece, cut))
        cut = len(piece) == LINE_LIMIT and not piece.endswith(b"\n")
        start = end
    return pieces


def openssl_blocks(data: bytes) -> OpensslReading:
    """What PEM_read_bio gives when called until it finds no further BEGIN line."""
    pieces = _lines(data)
    blocks: list[Block] = []
    at = 0
    while True:
        first = at
        while at < len(pieces):
            line = pieces[at][1].rstrip(_BLANKS)
            line = line.removeprefix(BOM) if at == first else line
            if line.startswith(BEGIN) and line.endswith(TAIL) and len(line) >= len(BEGIN) + len(TAIL) - 1:
                break
            at += 1
        if at == len(pieces):
            return OpensslReading(blocks, True)
        label = line[len(BEGIN) : -len(TAIL)]
        body, after, headers = _openssl_body(pieces, at + 1, label)
        decoded = None if body is None else _openssl_base64(body)
        if not decoded:
            return OpensslReading(blocks, False)
        blocks.append(
            Block(label.decode("latin-1"), decoded, pieces[at][0] + _mark(pieces[at][1], at == first), headers)
        )
        at = after


def _mark(piece: bytes, first: bool) -> int:
    """Length of the byte order mark that each call of the reader skips on its first line."""
    return len(BOM) if first and piece.startswith(BOM) else 0


def _openssl_body(pieces: list[tuple[int, bytes, bool]], at: int, label: bytes) -> tuple[bytes | None, int, bool]:
    """The base64 text up to the END line, the piece after it, and whether headers came first; None on an error."""
    before: list[bytes] = []
    after_blank: list[bytes] = []
    blank_seen = short_seen = False
    for index in range(at, len(pieces)):
        _, piece, continues = pieces[index]
        line = piece.rstrip(_BLANKS)
        if not line:
            if continues:
                continue
            if blank_seen:
                return None, index, False
            blank_seen = True
            continue
        if line.startswith(END):
            if line[len(END) :] != label + TAIL:
                return None, index, False
            break
        if short_seen:
            return None, index, False
        (after_blank if blank_seen else before).append(line)
        if blank_seen:
            if len(line) > PEM_LINE:
                return None, index, False
            short_seen = len(line) < PEM_LINE
    else:
        return None, len(pieces), False
    if not blank_seen:
        only_headers = any(b":" in line for line in [*before, label])
        return None if only_headers else b"\n".join(before), index + 1, False
    if before and not before[0].startswith(b"Proc-Type:"):
        return None, index, False
    return b"\n".join(after_blank), index + 1, bool(before)


def _openssl_base64(text: bytes) -> bytes | None:
    """EVP_DecodeUpdate and EVP_DecodeFinal: blanks skipped, a hyphen ends the data, padding is counted."""
    hyphen = text.find(b"-")
    text = text if hyphen < 0 else text[:hyphen]
    if _NOT_BASE64.search(text):
        return None
    letters = re.sub(rb"[^A-Za-z0-9+/=]", b"", text)
    body = letters.rstrip(b"=")
    if b"=" in body or len(letters) - len(body) > 2 or len(letters) % 4:
        return None
    try:
        return base64.b64decode(letters, validate=True)
    except binascii.Error:
        return None


def _go_line(data: bytes, start: int) -> tuple[bytes, int]:
    """The line at `start` without its end and trailing blanks, and where the next one begins."""
    newline = data.find(b"\n", start)
    if newline < 0:
        return data[start:].rstrip(b" \t"), len(data)
    end = newline - 1 if newline > start and data[newline - 1 : newline] == b"\r" else newline
    return data[start:end].rstrip(b" \t"), newline + 1


def go_blocks(data: bytes) -> list[Block]:
    """What pem.Decode gives when called until nothing is left."""
    blocks: list[Block] = []
    position = 0
    while True:
        found = _go_next(data, position)
        if found is None:
            return blocks
        block, position = found
        blocks.append(block)


def _go_next(data: bytes, rest: int) -> tuple[Block, int] | None:
    """The first good block at or after `rest`, a line's start, and where the next search begins."""
    while True:
        begin = rest if data.startswith(BEGIN, rest) else data.find(b"\n" + BEGIN, rest) + 1
        if begin == 0 and not (rest == 0 and data.startswith(BEGIN)):
            return None
        line, rest = _go_line(data, begin + len(BEGIN))
        if not line.endswith(TAIL):
            continue
        label = line[: -len(TAIL)]
        headers = False
        while rest < len(data):
            line, following = _go_line(data, rest)
            if b":" not in line:
                break
            headers, rest = True, following
        else:
            return None
        end = rest if not headers and data.startswith(END, rest) else data.find(b"\n" + END, rest) + 1
        if end == 0:
            continue
        closing, after = _go_line(data, end + len(END))
        decoded = _go_base64(data[rest:end]) if closing == label + TAIL else None
        if decoded is not None:
            return Block(label.decode("latin-1"), decoded, begin, headers), after


def _go_base64(text: bytes) -> bytes | None:
    """base64.StdEncoding after removing blanks, tabs and line ends: padding is demanded, nothing may follow it."""
    letters = re.sub(rb"[ \t\r\n]", b"", text)
    if len(letters) % 4:
        return None
    try:
        return base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError):
        return None
