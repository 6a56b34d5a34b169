"""Text from outside made safe to show: logs, certificates, DNS answers, hosts, YAML.

Nothing that can move a cursor, colour, hide or reorder text leaves here: C0 and C1 controls, DEL, bidirectional
marks, zero-width, blank-looking and unassigned characters become visible escapes. Line ends count as controls too.
"""

from __future__ import annotations

import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point, and the blank braille pattern)."""


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _hidden(character: str) -> bool:
    if unicodedata.category(character) in _INVISIBLE or character in _BLANK:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0000" <= character <= "\U000e0fff"


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    return _escaped(character) if _hidden(character) else character


def clean(text: str, limit: int = 4096) -> str:
    """`text` on one line without any character that a terminal would act on or not show.

    At most `limit` (1 or more) characters come back; a cut text ends in `…`. A tab becomes one blank.
    """
    shown = text[: limit + 1]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_shown, shown))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def clean_block(text: str, limit: int = 65536) -> str:
    """`clean` for text of several lines: line feeds stay, each line is cleaned; a cut text ends in `…`."""
    block = "\n".join(clean(line.removesuffix("\r")) for line in text[: limit + 1].split("\n"))
    return block if len(block) <= limit else block[: limit - 1] + "…"


def width(text: str) -> int:
    """Columns that `text` takes on a terminal: wide and full-width characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
