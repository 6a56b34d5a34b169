"""Any keys in any order: nothing crashes, nothing is lost, what is stored can be read again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rancher_tui import actions
from rancher_tui.install.migrate import read
from tests.screens.conftest import using
from tests.screens.sample import save_sample

LEAVING = {"leave", "take-over", "check", "preflight", "verdict", "host-keys", "start", "back", "write"}
"""Actions that end the session on the screen, or reach out of it."""


def keys() -> list[str]:
    """Keys of all other actions, moving keys, some text."""
    bound = [key for action in actions.table().actions if action.id not in LEAVING for key in action.keys]
    moving = ["up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab"]
    return [*bound, *moving, *moving, "enter", "enter", "escape", *"109abz", "ctrl+u", "ctrl+w", "delete", "space"]


@pytest.mark.parametrize("seed", range(3))
async def test_any_keys(home: Path, seed: int) -> None:
    pytest.importorskip("rancher_tui.certificates.ca")
    save_sample(home)
    chance = random.Random(seed)
    choices = keys()
    pressed: list[str] = []
    async with using(home, size=chance.choice([(80, 24), (120, 40), (50, 14)])) as user:
        for _ in range(90):
            key = chance.choice(choices)
            pressed.append(key)
            await user.press(key)
            assert user.app.is_running, pressed
        install = user.app.install
    if install is None:
        return
    state = install.store.state
    stored = read((home / "sessions" / install.name / "install.json").read_bytes()).state
    assert stored.model_copy(update={"cursor": state.cursor}) == state, pressed
