"""What goes over the line: at a real terminal, of the kinds that operators have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.screens.sample import save_sample
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.real

AFFORDABLE = 4_000
"""Bytes that a key may cost: 200 ms on a line of 20 KB/s."""


def settled(terminal: Terminal, seconds: float = 0.5) -> int:
    """Bytes that came until nothing more did."""
    before = terminal.received
    last = -1
    while last != terminal.received:
        last = terminal.received
        terminal.read(seconds)
    return terminal.received - before


def test_a_change_of_screen_costs_little_and_stillness_costs_nothing(home: Path) -> None:
    save_sample(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    settled(terminal)
    for key in ("]", "]", "]", "]", "]", "]", "]", "escape", "down"):
        terminal.press(key)
        assert 0 < settled(terminal) < AFFORDABLE, key
    assert settled(terminal, 2.5) == 0
    terminal.press("q")
    terminal.wait_for_end()


@pytest.mark.parametrize(
    "env",
    [
        {"NO_COLOR": "1"},
        {"TERM": "linux"},
        {"TERM": "screen"},
        {"TERM": "xterm", "COLORTERM": ""},
        {"TERM": "tmux-256color", "NO_COLOR": "1"},
    ],
    ids=str,
)
def test_every_kind_of_terminal_shows_readable_text(home: Path, env: dict[str, str]) -> None:
    save_sample(home)
    terminal = Terminal(home, env=env)
    terminal.wait_for("The twelve steps")
    terminal.go_to(6, "10.0.1.12")
    settled(terminal)
    for row in range(24):
        for column in range(80):
            cell = terminal.cell(row, column)
            own = cell.fg == cell.bg == "default"
            assert not cell.data.strip() or own or cell.fg != cell.bg, f"{cell.data!r} is {cell.fg} on itself"
    if env.get("TERM") == "linux":
        assert terminal.screen.isascii()
    terminal.press("q")
    terminal.wait_for_end()


def test_no_colour_reaches_a_terminal_where_none_is_wanted(home: Path) -> None:
    save_sample(home)
    terminal = Terminal(home, env={"NO_COLOR": "1"})
    terminal.wait_for("The twelve steps")
    for key in ("6", "enter", "enter", "escape", "?"):
        terminal.press(*(("g", "6") if key == "6" else (key,)))
        settled(terminal, 0.3)
    modes = {code for sent in re.findall(rb"\x1b\[([\d;]*)m", terminal.sent) for code in sent.split(b";")}
    assert modes <= {b"", b"0", b"1", b"4", b"7"}
    assert b"7" in modes
    terminal.press("escape")
    settled(terminal)
    terminal.press("q")
    terminal.wait_for_end()


def test_the_drawn_screen_is_the_same_after_many_keys_as_when_drawn_anew(home: Path) -> None:
    save_sample(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    for key in ("]", "]", "?", "escape", "]", "g", "escape", "]", "]", "]", "n", "n", "[", "down", "right"):
        terminal.press(key)
        settled(terminal, 0.3)
    drawn = terminal.screen
    terminal.press("ctrl+l")
    terminal.wipe()
    settled(terminal)
    assert terminal.screen == drawn
    terminal.press("q")
    terminal.wait_for_end()


def test_three_hosts_pasted_into_a_real_terminal_become_a_valid_table(home: Path) -> None:
    terminal = Terminal(home)
    terminal.wait_for("rehearsal")
    terminal.press("a")
    terminal.wait_for("A name for the new session")
    terminal.press("prod", "enter")
    terminal.wait_for("The twelve steps")
    terminal.go_to(6, "Paste addresses here")
    terminal.press("\x1b[200~10.0.1.11\r10.0.1.12\r10.0.1.13\r\x1b[201~")
    terminal.wait_for("3 hosts pasted")
    terminal.press("right", "enter")
    terminal.wait_for("EDIT")
    terminal.press("rancher", "enter")
    terminal.wait_for("MOVE")
    terminal.press("F")
    terminal.wait_for("2 rows below filled")
    terminal.wait_for("3 etcd, 3 controlplane, 3 worker")
    terminal.press("q")
    terminal.wait_for_end()


def test_take_over_from_a_second_terminal(home: Path) -> None:
    save_sample(home)
    first = Terminal(home)
    first.wait_for("The twelve steps")
    second = Terminal(home, "prod-rancher")
    second.wait_for("looked on only")
    second.press("T")
    first.wait_for_end()
    second.wait_for("this session is held here now")
    second.wait_for("saved")
    second.press("q")
    second.wait_for_end()
