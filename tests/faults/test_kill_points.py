"""SIGKILL before every call into the kernel: backups, exports, reports, restores, the runner's status, the log."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rancher_tui.backup import copies
from rancher_tui.cluster_file.export import export
from rancher_tui.finding import Report
from rancher_tui.install import journal
from rancher_tui.install.session import Home, Session
from rancher_tui.operations import keeping, moving
from rancher_tui.operations.restoring import restore
from rancher_tui.rke import runner
from rancher_tui.rke.runs import Run
from tests.faults.editor import die_at
from tests.unit.backup_case import planted

FAR = 1_000_000
STEPS = [pytest.param(9, id="sample"), pytest.param(1, id="all", marks=pytest.mark.soak)]


def killed_at(point: int, act: Callable[[], object]) -> tuple[bool, list[str]]:
    """Run `act` in a child that is killed before its `point`-th call: whether it came to its end, its calls."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            write = os.write
            reached = die_at(point)
            act()
            write(writer, json.dumps(reached).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    told = b""
    while part := os.read(reader, 65536):
        told += part
    os.close(reader)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "it failed by itself"
    return bool(told), json.loads(told) if told else []


def every_point(
    act: Callable[[], object], look: Callable[[bool], None], again: Callable[[], None], step: int = 1
) -> int:
    """Kill `act` at each `step`-th of its points, look at what is left, put things back; how many there are."""
    done, calls = killed_at(FAR, act)
    assert done
    look(True)
    for point in range(1, len(calls) + 1, step):
        again()
        done, _calls = killed_at(point, act)
        look(done)
    return len(calls)


@pytest.fixture
def session(home: Home, tmp_path: Path) -> Session:
    return planted(home, tmp_path / "files")


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_backup_is_whole_or_none(session: Session, step: int) -> None:
    state = session.look_on().state
    sources = {path: path.read_bytes() for path in session.cluster_folder.iterdir()}

    def look(done: bool) -> None:
        found = copies.all_of(session.backups_folder)
        assert len(found) in ((1,) if done else (0, 1))
        assert all(copies.verify(backup) == {} for backup in found)
        assert {path: path.read_bytes() for path in session.cluster_folder.iterdir()} == sources

    def again() -> None:
        shutil.rmtree(session.backups_folder)

    points = every_point(lambda: keeping.back_up_result(session, state), look, again, step)
    assert points > 40


def test_a_killed_export_leaves_the_old_file_or_the_new_one_and_the_copy(tmp_path: Path) -> None:
    target = tmp_path / "rancher-cluster.yml"

    def again() -> None:
        for path in tmp_path.iterdir():
            path.unlink()
        target.write_text("old\n")

    def look(done: bool) -> None:
        text = target.read_text()
        assert text in (("new\n",) if done else ("old\n", "new\n"))
        kept = [path.read_text() for path in tmp_path.glob("rancher-cluster.yml.*")]
        assert "old\n" in kept or text == "old\n"

    again()
    assert every_point(lambda: export(target, "new\n"), look, again) >= 8


def test_a_killed_report_is_the_old_one_or_the_new_one(session: Session) -> None:
    session.save_report(Report("dns", (), {"round": 0}))

    def look(done: bool) -> None:
        report = session.reports()["dns"]
        assert report.facts["round"] in ((1,) if done else (0, 1))

    def again() -> None:
        session.save_report(Report("dns", (), {"round": 0}))

    assert every_point(lambda: session.save_report(Report("dns", (), {"round": 1})), look, again) >= 5


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_restore_leaves_no_half_session(home: Home, session: Session, step: int) -> None:
    backup = keeping.back_up_result(session, session.look_on().state)

    def look(done: bool) -> None:
        names = [item.name for item in home.sessions()]
        assert names.count("again") in ((1,) if done else (0, 1))
        if "again" in names:
            restored = home.session("again")
            assert restored.open().damage == ""
            restored.close()
            assert (restored.path / "secrets.json").exists()

    def clear() -> None:
        if (home.sessions_folder / "again").exists():
            home.remove("again")
        home.sweep()

    assert every_point(lambda: restore(home, backup.folder, "again"), look, clear, step) > 40
    clear()
    assert not [name for name in os.listdir(home.sessions_folder) if name.startswith(".again")]


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_archive_takes_no_session_away(home: Home, session: Session, tmp_path: Path, step: int) -> None:
    target = tmp_path / "out" / "prod.session.tar.gz"
    saved = tmp_path / "saved"
    shutil.copytree(session.path, saved)

    def look(done: bool) -> None:
        there = [item.name for item in home.sessions()] == ["prod"]
        assert there or target.exists(), "it is on the list or in its file"
        if not there:
            proved = Home(tmp_path / "proof")
            restore(proved, target, "prod").session.open()
            shutil.rmtree(tmp_path / "proof")
        assert not (done and there)

    def again() -> None:
        home.sweep()
        if not session.path.exists():
            shutil.copytree(saved, session.path)
        shutil.rmtree(tmp_path / "out", ignore_errors=True)

    every_point(lambda: moving.archive(home, "prod", target), look, again, step)


def test_the_runners_status_always_loads(tmp_path: Path) -> None:
    folder = tmp_path / "0001-20261123T072151Z"
    folder.mkdir()

    def again() -> None:
        runner.write_status(str(folder), {"round": 0})

    def look(done: bool) -> None:
        assert Run(folder).record()["round"] in ((1,) if done else (0, 1))

    again()
    assert every_point(lambda: runner.write_status(str(folder), {"round": 1}), look, again) >= 4


def test_a_journal_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    for number in range(3):
        journal.append(file, "act", number=number)
    whole = file.read_bytes()
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        journal.append(file, "after")
        found = list(journal.entries(file))
        assert found[-1]["action"] == "after"
        assert len(found) == whole[:cut].count(b"\n") + 1 or whole[cut : cut + 1] == b"\n"
