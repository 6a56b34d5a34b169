"""Lines for the terminal: text is wrapped to any width, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.widgets.lines import broken, wrap


@pytest.mark.parametrize("cells", [0, 1, 2, 3])
def test_wide_characters_are_wrapped_also_where_none_of_them_fits(cells: int) -> None:
    assert "".join(wrap("节点 3：拒绝 login", cells)).replace(" ", "") == "节点3：拒绝login"


@given(st.text(alphabet="ab 节点，。“”-/", max_size=60), st.integers(2, 30))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= cells for line in lines)


def test_the_last_part_of_a_line_goes_on_below_itself() -> None:
    line = [("fail  ", "fail"), ("a cause that is longer than the line", "plain")]
    assert broken(line, 24) == [
        [("fail  ", "fail"), ("a cause that is", "plain")],
        [("      ", "plain"), ("longer than the", "plain")],
        [("      ", "plain"), ("line", "plain")],
    ]
