"""Two programs at one session: one writes, the other looks on, takes over, or finds the lock free again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rancher_tui.install import journal
from rancher_tui.install.lock import HeldError, Holder, Lock, TakeOverError, start_ticks
from rancher_tui.install.session import Home, Session, SessionError
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import ReadOnlyError, Store

ROOT = Path(__file__).parents[2]
Hold = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def session(home: Home) -> Session:
    created = home.create("prod", InstallState(fqdn="rancher.example.com"))
    created.close()
    return created


@pytest.fixture
def hold(home: Home, session: Session) -> Iterator[Hold]:
    """Start another program that holds the session."""
    started: list[subprocess.Popen[str]] = []

    def start(*how: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.faults.holder", str(home.path), session.name, *how]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()


def test_a_second_opening_is_told_who_holds_the_session(session: Session, hold: Hold) -> None:
    other = hold()
    with pytest.raises(HeldError) as refused:
        session.open()
    holder = refused.value.holder
    assert holder is not None
    assert holder == session.holder
    assert (holder.pid, holder.start_ticks, holder.host) == (
        other.pid,
        start_ticks(other.pid),
        os.uname().nodename,
    )
    assert f"pid {other.pid}" in str(refused.value)


def test_looking_on_shows_the_state_and_never_writes(session: Session, hold: Hold) -> None:
    hold()
    before = snapshot(session.path)
    opened = session.open_or_look_on()
    assert opened.state.fqdn == "rancher.example.com"
    assert opened.held_by is not None
    assert not session.writable
    store = Store(opened.state, session)
    for attempt in (lambda: store.update("set", fqdn="other.example.com"), store.undo, store.redo):
        with pytest.raises(ReadOnlyError):
            attempt()
    store.save()
    with pytest.raises(SessionError):
        session.save(opened.state)
    assert snapshot(session.path) == before


def test_looking_on_follows_what_the_holder_saves(session: Session, home: Home) -> None:
    session.open()
    writer = Store(session.look_on().state, session)
    watcher = home.session("prod")
    looked = Store(watcher.open_or_look_on().state, watcher)
    seen: list[str] = []
    looked.subscribe(lambda state: seen.append(state.fqdn))
    writer.update("set the FQDN", fqdn="new.example.com")
    looked.reload(watcher.look_on().state)
    assert seen == ["new.example.com"]


def test_taking_over_makes_the_holder_save_and_leave(session: Session, hold: Hold) -> None:
    other = hold()
    opened = session.take_over(deadline=20)
    assert other.wait(10) == 0
    assert opened.state.cursor.row == 2, "what the holder had not saved yet is there"
    assert session.writable
    assert session.holder is not None
    assert session.holder.pid == os.getpid()


def test_a_holder_that_does_not_listen_is_not_killed_but_waited_for(session: Session, hold: Hold) -> None:
    other = hold("deaf")
    with pytest.raises(TakeOverError, match="does not listen"):
        session.take_over(deadline=0.3)
    assert other.poll() is None
    assert not session.writable
    assert other.stdin is not None
    other.stdin.close()
    assert session.take_over(deadline=20).state.cursor.row == 2


def test_a_killed_holder_leaves_the_lock_free(session: Session, hold: Hold) -> None:
    other = hold()
    other.kill()
    other.wait(10)
    assert (session.path / "lock.json").exists(), "its card is left behind"
    assert session.holder is None
    assert session.open().damage == ""
    assert session.writable


def test_a_card_of_a_process_whose_number_is_anothers_now_names_nobody(session: Session) -> None:
    """The lock is held, but by somebody else than the stale card says: nobody is named and nobody is signalled."""
    stranger = subprocess.Popen(["sleep", "60"])
    mine = Lock(session.path)
    mine.acquire()
    try:
        card = session.path / "lock.json"
        told = json.loads(card.read_text())
        card.write_text(json.dumps({**told, "pid": stranger.pid, "start_ticks": start_ticks(stranger.pid) - 1}))
        assert session.holder is None
        with pytest.raises(HeldError) as refused:
            session.open()
        assert refused.value.holder is None
        with pytest.raises(TakeOverError):
            session.take_over(deadline=0.1)
        assert stranger.poll() is None, "a stranger was signalled"
    finally:
        mine.release()
        stranger.kill()
        stranger.wait()


def test_a_holder_on_another_host_is_named_and_not_signalled(session: Session) -> None:
    mine = Lock(session.path)
    mine.acquire()
    card = session.path / "lock.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "host": "bastion-2"}))
    with pytest.raises(TakeOverError, match="bastion-2"):
        session.take_over(deadline=5)
    mine.release()


@pytest.mark.parametrize("card", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff\xfe"])
def test_a_damaged_card_of_nobody_hinders_nothing(session: Session, card: bytes) -> None:
    (session.path / "lock.json").write_bytes(card)
    assert session.holder is None
    session.open()
    assert session.holder is not None


def test_asking_who_holds_never_makes_an_opening_fail(session: Session, home: Home) -> None:
    stop = threading.Event()
    looked: list[Holder | None] = []

    def ask() -> None:
        while not stop.is_set():
            looked.append(home.session("prod").holder)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(30):
            session.open()
            session.close()
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert {holder.pid for holder in looked if holder} <= {os.getpid()}


def test_of_many_that_open_at_once_one_holds(home: Home, session: Session) -> None:
    start = threading.Barrier(8)
    outcomes: list[str] = []
    mines = [home.session("prod") for _ in range(8)]

    def open_one(mine: Session) -> None:
        start.wait()
        try:
            mine.open()
            outcomes.append("held")
        except HeldError:
            outcomes.append("refused")

    threads = [threading.Thread(target=open_one, args=(mine,)) for mine in mines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held", *["refused"] * 7]


def test_of_many_that_create_one_name_one_does(home: Home) -> None:
    start = threading.Barrier(6)
    made: list[Session] = []
    refused: list[str] = []

    def create(number: int) -> None:
        start.wait()
        try:
            made.append(home.create("fresh", InstallState(label=str(number))))
        except SessionError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=create, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert refused == ["a session named fresh is already there"] * 5


def test_a_removed_session_cannot_be_opened_by_who_waited_for_it(home: Home, session: Session) -> None:
    late = home.session("prod")
    home.remove("prod")
    with pytest.raises(FileNotFoundError):
        late.open()
    assert home.sessions() == []


def test_a_held_session_is_not_removed(home: Home, session: Session, hold: Hold) -> None:
    hold()
    with pytest.raises(HeldError):
        home.remove("prod")
    assert session.look_on().state.fqdn == "rancher.example.com"


def test_two_programs_never_mix_their_lines_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    script = (
        "import sys; from pathlib import Path; from rancher_tui.install import journal\n"
        "for number in range(300): journal.append(Path(sys.argv[1]), 'edit', who=sys.argv[2], text='x' * 3000)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), who], cwd=ROOT) for who in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    entries = list(journal.entries(path))
    assert len([line for line in path.read_text().splitlines() if line]) == len(entries) == 600
    assert {entry["who"] for entry in entries} == {"a", "b"}
    assert all(entry["text"] == "x" * 3000 for entry in entries)


def test_a_line_that_a_kill_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal.append(path, "edit", path="fqdn", action_of="someone")
    with path.open("a") as file:
        file.write('{"time": "2026-01-01T00:00:0')
    journal.append(path, "export", path="/tmp/x.yml")
    assert [entry["action"] for entry in journal.entries(path)] == ["edit", "export"]


def test_a_hung_up_holder_is_not_reached_by_its_own_signal_number() -> None:
    """The take-over signal is one that a terminal never sends by itself."""
    from rancher_tui.install.lock import TAKE_OVER_SIGNAL

    assert TAKE_OVER_SIGNAL not in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGTSTP)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
