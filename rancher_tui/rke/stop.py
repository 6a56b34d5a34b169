"""Stopping a run: SIGTERM, a deadline that can be shown, then SIGKILL. The nodes keep what was deployed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from rancher_tui.rke.runs import Run, RunStatus

DEADLINE_S = 15.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Stopping:
    """One moment of a stop: what was done last, how many seconds are left until SIGKILL, what the run is now."""

    step: Literal["asked", "killed", "ended", "gone"]
    left_s: float
    status: RunStatus


async def stop(run: Run, *, deadline_s: float = DEADLINE_S, by: str = "") -> AsyncIterator[Stopping]:
    """Stop rke and say how it goes, about once a second; the last word is `ended`, or `gone` if nothing ran."""
    await asyncio.to_thread(run.ask_stop, by)
    if not await asyncio.to_thread(run.send, signal.SIGTERM):
        yield Stopping("gone", 0.0, await asyncio.to_thread(run.status))
        return
    left = deadline_s
    step: Literal["asked", "killed"] = "asked"
    ticks = 0
    while (status := await asyncio.to_thread(run.status)).live:
        if left <= 0 and step == "asked":
            await asyncio.to_thread(run.send, signal.SIGKILL)
            step = "killed"
        if ticks % 10 == 0:
            yield Stopping(step, max(left, 0.0), status)
        await asyncio.sleep(_LOOK_S)
        left -= _LOOK_S
        ticks += 1
    yield Stopping("ended", max(left, 0.0), status)
