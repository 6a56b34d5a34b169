"""The stand-in's log, in logrus' two forms: logfmt into a file or pipe, colour and seconds on a terminal."""

from __future__ import annotations

import os
import re
import time
from datetime import datetime

_STDERR = 2
_PLAIN = re.compile(r"[A-Za-z0-9._/@^+-]+")
_COLOURS = {"info": ("36", "INFO"), "warning": ("33", "WARN"), "fatal": ("31", "FATA"), "debug": ("37", "DEBU")}
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class FatalError(Exception):
    """The run ends with this as its last record and exit code 1."""


def quoted(text: str) -> str:
    """`text` as Go's %q prints it; bare where logrus needs no quotes."""
    if _PLAIN.fullmatch(text):
        return text
    parts = []
    for character in text:
        code = ord(character)
        if character in _ESCAPES:
            parts.append(_ESCAPES[character])
        elif character.isprintable():
            parts.append(character)
        elif code < 0x80:
            parts.append(f"\\x{code:02x}")
        else:
            parts.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(parts) + '"'


class Log:
    """Writes records to standard error, each in one write."""

    def __init__(self, *, debug: bool = False) -> None:
        self._terminal = os.isatty(_STDERR)
        self._began = time.monotonic()
        self._debug = debug

    def info(self, message: str) -> None:
        self._write("info", message)

    def warning(self, message: str) -> None:
        self._write("warning", message)

    def fatal(self, message: str) -> None:
        self._write("fatal", message)

    def debug(self, message: str) -> None:
        if self._debug:
            self._write("debug", message)

    def _write(self, level: str, message: str) -> None:
        if self._terminal:
            colour, letters = _COLOURS[level]
            elapsed = int(time.monotonic() - self._began)
            line = f"\x1b[{colour}m{letters}\x1b[0m[{elapsed:04d}] {message:<44} \n"
        else:
            moment = datetime.now().astimezone().isoformat(timespec="seconds").replace("+00:00", "Z")
            line = f'time="{moment}" level={level} msg={quoted(message)}\n'
        os.write(_STDERR, line.encode())
