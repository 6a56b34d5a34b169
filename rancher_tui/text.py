"""Text from outside made safe to show: logs, certificates, DNS answers, hosts, YAML.

Nothing that can move a cursor, colour, hide or reorder text leaves here: C0 and C1 controls, DEL, bidirectional
marks, zero-width and other invisible characters become visible escapes. Line ends count as controls too.
"""

from __future__ import annotations

import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean(text: str, limit: int = 4096) -> str:
    """`text` on one line without any character that a terminal would act on or not show.

    At most `limit` characters come back; a cut text ends in `…`. A tab becomes one blank.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " "
        if character == "\t"
        else _escaped(character)
        if unicodedata.category(character) in _INVISIBLE
        else character
        for character in text
    )


def clean_block(text: str, limit: int = 65536) -> str:
    """`clean` for text of several lines: line feeds stay, each line is cleaned."""
    return "\n".join(clean(line.rstrip("\r")) for line in text[:limit].split("\n"))


def width(text: str) -> int:
    """Columns that `text` takes on a terminal: wide and full-width characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
