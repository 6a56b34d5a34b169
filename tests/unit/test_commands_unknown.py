"""What the commands say of sessions, runs, backups and places that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import OperationError, rke_binary
from tests.unit.backup_case import Call


def test_the_session_that_was_probably_meant_is_named(call: Call) -> None:
    code, _out, err = call("status", "prdo")
    assert code == 2 and "is it prod?" in err
    assert "there are prod" in call("status", "zzz")[2]


def test_a_session_without_a_run_says_so_in_words(call: Call) -> None:
    call("new", "fresh")
    code, _out, err = call("attach", "fresh")
    assert code == 2 and "rke has not been run in fresh yet" in err
    assert "prod has no run 0009" in call("attach", "prod", "--run", "0009")[2]


def test_what_is_no_backup_is_told_before_a_name_is_asked_for(call: Call, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no archive")
    for source, told in (("empty", "no backup"), ("text", "no archive")):
        code, _out, err = call("restore", source)
        assert code == 2 and told in err and "--as" not in err


def test_a_mistyped_place_for_copies_is_told_and_not_made(call: Call, tmp_path: Path) -> None:
    code, _out, err = call("backup", "prod", "--to", str(tmp_path / "nope" / "dir"))
    assert code == 3 and f"{tmp_path / 'nope'} is not there" in err
    assert not (tmp_path / "nope").exists()
    assert call("backup", "prod", "--to", str(tmp_path / "safe"))[0] == 0


def test_an_archived_session_is_said_to_have_left_the_list(call: Call) -> None:
    code, out, _err = call("archive", "prod", "--keep")
    assert code == 0 and "stays on the list" in out
    code, out, _err = call("archive", "prod")
    assert code == 0 and "no longer on the list" in out and "restore" in out


def test_a_plan_says_that_nothing_is_exported_yet(call: Call, home: Home, tmp_path: Path) -> None:
    rke = tmp_path / "rke"
    rke.write_text("#!/bin/sh\n")
    rke.chmod(0o755)
    call("set", "prod", f"rke.binary={rke}")
    home.session("prod").cluster_file.unlink(missing_ok=True)
    code, out, _err = call("plan", "prod")
    assert code == 0 and "up cannot start yet" in out


def test_what_is_missing_is_told_with_the_command_that_brings_it(
    call: Call, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperationError) as missing:
        monkeypatch.setenv("PATH", "")
        rke_binary(home.session("prod"), InstallState())
    assert "rancher-tui rke --session SESSION --fetch VERSION" in str(missing.value.message)
    _code, out, _err = call("cert", str(tmp_path / "files" / "chain.pem"))
    assert "--key" in out.partition("key-missing")[2]
