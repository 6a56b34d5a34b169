"""Leaving when nobody asks: the terminal hangs up, the system ends, another program takes the session over.

The session is saved and let go, and the program ends, also when the terminal takes no more output: then Textual's
writer would block for ever, so that a thread ends the process after a grace.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.app import ScreenStackError
from textual.css.query import NoMatches

from rancher_tui.i18n import _
from rancher_tui.install.lock import TAKE_OVER_SIGNAL
from rancher_tui.text import clean

if TYPE_CHECKING:
    from screens.app import RancherApp

GRACE: Final = 3.0
"""Seconds that an orderly end may take after a hang-up."""
TAKEN_OVER: Final = "taken over"
"""Why the program leaves: another one holds the session from now on."""


def guard(app: RancherApp) -> None:
    """Leave on SIGHUP, SIGTERM, SIGINT, the take-over signal and on a terminal that is gone."""
    if app.is_headless or threading.current_thread() is not threading.main_thread():
        return
    leave = _leaver(app)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: leave(""))
    signal.signal(TAKE_OVER_SIGNAL, lambda _number, _frame: leave(TAKEN_OVER))
    threading.Thread(target=_wait_for_hang_up, args=(leave,), name="hang-up", daemon=True).start()


def comes_too_late(app: RancherApp, error: Exception) -> bool:
    """True for what a key or a drawing meets that comes while the program leaves: its screens are gone."""
    leaving = app._exit or app._closing or not app._running
    return leaving and isinstance(error, (NoMatches, ScreenStackError))


def last_words(app: RancherApp, why: str) -> str:
    """What stands on the terminal after the program: that the session was taken over, that a run goes on."""
    if app.install is None:
        return ""
    name = clean(app.install.name)
    if why == TAKEN_OVER:
        return _("{name} was taken over by another terminal; everything is saved").format(name=name)
    if app.install.run.status().live:
        return _("rke goes on without us; rancher-tui {name} shows it again").format(name=name)
    return clean(str(app.install.left_behind()))


def _leaver(app: RancherApp) -> Callable[[str], None]:
    from asyncio import get_running_loop

    loop = get_running_loop()

    def leave(why: str) -> None:
        watchdog = threading.Timer(GRACE, _end_now, args=(app,))
        watchdog.daemon = True
        watchdog.start()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(app.call_later, app.leave, why)

    return leave


def _end_now(app: RancherApp) -> None:
    try:
        app.save_and_close()
    finally:
        os._exit(0)


def _wait_for_hang_up(leave: Callable[[str], None]) -> None:
    """Sleep until the terminal's other side is gone; no reading, no waking up."""
    poll = select.poll()
    poll.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)
    poll.poll()
    leave("")
