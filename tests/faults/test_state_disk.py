"""A save that fails: the old file stays, nothing typed is dropped, and the next edit tries again."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.files import keep_existing, write_atomic
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState, Node
from rancher_tui.install.store import Store


def failing(*_arguments: Any, **_options: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullFile:
    """A file on a disk that takes half of what is written."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: bytes) -> None:
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        failing()

    def __enter__(self) -> FullFile:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def break_save(patch: pytest.MonkeyPatch, place: str) -> None:
    fdopen = os.fdopen
    if place == "open":
        patch.setattr(tempfile, "mkstemp", failing)
    elif place == "write":
        patch.setattr(os, "fdopen", lambda *given, **options: FullFile(fdopen(*given, **options)))
    else:
        patch.setattr(os, {"fsync": "fsync", "rename": "replace"}[place], failing)


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    made = home.create("prod", InstallState(fqdn="old.example.com"))
    yield made
    made.close()


@pytest.mark.parametrize("place", ["open", "write", "fsync", "rename"])
def test_an_edit_that_cannot_be_saved_stands_and_is_saved_with_the_next(
    session: Session, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    store = Store(session.look_on().state, session)
    seen: list[str] = []
    store.subscribe(lambda state: seen.append(state.fqdn))
    old = session.state_file.read_bytes()
    with monkeypatch.context() as patch:
        break_save(patch, place)
        store.update("set the FQDN", fqdn="new.example.com")
    assert store.unsaved is not None
    assert store.unsaved.errno == errno.ENOSPC
    assert session.state_file.read_bytes() == old
    assert not list(session.path.glob(".install.json.*")), "half a file is left"
    assert (store.state.fqdn, seen) == ("new.example.com", ["new.example.com"])

    store.update("label it", label="site A")
    assert store.unsaved is None
    saved = session.look_on().state
    assert (saved.fqdn, saved.label) == ("new.example.com", "site A")
    assert [change.name for change in saved.history] == ["set the FQDN", "label it"]


def test_a_folder_that_cannot_be_flushed_leaves_the_new_file_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "install.json"
    monkeypatch.setattr("rancher_tui.files.sync_folder", failing)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_lost_folder_is_told(session: Session) -> None:
    store = Store(session.look_on().state, session)
    session.path.rename(session.path.with_name("moved"))
    store.update("set the FQDN", fqdn="new.example.com")
    assert isinstance(store.unsaved, FileNotFoundError)
    session.path.with_name("moved").rename(session.path)
    store.save()
    assert store.unsaved is None
    assert session.look_on().state.fqdn == "new.example.com"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_really_full_disk_loses_nothing_that_was_saved(tiny_disk: Path) -> None:
    session = Home(tiny_disk).create("prod", InstallState(fqdn="old.example.com"))
    store = Store(session.look_on().state, session)
    ballast = tiny_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"x" * 4096)
    nodes = tuple(Node(address=f"10.0.0.{number}") for number in range(1, 200))
    store.update("paste", nodes=nodes)
    assert store.unsaved is not None
    session.close()

    again = Home(tiny_disk).session("prod")
    assert again.open().state.fqdn == "old.example.com", "a full disk can still be opened"
    assert again.writable
    assert again.open().damage == ""
    again.close()

    session.open()
    ballast.unlink()
    store.save()
    assert store.unsaved is None
    assert session.look_on().state.nodes == nodes
    session.close()


def test_keeping_a_copy_on_a_full_disk_leaves_no_half_copy(tiny_disk: Path) -> None:
    original = tiny_disk / "rancher-cluster.yml"
    original.write_bytes(b"x" * 160_000)
    with pytest.raises(OSError, match="No space"):
        keep_existing(original)
    assert os.listdir(tiny_disk) == ["rancher-cluster.yml"]


def test_a_session_whose_folder_cannot_be_written_is_looked_on(
    session: Session, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.close()

    def read_only(*_arguments: Any) -> Any:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("rancher_tui.install.lock.open_private", read_only)
    late = home.session("prod")
    opened = late.open_or_look_on()
    assert opened.state.fqdn == "old.example.com"
    assert opened.unwritable == "Read-only file system"
    assert not late.writable
