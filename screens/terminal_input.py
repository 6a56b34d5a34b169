"""What a terminal sends: any bytes at all, which must neither end the program nor reach the shell after it.

Textual 8.2.8 decodes them strictly, so that one byte of another encoding ends its reading; a sequence that only
looks like a key ends its parser.
"""

from __future__ import annotations

import os
import selectors
import termios
import time
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Iterable
from typing import Final

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

AT_ONCE: Final = 4096
"""Bytes that are read at a time."""
WAKE: Final = 0.1
"""Seconds after which the reading looks whether it is to end, and an escape key that stood alone is one."""
QUIET: Final = 0.1
"""Seconds without input after which a paste is over."""
PATIENCE: Final = 10.0
"""Seconds that the end waits at most for a paste to be over."""


class AnyBytes(LinuxDriver):
    """Textual's driver, to which a byte that is no UTF-8 is a replacement sign.

    When the program ends, what still comes is read and forgotten until nothing more does.
    """

    def _run_input_thread(self) -> None:
        """An error of the reading itself is told like any other of the program, with an exit code."""
        try:
            self.run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read and hand on, until the program ends or the terminal is gone (`leaving` sees to that)."""
        decoder = getincrementaldecoder("utf-8")("replace")
        parser = XTermParser(self._debug)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                try:
                    if selector.select(WAKE) and not self._take(decoder, parser):
                        return
                    self._hand_on(parser.tick())
                except (ValueError, OverflowError, ParseError):
                    parser = XTermParser(self._debug)

    def _take(self, decoder: IncrementalDecoder, parser: XTermParser) -> bool:
        """Hand on what has come; False when the terminal is gone."""
        data = _read(self.fileno)
        text = decoder.decode(data)
        if text:
            self._hand_on(parser.feed(text))
        return bool(data)

    def _hand_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def stop_application_mode(self) -> None:
        """Give the terminal back, with nothing of a paste left for the shell."""
        self._disable_bracketed_paste()
        self.disable_input()
        forget_input(self.fileno)
        super().stop_application_mode()


def forget_input(fileno: int) -> None:
    """Read and forget what a terminal in raw mode sends, until it is quiet."""
    until = time.monotonic() + PATIENCE
    with selectors.SelectSelector() as selector:
        selector.register(fileno, selectors.EVENT_READ)
        while time.monotonic() < until and selector.select(QUIET) and _read(fileno):
            pass
    flush_input(fileno)


def flush_input(fileno: int) -> None:
    """Forget what a terminal has sent and nobody has read."""
    try:
        termios.tcflush(fileno, termios.TCIFLUSH)
    except (termios.error, OSError):
        return


def _read(fileno: int) -> bytes:
    try:
        return os.read(fileno, AT_ONCE)
    except OSError:
        return b""
