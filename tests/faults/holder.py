"""A program that holds a session: `python -m tests.faults.holder HOME NAME [deaf]`.

It makes one edit that it has not saved (the cursor), says `holding`, and on the take-over signal saves and leaves.
A deaf one does not listen for the signal and leaves when its input ends.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from rancher_tui.install.lock import TAKE_OVER_SIGNAL
from rancher_tui.install.session import Home
from rancher_tui.install.state import Cursor
from rancher_tui.install.store import Store


def main() -> None:
    session = Home(Path(sys.argv[1])).session(sys.argv[2])
    store = Store(session.open().state, session)
    store.move_cursor(Cursor(screen="nodes", row=2))
    if "deaf" not in sys.argv:
        signal.pthread_sigmask(signal.SIG_BLOCK, {TAKE_OVER_SIGNAL})
        signal.signal(TAKE_OVER_SIGNAL, lambda *_arguments: None)
        print("holding", flush=True)
        signal.sigwait({TAKE_OVER_SIGNAL})
    else:
        print("holding", flush=True)
        sys.stdin.read()
    store.save()
    session.close()


if __name__ == "__main__":
    main()
