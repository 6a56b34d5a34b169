"""Work beside the keys: begun when its turn comes, ended by what takes its place, and never the program's end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def in_background(
    owner: DOMNode,
    work: Callable[..., Coroutine[Any, Any, None]],
    *given: Any,
    group: str,
    exclusive: bool = True,
) -> Worker[None]:
    """Run `work(*given)` until it or its `owner` ends; with `exclusive` in place of what its group runs."""
    begun: Callable[[], Any] = partial(work, *given)
    worker: Worker[None] = owner.run_worker(begun, group=group, exclusive=exclusive, exit_on_error=False)
    return worker
