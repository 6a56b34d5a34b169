"""Keys that do nothing on a screen say what they are for."""

from __future__ import annotations

from pathlib import Path

from tests.screens.conftest import begun, using


async def test_a_key_of_other_steps_says_where_it_acts(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("b")
        user.line_with("b does nothing here; “back up” is on steps 10, 12")
        await user.press("w")
        user.line_with("w does nothing here; “write” is on steps 1, 2, 3, 7")
        await user.press("s")
        user.line_with("s does nothing here; “start” is on 11 Run RKE")


async def test_a_key_of_sessions_says_on_the_list_that_it_takes_one(home: Path) -> None:
    async with using(home) as user:
        await user.press("u")
        user.line_with("u does nothing here; “undo” is for an open session")


async def test_a_key_that_means_nothing_anywhere_says_so(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("7")
        user.line_with("7 does nothing here; ? tells every key")


async def test_what_is_typed_into_a_field_tells_nothing(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "8", "enter", "enter", "b", "w", "7")
        assert "does nothing here" not in user.screen


async def test_a_key_that_acts_is_not_told_about(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("down", "n")
        assert "does nothing here" not in user.screen
