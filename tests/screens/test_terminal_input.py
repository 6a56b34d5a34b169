"""What a terminal may send: bytes of another encoding, sequences that are no keys, a paste that is cut off."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tests.screens.conftest import begun
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.real


def at_the_name(terminal: Terminal) -> None:
    """Step 8, its field open."""
    terminal.wait_for("The twelve steps")
    terminal.go_to(8, "8 FQDN")
    terminal.press("enter")
    terminal.wait_for("EDIT")


def send(terminal: Terminal, data: bytes) -> None:
    """Send bytes as a terminal does that is also read from meanwhile."""
    at = 0
    while at < len(data):
        at += os.write(terminal.child.child_fd, data[at : at + 1024])
        terminal.read(0.01)


@pytest.mark.parametrize("around", [b"%s", b"\x1b[200~%s\x1b[201~"], ids=["typed", "pasted"])
def test_a_byte_of_another_encoding_stands_in_the_field_as_a_replacement_sign(home: Path, around: bytes) -> None:
    begun(home)
    terminal = Terminal(home)
    at_the_name(terminal)
    send(terminal, around % b"caf\xe9.example" + b"\xfcz")
    terminal.wait_for("caf\ufffd.example\ufffdz")
    terminal.press("escape")
    terminal.wait_for("MOVE")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0


def test_two_thousand_lines_of_another_encoding_are_taken_as_a_paste(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    terminal.go_to(6, "Paste addresses here")
    lines = b"".join(b"10.9.%d.%d b\xfcro%d\r" % (8 + n // 250, 1 + n % 250, n) for n in range(2000))
    send(terminal, b"\x1b[200~" + lines + b"\x1b[201~")
    terminal.wait_for("b\ufffdro")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0


def test_a_sequence_that_is_no_key_changes_nothing(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    at_the_name(terminal)
    send(terminal, b"\x1b[1114112u")
    terminal.press("rancher.example")
    terminal.wait_for("rancher.example")
    send(terminal, b"\x1b[::u")
    terminal.press(".com")
    terminal.wait_for("rancher.example.com")
    terminal.press("enter")
    terminal.wait_for("MOVE")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0


BROKEN = """
import screens.fqdn
def do_clock(self):
    raise SystemError("planted")
def unexpected(self, error):
    raise error
screens.fqdn.FqdnScreen.do_clock = do_clock
import screens.terminal
screens.terminal.TerminalApp.unexpected = unexpected
import rancher_tui.cli
rancher_tui.cli.entry()
"""
"""The program that ends by an error when z is pressed on the FQDN's screen."""


def test_the_rest_of_a_paste_never_reaches_the_shell_after_an_error(home: Path, tmp_path: Path) -> None:
    begun(home)
    script, ran = tmp_path / "broken.py", tmp_path / "ran"
    script.write_text(BROKEN)
    shell = tmp_path / "shell.sh"
    shell.write_text(f"{sys.executable} {script} prod; echo THE CODE IS $?\nPS1='READY ' exec bash --norc -i\n")
    terminal = Terminal(home, program=["-c", f"import os; os.execvp('bash', ['bash', {str(shell)!r}])"])
    terminal.wait_for("The twelve steps")
    terminal.go_to(8, "8 FQDN")
    send(terminal, b"z" + f"touch {ran}\r".encode() * 2000)
    terminal.wait_for("THE CODE IS 1")
    terminal.wait_for("READY")
    terminal.press("echo STILL $((40+2))", "enter")
    terminal.wait_for("STILL 42")
    assert not ran.exists()
    assert "stopped by an error of its own" in terminal.screen
    terminal.press("exit", "enter")
    terminal.wait_for_end()


BLOCKED = """
import asyncio, screens.fqdn
def do_clock(self):
    self.run_worker(asyncio.to_thread(open, {fifo!r}), exit_on_error=False)
    self.rancher.tell("a thread reads")
screens.fqdn.FqdnScreen.do_clock = do_clock
import rancher_tui.cli
rancher_tui.cli.entry()
"""
"""The program in which z on the FQDN's screen has a thread read a pipe that nobody writes into."""


def test_the_program_ends_though_a_thread_is_blocked(home: Path, tmp_path: Path) -> None:
    begun(home)
    script, fifo = tmp_path / "blocked.py", tmp_path / "fifo"
    os.mkfifo(fifo)
    script.write_text(BLOCKED.format(fifo=str(fifo)))
    terminal = Terminal(home, "prod", program=[str(script)])
    at_the_name(terminal)
    terminal.press("rancher.example.com", "enter")
    terminal.wait_for("MOVE")
    terminal.press("z")
    terminal.wait_for("a thread reads")
    terminal.press("q")
    pressed = time.monotonic()
    terminal.wait_for_end()
    assert time.monotonic() - pressed < 15
    assert terminal.child.exitstatus == 0
    assert b"Traceback" not in terminal.sent + (terminal.child.before or b"")
    assert b"rancher.example.com" in (home / "sessions" / "prod" / "install.json").read_bytes()
