"""Waiting for a condition, up to a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], deadline_s: float = 20.0, what: str = "the condition") -> None:
    """Look until the condition holds; AssertionError when it does not in time."""
    until = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < until, f"{what} did not come true in time"
        time.sleep(0.02)
