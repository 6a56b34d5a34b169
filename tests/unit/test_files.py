"""Files written whole or not at all, copies that nothing reaches, private under any umask."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from rancher_tui import files


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o277, 0o777], ids=oct)
def any_umask(request: pytest.FixtureRequest) -> object:
    before = os.umask(request.param)
    request.addfinalizer(lambda: os.umask(before))
    return request.param


def test_a_write_replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"old and longer")
    inode = path.stat().st_ino
    files.write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino != inode
    assert os.listdir(tmp_path) == ["a.yml"]


def test_modes_are_private_under_any_umask(tmp_path: Path, any_umask: int) -> None:
    folder = files.make_folder(tmp_path / "a" / "b")
    files.write_atomic(folder / "file", b"x")
    files.write_atomic(folder / "public", b"x", mode=0o644)
    for _ in range(2):
        os.close(files.open_private(folder / "lock", os.O_RDWR))
    assert [mode(path) for path in (tmp_path / "a", folder)] == [0o700, 0o700]
    assert [mode(folder / name) for name in ("file", "public", "lock")] == [0o600, 0o644, 0o600]


def test_a_folder_that_is_there_keeps_its_mode_and_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    files.make_folder(tmp_path)
    assert mode(tmp_path) == 0o755
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match="file"):
            files.make_folder(path)


def test_the_data_is_on_the_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def flushed(descriptor: int) -> None:
        done.append("flush folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "flush file")
        fsync(descriptor)

    def replaced(source: str, target: Path) -> None:
        done.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", replaced)
    files.write_atomic(tmp_path / "x", b"x")
    assert done == ["flush file", "rename", "flush folder"]


@pytest.mark.parametrize(("number", "told"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_only_a_file_system_that_cannot_flush_folders_is_let_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: bool
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    if told:
        with pytest.raises(OSError, match=os.strerror(number)):
            files.sync_folder(tmp_path)
    else:
        files.sync_folder(tmp_path)


def test_a_kept_copy_is_not_reached_by_what_writes_into_the_original(tmp_path: Path) -> None:
    path = tmp_path / "kube_config.yml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    kept = files.keep_existing(path)
    assert kept is not None
    with path.open("r+b") as file:
        file.write(b"NEW")
    assert (kept.read_bytes(), mode(kept)) == (b"old", 0o640)


def test_copies_of_one_second_all_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "timestamp", lambda: "20261123T072151Z")
    path = tmp_path / "a.yml"
    assert files.keep_existing(path) is None
    for content in (b"1", b"2", b"3"):
        path.write_bytes(content)
        assert files.keep_existing(path)
    kept = sorted(found.name for found in tmp_path.iterdir())
    assert kept == ["a.yml", *(f"a.yml.20261123T072151Z{end}" for end in ("", ".1", ".2"))]
    assert [(tmp_path / name).read_bytes() for name in kept[1:]] == [b"1", b"2", b"3"]


def test_times_in_names_are_utc() -> None:
    moment = datetime(2026, 11, 23, 8, 21, 51, tzinfo=timezone(timedelta(hours=1)))
    assert files.timestamp(moment) == files.timestamp(moment.astimezone(UTC)) == "20261123T072151Z"


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert files.sha256(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("place", [".", "sub", "sub/.."])
def test_a_folder_in_the_files_place_is_told_and_left_alone(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    with pytest.raises(IsADirectoryError):
        files.keep_existing(Path(place))
    assert [item.name for item in tmp_path.iterdir()] == ["sub"]
