"""Keys that come faster than the screen follows: each goes where the one before it has led."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from textual import events

from rancher_tui.engine import LocalEngine
from rancher_tui.install.state import Balancer, InstallState, Node
from screens.app import RancherApp
from tests.screens.conftest import User, begun, using

STATE = InstallState(
    fqdn="rancher.example.com",
    balancer=Balancer(address="203.0.113.10"),
    nodes=(Node(address="10.0.0.1", user="rancher"),),
)


def _at_once(user: User, *keys: str) -> None:
    """All keys arrive in one go, as over a slow link."""
    for key in keys:
        user.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def _until(user: User, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, user.screen
        await user.pilot.pause(0.02)


async def test_a_step_s_number_goes_into_the_box_that_the_key_before_it_opens(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        for number, title in (("2", "Load balancer"), ("7", "Certificates"), ("8", "FQDN")):
            _at_once(user, "g", number, "enter")
            await _until(user, lambda: f"{number} {title}" in "".join(user.lines[1:2]))  # noqa: B023 - waited for at once
        assert "MOVE" in user.screen, "no digit began a field of a screen below"
        assert user.state.balancer == STATE.balancer and user.state.certificates == STATE.certificates


async def test_letters_meant_for_a_box_are_no_commands_of_the_screen_below(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        _at_once(user, "g", "2", "enter")
        await _until(user, lambda: "2 Load balancer" in "".join(user.lines[1:2]))
        _at_once(user, "X", "ctrl+u", "9", "enter", *"rehearsx")
        await _until(user, lambda: "> rehearsx" in user.screen)
        assert "To go on, type" in user.screen


async def test_a_field_is_typed_in_one_go_and_the_next_step_gone_to(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        _at_once(user, "g", "8", "enter", "enter", "ctrl+u", *"new.example.com", "enter", "right_square_bracket")
        await _until(user, lambda: "9 Rancher version" in "".join(user.lines[1:2]))
        assert user.state.fqdn == "new.example.com"


async def test_what_is_typed_before_there_is_a_screen_is_kept_in_its_order(home: Path) -> None:
    name = begun(home, STATE)
    app = RancherApp(lambda: LocalEngine.of(home), name)
    async with app.run_test(size=(80, 24)) as pilot:
        user = User(app, pilot)
        _at_once(user, "g", "5", "enter")
        await _until(user, lambda: "5 Template" in "".join(user.lines[1:2]))
