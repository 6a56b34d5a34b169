"""An error that nobody foresaw: what was entered is saved, the report is written, the terminal says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.conftest import begun
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.real

BROKEN = """
import screens.fqdn
def line(self, number, cells):
    if getattr(type(self), "broken", False):
        raise RuntimeError("planted \\x1b]52;c;eA==\\x07 password=hunter2canary")
    return real(self, number, cells)
from screens.widgets.form import Form
real, Form.line = Form.line, line
def do_clock(self):
    Form.broken = True
    self.form.refresh()
screens.fqdn.FqdnScreen.do_clock = do_clock
import rancher_tui.cli
rancher_tui.cli.entry()
"""
"""The program with a form that cannot be drawn any more once z was pressed on the FQDN's screen."""


def test_a_crash_saves_and_says_where_the_report_is(home: Path, tmp_path: Path) -> None:
    begun(home)
    script = tmp_path / "broken.py"
    script.write_text(BROKEN)
    terminal = Terminal(home, "prod", program=[str(script)])
    terminal.wait_for("The twelve steps")
    terminal.go_to(8, "8 FQDN")
    terminal.press("enter")
    terminal.wait_for("EDIT")
    terminal.press("rancher.example.com", "enter")
    terminal.wait_for("MOVE")
    terminal.press("z")
    terminal.wait_for("rancher-tui stopped by an error of its own")
    terminal.wait_for("Everything that was entered is saved")
    report = home / "sessions" / "prod" / "errors.log"
    assert "Traceback" not in terminal.screen
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 1
    assert b"\x1b]52" not in terminal.sent
    assert "RuntimeError: planted" in report.read_text()
    assert "hunter2canary" not in report.read_text()
    again = Terminal(home)
    again.wait_for("rancher.example.com")
    again.press("q")
    again.wait_for_end()
