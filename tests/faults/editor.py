"""A program that edits a session and can be killed: `python -m tests.faults.editor HOME MARKS`.

It stays alive and forks one editor for each line `edit` or `point N` on its input, so that a kill costs a fork and
no start. An editor raises the install's label by one, edit after edit, and says `saved N` once an edit is durable.
`edit` goes on until it is killed; `point N` makes one edit and kills itself before its N-th call into the kernel
(N past the last: it says `points A,B,…`). MARKS is a byte that tells in which part of a save an editor was.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState, Node
from rancher_tui.install.store import Store

PARTS = ("between saves", "generations", "open", "write", "fsync", "rename", "fsync of the folder")
CALLS = ("open", "fchmod", "fsync", "link", "unlink", "replace", "rename")


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def before(module: Any, name: str, action: Callable[[str], None], *, after: bool = False) -> None:
    """Have `action` told of every call of a function, before it runs or after it."""
    real = getattr(module, name)

    @wraps(real)
    def told(*arguments: Any, **options: Any) -> Any:
        if not after:
            action(name)
        result = real(*arguments, **options)
        if after:
            action(name)
        return result

    setattr(module, name, told)


def mark_parts(marks: mmap.mmap) -> None:
    """Keep the byte at the part of a save that is running."""

    def enter(part: str) -> Callable[[str], None]:
        def mark(_name: str) -> None:
            if marks[0]:
                marks[0] = PARTS.index(part)

        return mark

    before(os, "fchmod", enter("write"), after=True)
    before(os, "fsync", enter("fsync"))
    before(os, "replace", enter("fsync of the folder"), after=True)
    before(os, "replace", enter("rename"))
    before(tempfile, "mkstemp", enter("open"))
    save = Session.save

    def marked(session: Session, state: InstallState) -> None:
        marks[0] = PARTS.index("generations")
        save(session, state)
        marks[0] = 0

    setattr(Session, "save", marked)  # noqa: B010


class HalfWriter:
    """A file whose write can be killed before it and half-way through."""

    def __init__(self, file: Any, reach: Callable[[str], None]) -> None:
        self._file, self._reach = file, reach

    def write(self, data: bytes) -> None:
        self._reach("write")
        half = len(data) // 2
        self._file.write(data[:half])
        self._file.flush()
        self._reach("half a write")
        self._file.write(data[half:])

    def __enter__(self) -> HalfWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def die_at(point: int) -> list[str]:
    """Kill this process before its `point`-th call from now on; the answer fills with the calls' names."""
    reached: list[str] = []

    def reach(name: str) -> None:
        reached.append(name)
        if len(reached) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in CALLS:
        before(os, name, reach)
    fdopen = os.fdopen
    setattr(os, "fdopen", lambda *given, **options: HalfWriter(fdopen(*given, **options), reach))  # noqa: B010
    return reached


def edit(home: Home, marks: mmap.mmap, command: str) -> None:
    session = home.session("killed")
    store = Store(session.open().state, session)
    kind, _, number = command.partition(" ")
    if kind == "point":
        reached = die_at(int(number))
        raise_label(store)
        say(f"points {','.join(reached)}")
        return
    mark_parts(marks)
    while True:
        raise_label(store)


def raise_label(store: Store) -> None:
    number = int(store.state.label) + 1
    node = Node(address=f"10.0.0.{number % 250}", user="ubuntu")
    store.update(f"edit {number}", label=str(number), nodes=(node, node, node))
    if store.unsaved is None:
        say(f"saved {number}")


def main() -> None:
    home, marked = Home(Path(sys.argv[1])), Path(sys.argv[2])
    with marked.open("r+b") as file, mmap.mmap(file.fileno(), 1) as marks:
        say("ready")
        for line in sys.stdin:
            marks[0] = 0
            child = os.fork()
            if child == 0:
                edit(home, marks, line.strip())
                os._exit(0)
            say(f"pid {child}")
            os.waitpid(child, 0)
            say("gone")


if __name__ == "__main__":
    main()
