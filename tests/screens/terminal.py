"""The program in a real terminal: keys go in, what stands on the terminal is read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pexpect
import pyte

Child: TypeAlias = "pexpect.spawn[bytes]"


class Terminal:
    """rancher-tui in a pseudo terminal, its output drawn by a terminal emulator."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        env: dict[str, str] | None = None,
        program: Sequence[str] = ("-m", "rancher_tui.cli"),
    ) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        settings = {"RANCHER_TUI_HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self.child: Child = pexpect.spawn(
            sys.executable,
            [*program, *arguments],
            env={**inherited, **settings, **(env or {})},
            dimensions=(rows, columns),
            timeout=30,
        )
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.received = 0
        """Bytes that the program has sent."""
        self.on_read: Callable[[bytes], object] = len
        """Gets everything that comes, as it comes."""
        self.sent = b""
        """The bytes themselves."""

    @property
    def pid(self) -> int:
        assert self.child.pid is not None
        return self.child.pid

    @property
    def screen(self) -> str:
        """What stands on the terminal."""
        return "\n".join(self._screen.display)

    def press(self, *keys: str) -> None:
        """Send keys, as the terminal does."""
        for key in keys:
            self.child.send(_SENT.get(key, key))

    def go_to(self, number: int, shows: str) -> None:
        """Go to a step by its number, and wait for what its screen shows."""
        self.press("g")
        self.wait_for("0-12 enter")
        self.press(*str(number), "enter")
        self.wait_for(shows)

    def wait_for(self, text: str, seconds: float = 30.0) -> None:
        """Until `text` stands on the terminal; AssertionError shows what stands there instead."""
        until = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < until, f"{text!r} did not come:\n{self.screen}"
            self.read(0.1)

    def wait_for_cursor(self, before: str, after: str, seconds: float = 30.0) -> None:
        """Until the terminal's cursor is shown between these texts; AssertionError shows where it stands instead."""
        until = time.monotonic() + seconds
        while not self._cursor_stands(before, after):
            cursor = self._screen.cursor
            where = f"hidden={cursor.hidden} {cursor.y},{cursor.x}\n{self.screen}"
            assert time.monotonic() < until, f"the cursor is not at {before!r}|{after!r}: {where}"
            self.read(0.1)

    def _cursor_stands(self, before: str, after: str) -> bool:
        cursor = self._screen.cursor
        line = self._screen.display[cursor.y]
        left, right = line[: cursor.x], line[cursor.x :]
        return (
            not cursor.hidden
            and left.endswith(before)
            and (right.startswith(after) if after else not right.strip())
        )

    def read(self, seconds: float) -> None:
        """Draw what comes within `seconds`."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return
        self.received += len(data)
        self.on_read(data)
        self.sent += data
        self._stream.feed(data)

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """One cell with its colours."""
        return self._screen.buffer[row][column]

    def wipe(self) -> None:
        """Forget what stands on the terminal, as if something had written over it."""
        self._screen.erase_in_display(2)

    def wait_for_end(self) -> None:
        """Until the program has ended."""
        self.child.expect(pexpect.EOF)
        self.child.close()


_SENT = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pageup": "\x1b[5~",
    "home": "\x1b[H",
    "delete": "\x1b[3~",
    "ctrl+l": "\x0c",
    "ctrl+p": "\x10",
}
