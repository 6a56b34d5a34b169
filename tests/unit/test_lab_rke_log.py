"""The stand-in's log lines: logrus' rules for quoting, in a file and on a terminal."""

from __future__ import annotations

import os
import pty
import re
from pathlib import Path

import pytest

from rancher_tui.lab.rke.log import Log, quoted


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("a/b_c-1.2@x^y+z", "a/b_c-1.2@x^y+z"),
        ("", '""'),
        ("two words", '"two words"'),
        ('say "no"', r'"say \"no\""'),
        ("first\n\tsecond", r'"first\n\tsecond"'),
        ("back\\slash", r'"back\\slash"'),
        ("bell\x07", r'"bell\x07"'),
        ("naïve 主机", '"naïve 主机"'),
        ("\u202e", r'"\u202e"'),
    ],
)
def test_text_is_quoted_as_go_quotes_it(text: str, line: str) -> None:
    assert quoted(text) == line


def test_a_file_gets_logfmt(capfd: pytest.CaptureFixture[str]) -> None:
    Log().warning("Removing host [1.2.3.4] from node lists")
    line = capfd.readouterr().err
    shape = r'time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)" level=warning msg="Removing host .*"\n'
    assert re.fullmatch(shape, line)


def test_a_terminal_gets_colour_seconds_and_padding(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    kept = os.dup(2)
    try:
        os.dup2(slave, 2)
        Log().info("short")
    finally:
        os.dup2(kept, 2)
    assert os.read(master, 200) == b"\x1b[36mINFO\x1b[0m[0000] " + b"short".ljust(44) + b" \r\n"
