"""DER lengths: how many bytes the first object of some bytes takes."""

from __future__ import annotations

SEQUENCE = 0x30


def first_object(data: bytes, start: int = 0) -> bytes | None:
    """The SEQUENCE that begins at `start`, header included; None where none begins or it is cut."""
    if len(data) < start + 2 or data[start] != SEQUENCE:
        return None
    length, header = data[start + 1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or len(data) < start + 2 + count:
            return None
        length, header = int.from_bytes(data[start + 2 : start + 2 + count], "big"), 2 + count
    end = start + header + length
    return data[start:end] if end <= len(data) else None
