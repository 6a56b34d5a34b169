"""Keys that are on their way when the program ends go nowhere, and nothing complains of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from textual import events

from screens.one_by_one import LOOK_EVERY, OneByOne, Through
from tests.screens.conftest import begun, using


async def test_a_key_that_closes_the_last_screen_leaves_nothing_behind_that_fails(home: Path) -> None:
    begun(home)
    async with using(home, "prod") as user:
        await user.sees("The twelve steps")
        troubles: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: troubles.append(context))
        screens = user.app._screen_stack
        kept = list(screens)

        async def close_all(_event: events.Event) -> None:
            screens.clear()

        keys = OneByOne(user.app, close_all)
        try:
            await keys.begin()
            await keys.take(events.Key("q", "q"))
            keys._look(1)
            keys._settle(1)
            keys.came_up(Through(1))
            await asyncio.sleep(LOOK_EVERY * 3)
            keys._release(1)
            await keys.take(events.Key("z", "z"))
        finally:
            screens.extend(kept)
        assert troubles == []
