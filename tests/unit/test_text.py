"""Text from outside reaches the terminal on one line, with nothing in it that acts, hides or reorders."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rancher_tui.text import clean, clean_block

ANY = st.text(st.characters(exclude_categories=()), max_size=300)
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ZERO_WIDTH = set(
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u3164\ufe0f\ufeff\uffa0\U000e0041"
)


def acts(character: str) -> bool:
    """True for what a terminal may act on, hide or not draw."""
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return True
    return character in BIDI | ZERO_WIDTH


@given(ANY)
def test_nothing_that_acts_gets_through(text: str) -> None:
    assert not [character for character in clean(text) if acts(character)]
    assert not [character for character in clean_block(text) if acts(character) and character != "\n"]


@given(ANY, st.integers(1, 50))
def test_no_more_than_the_limit_comes_back_and_a_cut_shows(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert shown == clean(text) or shown.endswith("…")
    assert len(clean_block(text, limit)) <= limit


@pytest.mark.parametrize("character", sorted(BIDI | ZERO_WIDTH))
def test_every_bidirectional_and_invisible_character_is_spelt_out(character: str) -> None:
    assert clean(f"a{character}b") == f"a{ascii(character)[1:-1]}b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("node1: ok", "node1: ok"),
        ("牧场 ünïcode — 🐄", "牧场 ünïcode — 🐄"),
        ("e\u0301", "e\u0301"),
        ("a\tb", "a b"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("\x7f\x80\x9b", "\\x7f\\x80\\x9b"),
        ("moc.elpmaxe\u202e", "moc.elpmaxe\\u202e"),
        ("\udcff", "\\udcff"),
        ("[bold]{x}\\", "[bold]{x}\\"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_lines_of_a_block_stay_lines() -> None:
    assert clean_block("a\r\nb\x1b\n\nc") == "a\nb\\x1b\n\nc"


def test_a_huge_line_is_cut_at_once() -> None:
    assert len(clean("\x1b" * 50_000_000)) == 4096
