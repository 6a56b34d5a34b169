"""How many keys it takes to enter everything that the guide asks for, from nothing."""

from __future__ import annotations

from pathlib import Path

from rancher_tui.install import rules
from tests.screens.conftest import User, using


class Counted:
    """A user whose commands and letters are counted apart: letters are what only he can know."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.commands = 0
        self.letters = 0

    async def press(self, *keys: str) -> None:
        self.commands += len(keys)
        await self.user.press(*keys)

    async def type(self, text: str) -> None:
        self.letters += len(text)
        await self.user.type(text)

    async def go(self, step: int) -> None:
        await self.press("g", *str(step), "enter")


async def test_everything_that_the_guide_asks_for_is_entered_in_40_commands(home: Path) -> None:
    async with using(home) as user:
        hands = Counted(user)
        await hands.press("a")
        await hands.type("prod")
        await hands.press("enter")

        await hands.go(6)
        hands.commands += 1
        await user.paste("10.0.1.11\n10.0.1.12\n10.0.1.13\n")
        await hands.press("home", "up", "up", "right", "enter")
        await hands.type("rancher")
        await hands.press("enter", "F")

        await hands.go(2)
        await hands.press("down", "enter")
        await hands.type("203.0.113.10")
        await hands.press("enter")

        await hands.go(7)
        await hands.press("enter")
        for path in ("/etc/ssl/chain.pem", "/etc/ssl/key.pem"):
            await hands.type(path)
            await hands.press("tab")
        await hands.type("/etc/ssl/ca.pem")
        await hands.press("enter")

        await hands.go(8)
        await hands.press("enter")
        await hands.type("rancher.example.com")
        await hands.press("enter")

        await hands.go(5)
        await hands.press("space")
        await hands.go(4)
        await hands.press("enter")
        await hands.type("/opt/rke")
        await hands.press("enter")

        assert [str(rules.missing(user.state, step)) for step in range(1, 11)] == [""] * 10
        assert {node.user for node in user.state.nodes} == {"rancher"}
        assert (user.state.template, user.state.rancher_version) == ("external-certificate", "v2.0.8")
        assert hands.commands <= 40
