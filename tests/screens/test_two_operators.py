"""What one operator does to a session that another has on the screen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store
from rancher_tui.operations import moving
from tests.screens.conftest import begun, using


@pytest.mark.parametrize(
    "act",
    [lambda home: home.remove("prod"), lambda home: moving.rename(home, "prod", "other")],
    ids=["removed", "renamed"],
)
async def test_a_session_that_is_looked_on_and_taken_away_stays_readable(
    home: Path, act: Callable[[Home], object]
) -> None:
    begun(home, InstallState(fqdn="rancher.example.com"))
    holder = Home(home).session("prod")
    holder.open()
    async with using(home, "prod") as user:
        holder.close()
        act(Home(home))
        user.app._look()
        for key in ("right_square_bracket", "e", "backspace", "u", "exclamation_mark", "escape"):
            await user.press(key)
        assert "rancher.example.com" in user.screen
    assert not (home / "sessions" / "prod").exists(), "nothing is written where it was"


async def test_a_looker_on_sees_what_the_holder_saves(home: Path) -> None:
    begun(home)
    holder = Home(home).session("prod")
    store = Store(holder.open().state, holder)
    async with using(home, "prod") as user:
        store.update("set the FQDN", fqdn="seen.example.com")
        user.app._look()
        await user.pilot.pause()
        assert "seen.example.com" in user.screen
    holder.close()


async def test_a_folder_that_vanishes_under_its_holder_is_told(home: Path) -> None:
    begun(home)
    async with using(home, "prod") as user:
        shutil.rmtree(home / "sessions" / "prod")
        user.app._look()
        user.store.update("set the FQDN", fqdn="kept.example.com")
        await user.pilot.pause()
        assert "NOT SAVED" in user.screen
        assert user.state.fqdn == "kept.example.com"
