"""Keys one by one: a key that was typed ahead waits until the one before it has done what it does.

A key may open a box or another screen, and the next one is meant for that. Textual hands all keys that have come
to whatever has the focus just then; here the second is handed on only when the first has come through, and the
box that it opened can take keys.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from screens.app import RancherApp

PATIENCE = 2.0
"""Seconds after which the next key is handed on, whatever became of the one before."""
LOOK_EVERY = 0.02
"""Seconds between looks whether the box that had the key is closed."""


class Through(Message):
    """Goes the way of a key behind it: when it has come up to the App, the key has been dealt with.

    It goes twice: a key that is taken may have caused a message that comes up behind the first.
    """

    def __init__(self, number: int, last: bool = False) -> None:
        super().__init__()
        self.number = number
        self.last = last


class OneByOne:
    """Hands on the terminal's keys and pastes in their order, each when the one before is through."""

    def __init__(self, app: RancherApp, hand_on: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._begun = False
        self._number = 0
        """Of the key that is under way; it is `_done` when none is."""
        self._done = 0
        self._target: Widget | None = None
        self._screen: Screen[Any] | None = None

    @property
    def _shown(self) -> Screen[Any] | None:
        """The screen on top; None while the program ends, when keys go nowhere any more."""
        return next(reversed(self._app.screen_stack), None)

    async def begin(self) -> None:
        """From now on there is a screen that takes keys."""
        self._begun = True
        await self._next()

    async def take(self, event: events.Key | events.Paste) -> None:
        """Hand an event on, now or when it is its turn; what comes before there is a screen is kept."""
        self._waiting.append(event)
        await self._next()

    async def _next(self) -> None:
        if not self._begun or not self._waiting or self._number != self._done:
            return
        shown = self._shown
        if shown is None:
            return
        event = self._waiting.popleft()
        self._number += 1
        number = self._number
        self._screen = shown
        self._target = self._app.focused or self._screen
        asyncio.get_running_loop().call_later(PATIENCE, self._release, number)
        await self._hand_on(event)
        if not self._target.post_message(Through(number)):
            self._settle(number)

    def came_up(self, through: Through) -> None:
        """What went behind a key has come up to the App."""
        if through.number != self._number:
            return
        target = self._target
        if through.last or target is None or not target.post_message(Through(through.number, last=True)):
            self._settle(through.number)
        else:
            asyncio.get_running_loop().call_later(LOOK_EVERY, self._look, through.number)

    def _look(self, number: int) -> None:
        """A box that was closed by the key takes with it what went behind."""
        shown = self._shown
        if shown is None or number != self._number or number == self._done:
            return
        if shown is not self._screen:
            self._settle(number)
        else:
            asyncio.get_running_loop().call_later(LOOK_EVERY, self._look, number)

    def _settle(self, number: int, seen: Screen[Any] | None = None) -> None:
        """The next key goes on once the screen that is there can take it; a new one must have stayed a while."""
        screen = self._shown
        if screen is None:
            return
        ready = _ready(screen)
        if ready and screen in (self._screen, seen):
            self._release(number)
        elif number == self._number != self._done:
            screen.call_after_refresh(self._settle, number, screen if ready else None)

    def _release(self, number: int) -> None:
        if number == self._number != self._done:
            self._done = number
            if self._waiting:
                self._app.call_next(self._next)


def _ready(screen: Screen[Any]) -> bool:
    """Whether a screen can take keys: it is there, and what gets the keys first has them."""
    if not screen.is_mounted or not screen.is_active:
        return False
    wanted = screen.AUTO_FOCUS
    return screen.focused is not None or not wanted or not any(item.focusable for item in screen.query(wanted))
