"""Backups: made, verified, sealed, sent elsewhere; damage and hostile manifests are told."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import tarfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from rancher_tui.backup import copies, elsewhere, pack, seal
from rancher_tui.backup.copies import BackupError
from rancher_tui.backup.elsewhere import ElsewhereError, destination
from rancher_tui.files import make_folder
from rancher_tui.transport.ssh import ConnectSettings

AT = datetime(2026, 11, 23, 7, 21, 51, tzinfo=UTC)


@pytest.fixture
def backup(tmp_path: Path) -> copies.Backup:
    (tmp_path / "one").write_text("first")
    (tmp_path / "two").write_text("second")
    files: dict[str, Path | copies.Wanted] = {
        "one.yml": tmp_path / "one",
        "inner/two.pem": copies.Wanted(tmp_path / "two", "certificates/two.pem"),
        "three": tmp_path / "three",
    }
    return copies.make(tmp_path / "backups", "result", files, now=AT)


def test_a_backup_tells_what_it_holds_and_what_it_lacks(backup: copies.Backup) -> None:
    again = copies.read(backup.folder)
    assert again == backup
    assert [entry.name for entry in again.entries] == ["one.yml", "inner/two.pem"]
    assert again.lacks == ("three",)
    assert copies.verify(again) == {}
    for path in backup.folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("damage", ["changed", "longer", "gone"])
def test_a_damaged_copy_is_told(backup: copies.Backup, damage: str) -> None:
    file = backup.folder / "inner/two.pem"
    if damage == "gone":
        file.unlink()
    else:
        file.write_text("sec0nd" if damage == "changed" else "second and more")
    assert list(copies.verify(backup)) == ["inner/two.pem"]
    with pytest.raises(BackupError):
        pack.contents_of(backup)


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"files": [{"name": "../../etc/passwd", "sha256": "", "size": 1, "source": ""}], "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b'{"files": [{"name": "/etc/passwd", "sha256": "", "size": 1, "source": ""}], "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b'{"files": [{"name": "a", "place": "../a", "sha256": "", "size": 1, "source": ""}], "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b'{"files": [{"name": "a", "sha256": "", "size": 1e999, "source": ""}], "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b'{"files": [], "purpose": "", "made_at": "2026-11-23T00:00:00"}',
        b'{"files": 5, "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b'{"files": [], "purpose": "", "made_at": 5}',
        b'{"files": [], "about": [1], "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b'{"files": [], "encryption": 1, "purpose": "", "made_at": "2026-11-23T00:00:00Z"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=range(17),
)
def test_a_damaged_or_hostile_manifest_is_refused(backup: copies.Backup, manifest: bytes) -> None:
    (backup.folder / copies.MANIFEST).write_bytes(manifest)
    with pytest.raises(BackupError):
        copies.read(backup.folder)
    assert copies.all_of(backup.folder.parent) == []


@pytest.mark.parametrize("name", ["../evil", "/evil", ".hidden", "a/../../evil", "a//b", "", "a\0b", "a\\b"])
def test_names_that_lead_elsewhere_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="no file name"):
        copies.safe_name(name)


@pytest.mark.parametrize("kind", ["symlink", "outside", "device", "bomb"])
def test_a_hostile_archive_writes_nothing_outside(tmp_path: Path, kind: str) -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        item = tarfile.TarInfo("../outside" if kind == "outside" else "file")
        if kind == "symlink":
            item.type, item.linkname = tarfile.SYMTYPE, "/etc/passwd"
        elif kind == "device":
            item.type = tarfile.CHRTYPE
        elif kind == "bomb":
            item.size = 0
        tar.addfile(item, BytesIO(b""))
    target = tmp_path / "in"
    target.mkdir()
    with pytest.raises(BackupError):
        pack.unpacked(out.getvalue(), target)
    assert not (tmp_path / "outside").exists()
    assert not any(path.is_symlink() for path in target.rglob("*"))


@pytest.mark.parametrize("cut", [0, 1, 10, 60, -1, -10])
def test_a_cut_archive_is_refused(backup: copies.Backup, tmp_path: Path, cut: int) -> None:
    data = pack.packed(backup, pack.contents_of(backup))
    with pytest.raises(BackupError):
        pack.unpacked(data[:cut] if cut else b"", tmp_path / "in")


def test_a_pack_is_the_same_bytes_each_time_and_reads_back(backup: copies.Backup, tmp_path: Path) -> None:
    data = pack.packed(backup, pack.contents_of(backup))
    assert data == pack.packed(backup, pack.contents_of(backup))
    again = pack.unpacked(data, make_folder(tmp_path / "in"))
    assert again.entries == backup.entries
    assert copies.verify(again) == {}


def test_a_sealed_copy_opens_with_its_passphrase_only(backup: copies.Backup, tmp_path: Path) -> None:
    sealed = pack.sealed_copy(backup, tmp_path / "sealed", "correct horse")
    told = json.loads((sealed.folder / copies.MANIFEST).read_text())
    assert told["encryption"]["format"] == "age-encryption.org/v1, passphrase"
    assert {entry["sha256"] for entry in told["files"]} == {""}, "no digest of what is inside is told"
    raw = b"".join(path.read_bytes() for path in sealed.folder.iterdir())
    assert b"first" not in raw and b"correct horse" not in raw
    assert raw.count(b"age-encryption.org/v1\n-> scrypt ") == 1
    read = copies.read(sealed.folder)
    assert read.sealed == sealed.sealed
    opened = pack.opened_copy(read, make_folder(tmp_path / "opened"), "correct horse")
    assert (opened.folder / "inner/two.pem").read_text() == "second"
    assert copies.verify(opened) == {}
    with pytest.raises(seal.SealError) as wrong:
        pack.opened_copy(read, make_folder(tmp_path / "other"), "wrong")
    assert wrong.value.wrong


def test_an_empty_passphrase_is_none() -> None:
    with pytest.raises(seal.SealError):
        seal.sealed(b"x", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sftp://ops@safe/backups", "sftp://ops@safe:22/backups"),
        ("sftp://ops@safe:2222/a%20b", "sftp://ops@safe:2222/a b"),
        ("sftp://ops@[::1]/x", "sftp://ops@[::1]:22/x"),
        ("/mnt/safe", "/mnt/safe"),
    ],
)
def test_where_copies_may_go(text: str, told: str) -> None:
    assert str(destination(text)) == told


@pytest.mark.parametrize(
    "text", ["", "  ", "ftp://x/y", "sftp://", "sftp://x:99999/y", "sftp://u:pw@host/x", "http://x"]
)
def test_where_no_copy_can_go(text: str) -> None:
    with pytest.raises(ElsewhereError) as refused:
        destination(text)
    assert "pw@" not in refused.value.message.english


def send(backup: copies.Backup, name: str, folder: Path) -> str:
    return asyncio.run(elsewhere.send(backup, name, destination(str(folder)), ConnectSettings()))


def test_a_copy_in_another_folder_is_whole_and_never_replaces_one(backup: copies.Backup, tmp_path: Path) -> None:
    first = send(backup, "prod-1", tmp_path / "safe")
    second = send(backup, "prod-1", tmp_path / "safe")
    assert (Path(first).name, Path(second).name) == ("prod-1", "prod-1.1")
    for place in (first, second):
        assert copies.verify(copies.read(Path(place))) == {}
    assert not [entry for entry in os.listdir(tmp_path / "safe") if entry.startswith(".")]


def test_a_copy_that_reads_back_otherwise_is_told_and_taken_away(
    backup: copies.Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "_read_from_disk", lambda _path: b"rotten")
    with pytest.raises(ElsewhereError) as told:
        send(backup, "prod-1", tmp_path / "safe")
    assert "one.yml" in told.value.message.english
    assert os.listdir(tmp_path / "safe") == []


def test_a_full_disk_elsewhere_is_told_and_leaves_nothing(backup: copies.Backup, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk here")
    try:
        (disk / "ballast").write_bytes(bytes(12288))
        with pytest.raises(ElsewhereError) as told:
            send(backup, "prod-1", disk)
        assert "No space left" in told.value.message.english
        assert os.listdir(disk) == ["ballast"]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
