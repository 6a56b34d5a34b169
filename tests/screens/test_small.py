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


@pytest.mark.parametrize("size", [(40, 10), (20, 5)])
async def test_a_tiny_terminal_shows_what_the_keys_go_to(home: Path, size: tuple[int, int]) -> None:
    save_sample(home)
    async with using(home, size=size) as user:
        for number, shows in ((1, "User on new"), (3, "FQDN"), (6, "10.0."), (7, "Certificate")):
            await user.press("g", str(number), "enter")
            assert shows in user.screen and "? help" in user.lines[-1], user.screen


async def test_the_node_table_keeps_its_columns_from_80_to_119_columns(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", "6", "enter")
        for columns, rail in ((80, False), (100, False), (120, True)):
            await user.pilot.resize_terminal(columns, 30)
            await user.pilot.pause()
            assert all(title in user.screen for title in ("ssh key", "internal"))
            assert ("Load balancer" in user.screen, "5 [ ] 7" in user.screen) == (rail, not rail)


async def test_the_key_that_opens_help_and_details_closes_them(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", "7", "enter", "?")
        assert user.lines[1].startswith("│ Certificate chain")
        await user.press("?")
        assert "7 Certificates  failed" in user.lines[1]
        for key in ("i", "enter"):
            await user.press("i")
            assert "What to do" in user.screen
            await user.press(key)
            assert "7 Certificates  failed" in user.lines[1]
