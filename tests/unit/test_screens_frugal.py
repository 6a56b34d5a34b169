"""Paper: whatever is drawn, the terminal ends up as if everything had been sent."""

from __future__ import annotations

import io

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from screens.look.frugal import Paper
from screens.look.inks import ink
from screens.look.sgr import change
from screens.look.themes import DARK, LIGHT

WIDTH, HEIGHT = 12, 4
STYLES = (
    Style(color="red"),
    Style(color="green", bgcolor="black"),
    Style(bold=True),
    Style(color="red", bgcolor="black", underline=True),
    Style(reverse=True, bold=True),
    Style.null(),
)
TEXT = st.text(st.sampled_from("ab 证é-"), min_size=0, max_size=WIDTH)
ROW = st.lists(st.tuples(TEXT, st.sampled_from(STYLES)), min_size=1, max_size=3)
FRAMES = st.lists(st.lists(ROW, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=4)


def strips(frame: list[list[tuple[str, Style]]]) -> list[Strip]:
    return [
        Strip([Segment(text, style) for text, style in row]).adjust_cell_length(WIDTH, STYLES[1]) for row in frame
    ]


def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=WIDTH)


class Screen:
    """A terminal and what was drawn on it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """What is seen: of a blank its ground and its line, not the letters' colour and weight."""
        return [[self._seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]

    @staticmethod
    def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
        seen = (cell.data, cell.bg, cell.underscore, cell.reverse, cell.italics)
        lines = cell.underscore or cell.reverse
        return seen if cell.data == " " and not lines else (*seen, cell.fg, cell.bold)


@settings(max_examples=150, deadline=None)
@given(FRAMES)
def test_the_terminal_shows_the_last_frame(frames: list[list[list[tuple[str, Style]]]]) -> None:
    paper, bit_by_bit, at_once = Paper(), Screen(), Screen()
    for frame in frames:
        update = LayoutUpdate([[strip] for strip in strips(frame)], Region(0, 0, WIDTH, HEIGHT))
        bit_by_bit.stream.feed(paper.changes(update, WIDTH, console()) or "")
    last = LayoutUpdate([[strip] for strip in strips(frames[-1])], Region(0, 0, WIDTH, HEIGHT))
    at_once.stream.feed(Paper().changes(last, WIDTH, console()) or "")
    assert bit_by_bit.cells() == at_once.cells()


def test_what_is_shown_already_is_not_sent_again() -> None:
    paper = Paper()
    update = LayoutUpdate([[Strip([Segment("hello", STYLES[0])])]], Region(0, 0, WIDTH, 1))
    assert paper.changes(update, WIDTH, console())
    assert paper.changes(update, WIDTH, console()) == ""
    paper.forget()
    assert "hello" in (paper.changes(update, WIDTH, console()) or "")


def test_one_changed_letter_is_all_that_is_sent() -> None:
    paper = Paper()
    for text in ("hello", "hallo"):
        update = LayoutUpdate([[Strip([Segment(text)])]], Region(0, 0, WIDTH, 1))
        sent = paper.changes(update, WIDTH, console())
    assert sent == "\x1b[1;2Ha"


INKS = [
    ink(name, theme) for theme in (DARK.name, LIGHT.name) for name in ("plain", "dim", "title", "fail", "cursor")
]


@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR, None])
def test_a_change_of_style_is_no_longer_than_the_whole_style_anew(system: ColorSystem | None) -> None:
    for before in INKS:
        for after in INKS:
            anew = Strip.render_ansi(after if system else after.without_color, system or ColorSystem.STANDARD)
            assert len(change(before, after, system)) <= len(f"\x1b[0;{anew}m")
            assert bool(change(before, after, system)) == (
                looks(before, system is not None) != looks(after, system is not None)
            )


def looks(style: Style, coloured: bool) -> tuple[object, ...]:
    colours = (style.color, style.bgcolor) if coloured else ()
    return (*colours, *(bool(getattr(style, name)) for name in ("bold", "underline", "reverse")))
