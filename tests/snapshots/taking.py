"""Taking a snapshot: keys are pressed, what was begun is waited for, the screen is compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from screens.app import RancherApp
from tests.snapshots.conftest import SIZES, Compare, name_of

at_two_sizes = pytest.mark.parametrize("size", SIZES, ids=name_of)
MOST = 20.0
"""Seconds for which a state is waited for."""


def taken(
    snap_compare: Compare,
    app: RancherApp,
    keys: Sequence[str],
    size: tuple[int, int],
    until: Callable[[RancherApp], Any] | None = None,
    then: Sequence[str] = (),
) -> bool:
    """Press `keys`, wait `until` something holds, press what comes `then`, and compare."""

    async def press(pilot: Pilot[int]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + MOST
        while until is not None and not until(app):
            assert loop.time() < deadline, "what was waited for never came"
            await pilot.pause(0.02)
        await pilot.press(*then)
        await pilot.pause()

    return snap_compare(app, run_before=press, terminal_size=size)
