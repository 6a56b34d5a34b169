"""The signs that screens draw: Unicode, or ASCII where the terminal's font or encoding has no more.

A sign never stands alone: a word is always nearby.
"""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass, replace

from rancher_tui import settings


@dataclass(frozen=True, slots=True)
class Signs:
    """One set of signs, each one cell wide but `ellipsis` in ASCII."""

    done: str
    failed: str
    stale: str
    ready: str
    todo: str
    cursor: str
    empty: str
    rule: str
    bar: str
    ellipsis: str
    before: str
    """More lies to the left."""
    after: str
    secret: str


_UNICODE = Signs("✓", "✗", "~", "○", "·", "▸", "–", "─", "│", "…", "◂", "▸", "•")
_ASCII = Signs("+", "x", "~", "o", ".", ">", "-", "-", "|", ">", "<", ">", "*")
_QUIET = replace(_ASCII, rule=" ", bar=" ")


def signs() -> Signs:
    """The set for this terminal: ASCII under TERM=linux and its like, without UTF-8, or where it was asked for."""
    if settings.chosen().plain == "yes":
        return _QUIET
    return _ASCII if ascii_only() else _UNICODE


def ascii_only() -> bool:
    """True where only ASCII can be drawn."""
    asked = settings.chosen().ascii
    if asked is not None:
        return asked
    if os.environ.get("TERM", "") in ("linux", "vt100", "vt102", "vt220", "ansi", "cons25"):
        return True
    return "UTF" not in locale.getpreferredencoding(False).upper()


_PLAIN = str.maketrans(
    {
        "…": "...",
        "–": "-",
        "—": "-",
        "·": "-",
        "’": "'",
        "×": "x",
        "→": "->",
        "↑": "up",
        "↓": "down",
        "▴": "^",
        "▾": "v",
    }
)


def plain(text: str) -> str:
    """`text` of our own in the signs of this terminal."""
    return text.replace("↑↓", "arrows").translate(_PLAIN) if ascii_only() else text
