"""The end of the process: it comes soon after the screens are closed, whatever a thread still waits for.

A thread that reads a dead network mount or a pipe nobody writes into cannot be stopped from within; asyncio and
the interpreter would wait for it for ever. Everything is saved by then, so that the process ends without it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, NoReturn

GRACE: Final = 3.0
"""Seconds that what is still at work gets when the screens are closed and everything is saved."""


def run_to_the_end(screens: Coroutine[Any, Any, int], save: Callable[[], None]) -> int:
    """Run the screens, then save; what they return, 1 after an error that left them.

    Does not return when a thread or task goes on beyond GRACE: then the process ends here, with that code.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(thread_name_prefix="asyncio")
    loop.set_default_executor(threads)
    code = 1
    try:
        code = loop.run_until_complete(screens)
    except Exception:
        traceback.print_exc()
    finally:
        save()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    until = time.monotonic() + GRACE
    threads.shutdown(wait=False, cancel_futures=True)
    if not (_tasks_ended(loop, until) and _threads_ended(until)):
        _end_now(code)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    return code


def _tasks_ended(loop: asyncio.AbstractEventLoop, until: float) -> bool:
    tasks = asyncio.all_tasks(loop)
    if not tasks:
        return True
    for task in tasks:
        task.cancel()
    wait = asyncio.wait(tasks, timeout=max(0.0, until - time.monotonic()))
    ended, at_work = loop.run_until_complete(wait)
    for task in ended:
        if not task.cancelled():
            task.exception()
    return not at_work


def _threads_ended(until: float) -> bool:
    others = [item for item in threading.enumerate() if item is not threading.main_thread() and not item.daemon]
    for thread in others:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in others)


def _end_now(code: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
