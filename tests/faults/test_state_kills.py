"""SIGKILL at any moment: every edit that was shown as saved is there, and the state always loads."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.install.generations import AGES
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store
from tests.faults.editor import PARTS

ROOT = Path(__file__).parents[2]


class Editor:
    """The scripted editor: editors that are started, watched and killed one after the other."""

    def __init__(self, home: Home, marks: Path) -> None:
        self._marks = marks
        marks.write_bytes(b"\0")
        command = [sys.executable, "-m", "tests.faults.editor", str(home.path), str(marks)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the editor ended"
        return line.strip()

    def start(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def kill_after(self, seconds: float) -> tuple[int, str]:
        """Kill the editor that long after its first save; the last edit shown as saved and the part it was in."""
        pid, shown = 0, 0
        while not (pid and shown):
            word, _, number = self._line().partition(" ")
            pid, shown = (int(number), shown) if word == "pid" else (pid, int(number))
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        while (line := self._line()) != "gone":
            shown = int(line.removeprefix("saved "))
        return shown, PARTS[self._marks.read_bytes()[0]]

    def until_gone(self) -> list[str]:
        lines = []
        while (line := self._line()) != "gone":
            lines.append(line)
        return lines

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def session(home: Home) -> Session:
    created = home.create("killed", InstallState(label="0"))
    created.close()
    return created


@pytest.fixture
def editor(home: Home, session: Session, tmp_path: Path) -> Iterator[Editor]:
    running = Editor(home, tmp_path / "marks")
    yield running
    running.end()


def test_forty_kills_lose_no_saved_edit(session: Session, editor: Editor) -> None:
    kill_many(session, editor, kills=40, seed=1)


@pytest.mark.soak
def test_a_thousand_kills_lose_no_saved_edit(session: Session, editor: Editor) -> None:
    kill_many(session, editor, kills=1000, seed=2)


def kill_many(session: Session, editor: Editor, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    parts: Counter[str] = Counter()
    for _ in range(kills):
        editor.start("edit")
        shown, part = editor.kill_after(chance.uniform(0, 0.02))
        parts[part] += 1
        opened = session.open()
        assert opened.damage == ""
        assert int(opened.state.label) in (shown, shown + 1)
        assert len(opened.state.nodes) == 3
        assert not list(session.path.glob(".install.json.*")), "what a killed save left is swept away"
        session.close()
    inside = kills - parts["between saves"]
    print(f"\n{kills} kills, {inside} inside a save:")
    for part in PARTS:
        print(f"  {part:20} {parts[part]:5} {'#' * round(50 * parts[part] / kills)}")
    assert inside >= kills / 3


def test_a_kill_between_any_two_calls_of_a_save_leaves_the_edit_whole_or_not_made(
    session: Session, editor: Editor
) -> None:
    ripen(session)
    editor.start("point 100000")
    points = editor.until_gone()[-1].removeprefix("points ").split(",")
    assert {"open", "write", "half a write", "fsync", "replace", "link"} <= set(points)
    for point in range(1, len(points) + 1):
        ripen(session)
        before = int(session.look_on().state.label)
        editor.start(f"point {point}")
        lines = editor.until_gone()
        opened = session.open()
        assert opened.damage == "", points[point - 1]
        expected = (before + 1,) if f"saved {before + 1}" in lines else (before, before + 1)
        assert int(opened.state.label) in expected, points[point - 1]
        store = Store(opened.state, session)
        assert store.undo() and int(store.state.label) == int(opened.state.label) - 1
        assert store.redo() and store.state.label == session.look_on().state.label == opened.state.label
        session.close()


def ripen(session: Session) -> None:
    """Make every candidate old enough, so that the next save moves all generations."""
    past = time.time() - 2 * max(AGES.values())
    for candidate in session.path.glob(".install.*.next"):
        os.utime(candidate, (past, past))


def test_a_session_whose_creation_was_cut_off_can_be_created_again(home: Home) -> None:
    folder = home.sessions_folder / "prod"
    (folder / "cluster").mkdir(parents=True)
    (folder / "lock").touch()
    (folder / ".install.json.abc123").write_text('{"fq')
    assert home.sessions() == []
    created = home.create("prod", InstallState(fqdn="rancher.example.com"))
    assert created.look_on().state.fqdn == "rancher.example.com"
    created.close()
