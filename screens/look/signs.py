"""The signs that screens draw: Unicode, or ASCII where the terminal's font or encoding has no more.

A sign never stands alone: a word is always nearby.
"""

from __future__ import annotations

import locale
import os
import sys
from dataclasses import dataclass, replace

from rancher_tui import settings


@dataclass(frozen=True, slots=True)
class Signs:
    """One set of signs, each one cell wide but `remedy` in ASCII."""

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
    remedy: str
    """Stands before what is to be done."""


_UNICODE = Signs("✓", "✗", "~", "○", "·", "▸", "–", "─", "│", "…", "◂", "▸", "•", "→")
_ASCII = Signs("+", "x", "~", "o", ".", ">", "-", "-", "|", ">", "<", ">", "*", "->")
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
    return not _speaks_utf8()


def _speaks_utf8() -> bool:
    """Whether the locale is one of UTF-8, as the environment names it; where it names none, as Python sees it.

    Python takes UTF-8 for itself where the locale is C (PEP 538, PEP 540): its answer then tells nothing.
    """
    coerced = {"LC_CTYPE"} if sys.flags.utf8_mode else set()
    named = next((os.environ[name] for name in _LOCALE if os.environ.get(name) and name not in coerced), "")
    if named in ("C", "POSIX"):
        return False
    return "UTF" in (named.partition(".")[2] or locale.getpreferredencoding(False)).upper()


_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
"""Variables that name the locale of characters, the one that counts first."""


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
