"""Waiting for coroutines. The event loop is loaded by the command that needs it, not by those that only print."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end; what it returns."""
    import asyncio

    return asyncio.run(work)
