"""Editing one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rancher_tui.text import width
from screens.widgets.line_editor import LineEditor


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        ("end", "10.0.1.11", 9),
        ("home", "10.0.1.11", 0),
        ("backspace", "10.0.1.1", 8),
        ("home delete", "0.0.1.11", 0),
        ("ctrl+w", "10.0.1.", 7),
        ("ctrl+left ctrl+left", "10.0.1.11", 5),
        ("home ctrl+right", "10.0.1.11", 3),
        ("ctrl+u", "", 0),
        ("home right right ctrl+k", "10", 2),
        ("left left left ctrl+u", "", 0),
        ("home left backspace", "10.0.1.11", 0),
    ],
)
def test_keys(keys: str, text: str, cursor: int) -> None:
    editor = LineEditor("10.0.1.11")
    for key in keys.split():
        assert editor.key(key, None)
    assert (editor.text, editor.cursor) == (text, cursor)


@pytest.mark.parametrize(
    ("keys", "text"),
    [("", "0"), ("end", "750"), ("home", "075"), ("backspace", "70"), ("ctrl+u", "0"), ("f5", "0")],
)
def test_what_is_typed_takes_the_place_of_a_selected_text_that_was_not_moved_in(keys: str, text: str) -> None:
    editor = LineEditor("75", selected=True)
    for key in keys.split():
        editor.key(key, None)
    editor.key("0", "0")
    assert editor.text == text
    editor.key("1", "1")
    assert len(editor.text) == len(text) + 1


def test_other_keys_are_left_to_others() -> None:
    assert not LineEditor("x").key("f5", None)


@given(st.text(st.sampled_from("ab证 é"), max_size=30), st.integers(0, 30), st.integers(2, 20))
def test_the_window_fits_and_holds_the_cursor(text: str, cursor: int, cells: int) -> None:
    editor = LineEditor(text)
    editor.cursor = min(cursor, len(text))
    before, under, after = editor.window(cells)
    assert width(before + under + after) <= cells
    assert under == (text[editor.cursor : editor.cursor + 1] or " ")
    assert text[: editor.cursor].endswith(before)
