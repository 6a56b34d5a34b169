"""backup, restore, archive, copy, rename, report, bundle as a shell calls them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rancher_tui.commands.schemas import load
from rancher_tui.install.session import Home
from tests.unit.backup_case import Call


def document(command: str, text: str) -> Any:
    data = json.loads(text)
    jsonschema.validate(data, load(command))
    return data


def backed_up(call: Call, *arguments: str) -> Any:
    code, out, err = call("backup", "prod", *arguments, "--json")
    assert code == 0, err
    return document("backup", out)


def test_a_backup_tells_where_it_lies_and_what_is_in_it(call: Call) -> None:
    told = backed_up(call)
    assert Path(told["folder"]).is_dir()
    names = {item["name"] for item in told["files"]}
    assert {"rancher-cluster.yml", "kube_config_rancher-cluster.yml", "install.json", "secrets.json"} <= names
    assert told["lacks"] == []
    assert told["snapshots"]["folder"] == "/opt/rke/etcd-snapshots"


def test_a_second_copy_in_another_folder(call: Call, tmp_path: Path) -> None:
    told = backed_up(call, "--to", str(tmp_path / "safe"))
    assert Path(told["folder"]).parent == tmp_path / "safe"
    assert Path(told["local"]).is_dir()


@pytest.mark.parametrize("place", ["http://x/y", "sftp://u:pw@host/x", "sftp://"])
def test_a_place_that_is_none_is_a_wrong_call(call: Call, place: str) -> None:
    code, out, err = call("backup", "prod", "--to", place)
    assert (code, out) == (2, "")
    assert ":pw@" not in err


def test_a_place_that_cannot_be_written_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _out, err = call("backup", "prod", "--to", str(tmp_path / "file" / "x"))
    assert code == 3
    assert "copy-failed" in err


def test_a_passphrase_on_the_command_line_is_refused(call: Call, tmp_path: Path) -> None:
    code, _out, err = call("backup", "prod", "--to", str(tmp_path / "safe"), "--passphrase", "hunter2")
    assert code == 2
    assert "hunter2" not in err
    assert not (tmp_path / "safe").exists()


@pytest.mark.parametrize("source", ["env:NOT_SET_HERE", "file:/nowhere"])
def test_a_passphrase_that_is_not_there_is_told(call: Call, source: str) -> None:
    assert call("backup", "prod", "--to", "/tmp/x", "--passphrase", source)[0] == 2


def test_without_a_terminal_nothing_is_asked(call: Call, tmp_path: Path) -> None:
    code, _out, err = call("backup", "prod", "--to", str(tmp_path / "safe"), "--encrypt")
    assert code == 2
    assert "--passphrase" in err


def test_backups_are_listed_with_age_and_damage(call: Call) -> None:
    folder = Path(backed_up(call)["folder"])
    listed = document("backup", call("backup", "prod", "--list", "--json")[1])
    (item,) = listed["backups"]
    assert item["age_s"] >= 0
    assert item["damaged"] == {}
    (folder / "install.json").write_text("x")
    code, out, _err = call("backup", "prod", "--list", "--json")
    assert code == 3
    assert "install.json" in document("backup", out)["backups"][0]["damaged"]


def test_a_session_without_a_cluster_file_has_nothing_to_back_up(call: Call) -> None:
    call("new", "empty")
    code, out, err = call("backup", "empty")
    assert (code, out) == (3, "")
    assert "nothing" in err


def test_restore_makes_a_new_session(call: Call) -> None:
    folder = backed_up(call)["folder"]
    code, out, _err = call("restore", folder, "--as", "again", "--json")
    report = document("restore", out)
    assert code == 0
    assert report["ok"]
    assert report["facts"]["session"] == "again"
    assert "again" in call("sessions")[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("/nowhere", "--as", "x"), 2),
        (("FOLDER",), 2),
        (("FOLDER", "--as", "x", "--rehearse"), 2),
        (("FOLDER", "--as", "prod"), 2),
        (("FOLDER", "--as", "restore"), 2),
        (("FOLDER", "--as", "x", "--set", "no.such.field=1"), 2),
        (("FOLDER", "--as", "x", "--set", "fqdn"), 2),
        (("EMPTY", "--as", "x"), 3),
    ],
)
def test_what_restore_refuses(call: Call, tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    folder = backed_up(call)["folder"]
    (tmp_path / "empty").mkdir()
    given = [{"FOLDER": folder, "EMPTY": str(tmp_path / "empty")}.get(word, word) for word in arguments]
    assert call("restore", *given)[0] == code
    assert "x  " not in call("sessions")[1]


def test_a_rehearsal_of_the_restore_leaves_no_session(call: Call) -> None:
    folder = backed_up(call)["folder"]
    code, out, _err = call("restore", folder, "--rehearse", "--json")
    assert code == 3, "the kubeconfig in it is no real one"
    assert "state-whole" in {item["code"] for item in document("restore", out)["findings"]}
    assert document("sessions", call("sessions", "--json")[1])["sessions"][0]["name"] == "prod"


def test_a_damaged_backup_is_a_finding(call: Call) -> None:
    folder = Path(backed_up(call)["folder"])
    (folder / "rancher-cluster.yml").write_text("other")
    code, out, _err = call("restore", str(folder), "--as", "again", "--json")
    assert code == 3
    assert [item["code"] for item in document("restore", out)["findings"]] == ["copy-damaged"]


def test_copy_rename_archive_and_back(call: Call, tmp_path: Path) -> None:
    assert call("copy", "prod", "second")[0] == 0
    assert call("copy", "prod", "second")[0] == 2
    assert call("rename", "second", "third")[0] == 0
    code, out, _err = call("archive", "third", "-o", str(tmp_path / "third.tar.gz"), "--json")
    assert code == 0
    assert document("archive", out)["file"] == str(tmp_path / "third.tar.gz")
    names = [row["name"] for row in document("sessions", call("sessions", "--json")[1])["sessions"]]
    assert names == ["prod"]
    assert call("restore", str(tmp_path / "third.tar.gz"), "--as", "back")[0] == 0
    assert call("rename", "nowhere", "x")[0] == 2
    assert call("archive", "nowhere")[0] == 2


@pytest.mark.parametrize(("name", "begins"), [("r.md", "# Install report"), ("r.html", "<!DOCTYPE html>")])
def test_a_report_in_both_forms_keeps_the_one_before(call: Call, tmp_path: Path, name: str, begins: str) -> None:
    (tmp_path / name).write_text("mine")
    code, out, _err = call("report", "prod", "-o", str(tmp_path / name), "--json")
    told = document("report", out)
    assert code == 0
    assert Path(told["kept"]).read_text() == "mine"
    text = (tmp_path / name).read_text()
    assert text.startswith(begins)
    for said in ("rancher.example.com", "everything", "Provision hosts", "0001-20261123T072151Z"):
        assert said in text, said


def test_a_report_of_another_kind_is_refused(call: Call, tmp_path: Path) -> None:
    assert call("report", "prod", "-o", str(tmp_path / "r.pdf"))[0] == 2
    assert call("report", "prod")[1].startswith("# Install report")


def test_hostile_text_is_text_in_the_report(call: Call, tmp_path: Path) -> None:
    call("set", "prod", "label=<script>alert(1)</script> | **x** `y` \x1b[31m")
    call("report", "prod", "-o", str(tmp_path / "r.html"))
    html = (tmp_path / "r.html").read_text()
    assert "<script" not in html
    assert "\x1b" not in html
    markdown = call("report", "prod")[1]
    assert "<script" not in markdown
    assert "**x**" not in markdown


def test_a_bundle_is_listed_before_it_is_written(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "help.tar.gz"
    code, out, _err = call("bundle", "prod", "-o", str(file))
    assert code == 0
    assert out.index("versions.json") < out.index(str(file))
    with tarfile.open(file) as tar:
        held = {name.split("/", 1)[1] for name in tar.getnames()}
    told = document("bundle", call("bundle", "prod", "--list", "--json")[1])
    assert held - {"journal.jsonl"} <= {item["name"] for item in told["contents"]}
    assert file.stat().st_mode & 0o77 == 0


def test_one_file_of_a_bundle_can_be_read(call: Call) -> None:
    code, out, _err = call("bundle", "prod", "--show", "rancher-cluster.yml")
    assert code == 0
    assert "password: [removed]" in out
    assert call("bundle", "prod", "--show", "secrets.json")[0] == 2


def test_what_a_failed_first_run_left_is_copied_too(call: Call, home: Home) -> None:
    cluster = home.session("prod").cluster_folder
    (cluster / "kube_config_rancher-cluster.yml").unlink()
    told = backed_up(call)
    assert "rancher-cluster.rkestate" in {item["name"] for item in told["files"]}
    assert told["lacks"] == ["kube_config_rancher-cluster.yml"]
