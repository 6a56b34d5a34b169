"""A backup copied over SFTP to a real sshd, read back there, found by whoever looks."""

from __future__ import annotations

import asyncio
import getpass
import stat
from pathlib import Path

import pytest

from rancher_tui.backup import copies, elsewhere
from rancher_tui.backup.elsewhere import Destination, ElsewhereError
from rancher_tui.transport.ssh import ConnectSettings
from tests.real.sshd import Sshd, needs_sshd, settings

pytestmark = [pytest.mark.real, needs_sshd]


@pytest.fixture
def backup(tmp_path: Path) -> copies.Backup:
    (tmp_path / "one").write_text("first " * 20_000)
    (tmp_path / "two").write_text("second")
    files: dict[str, Path | copies.Wanted] = {"one.yml": tmp_path / "one", "inner/two.pem": tmp_path / "two"}
    return copies.make(tmp_path / "backups", "result", files)


def send(backup: copies.Backup, server: Sshd, folder: Path, how: ConnectSettings | None = None) -> str:
    to = Destination(str(folder), server.address, str(server.port), getpass.getuser())
    return asyncio.run(elsewhere.send(backup, "prod-1", to, how or server.settings(key_path=str(server.key))))


def test_it_arrives_whole_under_its_name_and_private(backup: copies.Backup, tmp_path: Path) -> None:
    with Sshd(tmp_path / "sshd", Subsystem="sftp internal-sftp") as server:
        place = send(backup, server, tmp_path / "safe")
        assert place.endswith(f":{server.port}{tmp_path}/safe/prod-1")
        again = send(backup, server, tmp_path / "safe")
        assert again.endswith("prod-1.1"), "no copy is overwritten"
    arrived = copies.read(tmp_path / "safe" / "prod-1")
    assert copies.verify(arrived) == {}
    assert [path.name for path in (tmp_path / "safe").iterdir() if path.name.startswith(".")] == []
    for path in (tmp_path / "safe" / "prod-1").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.is_dir()
    assert stat.S_IMODE((tmp_path / "safe" / "prod-1").stat().st_mode) == 0o700


def refused(backup: copies.Backup, server: Sshd, folder: Path, how: ConnectSettings | None = None) -> str:
    with pytest.raises(ElsewhereError) as error:
        send(backup, server, folder, how)
    return error.value.message.english


def test_an_unknown_host_key_is_not_taken(backup: copies.Backup, tmp_path: Path) -> None:
    with Sshd(tmp_path / "sshd", Subsystem="sftp internal-sftp") as server:
        told = refused(backup, server, tmp_path / "safe", settings(key_path=str(server.key)))
    assert "host key" in told
    assert not (tmp_path / "safe").exists()


def test_a_server_without_sftp_and_one_that_is_gone_are_told(backup: copies.Backup, tmp_path: Path) -> None:
    with Sshd(tmp_path / "sshd") as server:
        assert "cannot be written" in refused(backup, server, tmp_path / "safe")
    assert "tcp-refused" in refused(backup, server, tmp_path / "safe")


def test_a_folder_that_cannot_be_made_is_told(backup: copies.Backup, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Sshd(tmp_path / "sshd", Subsystem="sftp internal-sftp") as server:
        assert "cannot be written" in refused(backup, server, tmp_path / "file" / "below")


def test_a_copy_that_reads_back_otherwise_is_taken_away(
    backup: copies.Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rotten(_sftp: object, _path: str) -> str:
        return "0" * 64

    monkeypatch.setattr(elsewhere, "_digest", rotten)
    with Sshd(tmp_path / "sshd", Subsystem="sftp internal-sftp") as server:
        assert "one.yml" in refused(backup, server, tmp_path / "safe")
    assert list((tmp_path / "safe").iterdir()) == []
