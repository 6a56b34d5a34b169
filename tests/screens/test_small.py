"""Terminals smaller than anybody should have, and resizing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.conftest import begun, using
from tests.screens.sample import save_sample


@pytest.mark.parametrize("size", [(40, 12), (60, 15), (30, 8), (220, 60)])
async def test_every_screen_can_be_drawn_at_any_size(home: Path, size: tuple[int, int]) -> None:
    pytest.importorskip("rancher_tui.certificates.ca")
    save_sample(home)
    async with using(home, size=size) as user:
        for number in range(13):
            await user.press("g", *str(number), "enter")
            assert len(user.lines) == size[1]
            await user.press("?", "escape", "ctrl+p", "escape")


async def test_resizing_keeps_cell_mode_and_text(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", "6", "enter", "down", "right", "enter", "x")
        for size in ((60, 20), (120, 40), (80, 24)):
            await user.pilot.resize_terminal(*size)
            await user.pilot.pause()
            assert "EDIT" in user.lines[-1]
            assert "rancherx" in user.screen
        await user.press("enter")
        assert user.state.nodes[1].user == "rancherx"


async def test_a_low_terminal_scrolls_the_steps_and_shows_where_a_number_is_typed(home: Path) -> None:
    async with using(home, begun(home), size=(60, 15)) as user:
        assert "▾" in user.screen
        await user.press("end")
        assert "12 Back up the result" in user.screen
        await user.press("g")
        assert "12 Back up" in user.screen
        await user.press("7")
        assert "step 7" in user.screen
        await user.press("enter", "?")
        assert not any("…" in line for line in user.lines[2:-2]), user.screen
        assert not [
            line for line in user.lines[1:-2] if line.rstrip("│ ") and line[-3].isalnum() and line[-2].isalnum()
        ]
        await user.press("q")
        assert "7 Certificates" in user.lines[1]
