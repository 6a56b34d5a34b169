"""Hostile text in every field and outside source, seen on the bytes of a real terminal; homes and terminals that are bad."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.cli import main
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import paths, steps
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState, Node
from tests.screens.conftest import begun
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.real

HOSTILE = (
    "\x1b]52;c;Y2FuYXJ5\x07\x1b[2Jwiped\x1b[31;5mred\x9b31mcsi\x9d0;title\x9c\r\b\b"
    "\u202egnp.exe\u2066x\u2069\u200b\u200d\ufeff\x00\x7f[bold red]markup[/] {braces} %s 漢字 é"
)
RAW = {
    "OSC 52": b"\x1b]52",
    "clear": b"\x1b[2Jwiped",
    "colour": b"\x1b[31;5m",
    "C1 CSI": "\x9b".encode(),
    "C1 raw": b"\x9b31m",
    "right to left": "\u202e".encode(),
    "isolate": "\u2066".encode(),
    "zero width": "\u200b".encode(),
    "joiner": "\u200d".encode(),
    "BOM": "\ufeff".encode(),
    "NUL": b"\x00",
}
"""What of it must never reach a terminal."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home for sessions."""
    return tmp_path / "home"


def everywhere(home: Path) -> None:
    """A session with hostile text in every field, finding, journal entry, log line and record of a run."""
    state = InstallState(nodes=(Node(),) * 3)
    for path in paths.leaves(state):
        value = paths.get(state, path)
        if isinstance(value, str):
            state = paths.replace(state, path, HOSTILE)
        elif isinstance(value, tuple):
            state = paths.replace(state, path, (HOSTILE, HOSTILE))
    stored = state.model_copy(update={"etcd": state.etcd.model_copy(update={"s3_secret_key": ""})})
    session = Home(home).create("prod", stored)
    for step in steps.STEPS:
        for check in step.checks:
            finding = Finding(
                Status.FAIL, "hostile", HOSTILE, msg("{x}", x=HOSTILE), msg("{x}", x=HOSTILE * 20), msg("{x}", x=HOSTILE),
                {"words": HOSTILE, HOSTILE: [HOSTILE]}, check, step.number,
            )  # fmt: skip
            facts = {"vantages": [{"vantage": HOSTILE, "addresses": [HOSTILE], "chain": [HOSTILE]}]}
            digest = steps.inputs_digest(session.look_on().state, check)
            session.save_report(Report(check, (finding,), facts, digest, step=step.number))
    run = session.runs_folder / "0001-20261123T072151Z"
    run.mkdir()
    record = {
        "argv": [HOSTILE, "up"],
        "exit_code": 1,
        "ended": "2026-11-23T07:25:51Z",
        "started": "2026-11-23T07:21:51Z",
    }
    (run / "status.json").write_text(json.dumps(record))
    line = f'time="2026-11-23T07:21:51Z" level=error msg="[etcd] {HOSTILE} on host [{HOSTILE}]"\n'
    (run / "rke.log").write_bytes(
        line.encode() * 5 + b"\xff\xfe\x1b]52;c;eA==\x07 raw\n" + HOSTILE.encode() * 3000
    )
    session.journal(HOSTILE, edit=HOSTILE)
    session.close()


def press(terminal: Terminal, key: str) -> None:
    """A key and what comes of it; after Escape long enough that the next key is not taken for Alt and that key."""
    terminal.press(key)
    until = time.monotonic() + (0.4 if key == "escape" else 0.05)
    while time.monotonic() < until:
        terminal.read(0.05)


def raw_in(data: bytes) -> list[str]:
    return [name for name, sequence in RAW.items() if sequence in data]


SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({"TERM": "linux"}, id="linux"),
        pytest.param({"TERM": "xterm-256color"}, id="xterm", marks=SOAK),
        pytest.param({"NO_COLOR": "1"}, id="no-color", marks=SOAK),
    ],
)
def test_nothing_hostile_reaches_the_terminal_raw(home: Path, env: dict[str, str]) -> None:
    everywhere(home)
    terminal = Terminal(home, "prod", env=env)
    for number in range(1, 13):
        terminal.wait_for("? help")
        terminal.go_to(number, f" {number} ")
        for key in ("i", "escape", "?", "escape", "enter", "escape", "n"):
            press(terminal, key)
    press(terminal, "ctrl+l")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0
    assert raw_in(terminal.sent) == []
    assert not (home / "sessions" / "prod" / "errors.log").exists()


COMMANDS = [
    ["sessions"], ["show", "prod"], ["nodes", "prod"], ["plan", "prod"], ["status", "prod"], ["log", "prod"],
    ["report", "prod"], ["bundle", "prod", "--list"], ["bundle", "prod", "--show", "state.json"], ["check", "prod", "8", "9"],
    ["export", "prod"], ["diff", "prod"], ["backup", "prod", "--list"], ["undo", "prod"], ["set", "prod", f"fqdn={HOSTILE[1:40]}"],
]  # fmt: skip


def test_no_command_prints_it_raw(home: Path, tmp_path: Path) -> None:
    everywhere(home)
    script = (
        "import sys\nfrom rancher_tui.cli import main\n"
        f"for command in {COMMANDS!r}:\n    main(command)\n"
        f"for command in {[[*command, '--json'] for command in COMMANDS[:6]]!r}:\n    main(command)\n"
    ).replace("\x00", "")
    env = {**os.environ, "RANCHER_TUI_HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=env, timeout=100, cwd=tmp_path, check=False
    )
    assert b"unexpected error" not in done.stderr, done.stderr[-2000:]
    assert b"Traceback" not in done.stderr, done.stderr[-2000:]
    leaks = {name for name in raw_in(done.stdout + done.stderr) if name != "BOM"}
    assert leaks == set()


def test_a_hundred_thousand_lines_pasted_are_taken_in(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    terminal.go_to(6, "6 Nodes")
    lines = "\r".join(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in range(100_000))
    terminal.press(f"\x1b[200~{lines}\x1b[201~")
    terminal.wait_for("hosts pasted", seconds=100)
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0
    state = Home(home).session("prod").look_on().state
    assert 0 < len(state.nodes) <= 100_000


def test_a_long_paste_into_a_field_is_one_line_and_stays(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    terminal.go_to(8, "8 FQDN")
    terminal.press("enter")
    terminal.wait_for("EDIT")
    terminal.press(f"\x1b[200~{'x' * 50_000}\x1b[201~", "enter")
    terminal.wait_for("MOVE")
    terminal.press("q")
    terminal.wait_for_end()
    assert len(Home(home).session("prod").look_on().state.fqdn) == 50_000


def test_a_storm_of_sizes_leaves_the_screen_whole(home: Path) -> None:
    begun(home)
    terminal = Terminal(home)
    terminal.wait_for("The twelve steps")
    chance = random.Random(4)
    for _ in range(200):
        terminal.child.setwinsize(chance.randrange(1, 70), chance.randrange(1, 250))
        os.kill(terminal.pid, signal.SIGWINCH)
        terminal.read(0.005)
    terminal.child.setwinsize(24, 80)
    terminal.wipe()
    time.sleep(0.2)
    terminal.press("ctrl+l")
    terminal.wait_for("The twelve steps")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A home with a session in it, on a disk that cannot be written."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a disk here")
    begun(disk / "home", InstallState(fqdn="old.example.com"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield disk / "home"
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_home_that_cannot_be_written_is_looked_on(read_only: Path) -> None:
    terminal = Terminal(read_only, "prod")
    terminal.wait_for("old.example.com")
    terminal.wait_for("looked on only")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0


def test_a_new_session_on_a_home_that_cannot_be_written_is_refused_in_words(read_only: Path) -> None:
    terminal = Terminal(read_only)
    terminal.wait_for("old.example.com")
    done = run(["new", "other"], RANCHER_TUI_HOME=str(read_only))
    assert done.returncode == 2
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr
    terminal.press("q")
    terminal.wait_for_end()


def run(arguments: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("HOME", "TERM", "RANCHER_TUI_HOME", "XDG_STATE_HOME")
    }
    command = [sys.executable, "-m", "rancher_tui.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**env, **changes}, timeout=60, check=False)


def test_without_home_and_term_commands_work(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    assert run(["new", "prod"], RANCHER_TUI_HOME=home).returncode == 0
    assert "prod" in run(["sessions"], RANCHER_TUI_HOME=home).stdout
    done = run(["sessions"], HOME="/nowhere/at/all")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize("term", ["", "no-such-terminal"])
def test_without_a_known_terminal_the_screens_still_open_and_leave(home: Path, term: str) -> None:
    begun(home)
    terminal = Terminal(home, env={"TERM": term})
    terminal.wait_for("The twelve steps")
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0


DAMAGED = [
    ("install.json", '{"fqdn": "x"', "damaged"),
    ("install.json", '{"schema_version": 99, "fqdn": "new.example.com"}', "newer"),
    ("install.json", '{"schema_version": 99, "fqdn": [1, 2]}', "newer"),
    ("secrets.json", "{", ""),
    ("journal.jsonl", "\x00\x1b]52;c;eA==\x07\n{", ""),
    ("reports/dns.json", "[" * 5000, ""),
    ("reports/preflight.json", '{"check": 1}', ""),
    ("lock.json", '{"pid": "x"}', ""),
    ("known_hosts", "\xff\x00", ""),
    ("cluster/rancher-cluster.yml", "a: [" * 2000, ""),
    ("runs/0001-x/status.json", "{", ""),
]


def damage(home: Path, name: str, text: str) -> None:
    begun(home, InstallState(fqdn="old.example.com"))
    session = Home(home).session("prod")
    session.open()
    session.save(InstallState(fqdn="old.example.com", label="second"))
    session.close()
    file = session.path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(("name", "text", "told"), DAMAGED, ids=range(len(DAMAGED)))
def test_damaged_files_are_told_and_no_command_crashes(
    home: Path, name: str, text: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    damage(home, name, text)
    for command in ("sessions", "show", "status", "report", "nodes", "plan"):
        code = main(["--home", str(home), command, *([] if command == "sessions" else ["prod"])])
        err = capfd.readouterr().err
        assert code in (0, 2, 3), (command, err)
        assert "unexpected error" not in err, (command, err)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        pytest.param(*item, marks=() if item[2] == "damaged" else SOAK, id=str(place))
        for place, item in enumerate(DAMAGED)
    ],
)
def test_damaged_files_are_told_and_no_screen_crashes(home: Path, name: str, text: str, told: str) -> None:
    damage(home, name, text)
    terminal = Terminal(home, "prod")
    terminal.wait_for(told or "The twelve steps")
    for key in ("]", "]", "]", "escape"):
        press(terminal, key)
    terminal.press("q")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 0
    assert "stopped by an error" not in terminal.screen
