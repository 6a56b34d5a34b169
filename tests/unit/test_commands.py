"""What the commands print and how they exit (the public interface), driven as a shell would."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rancher_tui.cli import main
from rancher_tui.commands.schemas import load, names
from rancher_tui.install.reserved import COMMANDS

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command with a home of its own: exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def document(command: str, text: str) -> Any:
    """The JSON document that a command printed, held against its schema."""
    data = json.loads(text)
    jsonschema.validate(data, load(command))
    return data


def test_every_schema_is_a_schema() -> None:
    for name in names():
        jsonschema.Draft202012Validator.check_schema(load(name))


def test_a_session_is_made_listed_shown_and_deleted(call: Call) -> None:
    assert call("new", "prod")[0] == 0
    listed = document("sessions", call("sessions", "--json")[1])
    assert [row["name"] for row in listed["sessions"]] == ["prod"]
    shown = document("show", call("show", "prod", "--json")[1])
    assert [step["step"] for step in shown["steps"]] == list(range(1, 13))
    assert call("delete", "prod")[0] == 3
    assert call("delete", "prod", "--yes", "prod")[0] == 0
    assert document("sessions", call("sessions", "--json")[1])["sessions"] == []


@pytest.mark.parametrize("name", ["-x", "a b", "lab", "é", "a" * 65, "../up", ""])
def test_a_bad_session_name_is_refused(call: Call, name: str) -> None:
    code, out, _err = call("new", "--", name)
    assert (code, out) == (2, "")


def test_a_second_session_of_the_same_name_is_refused(call: Call) -> None:
    call("new", "prod")
    code, _out, err = call("new", "prod")
    assert code == 2
    assert "prod" in err


def test_set_keeps_what_is_typed_and_judges_it(call: Call) -> None:
    call("new", "prod")
    code, out, _err = call("set", "prod", "fqdn=Rancher.Example.COM", "--json")
    assert code == 3
    assert [item["code"] for item in document("set", out)["findings"]] == ["fqdn-case"]
    assert document("show", call("show", "prod", "--json")[1])["state"]["fqdn"] == "Rancher.Example.COM"


def test_set_of_an_unknown_path_stores_nothing(call: Call) -> None:
    call("new", "prod")
    code, out, err = call("set", "prod", "fqdn=rancher.example.com", "nodes.0.adress=10.0.0.1")
    assert (code, out) == (2, "")
    assert "nodes.0.adress" in err
    assert document("show", call("show", "prod", "--json")[1])["state"]["fqdn"] == ""


@pytest.mark.parametrize(
    "assignment", ["fqdn", "nodes=10.0.0.1", "history.0.name=x", "nodes.5.address=x", "etcd.enabled=maybe"]
)
def test_set_of_a_wrong_shape_is_refused(call: Call, assignment: str) -> None:
    call("new", "prod")
    assert call("set", "prod", assignment)[0] == 2


def test_undo_survives_a_restart(call: Call) -> None:
    call("new", "prod")
    call("set", "prod", "fqdn=a.example.com")
    call("set", "prod", "fqdn=b.example.com")
    assert call("undo", "prod")[0] == 0
    assert document("show", call("show", "prod", "--json")[1])["state"]["fqdn"] == "a.example.com"
    assert call("redo", "prod")[0] == 0
    assert document("show", call("show", "prod", "--json")[1])["state"]["fqdn"] == "b.example.com"


def test_a_secret_is_kept_apart(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    call("set", "prod", "options.registry.password=hunter2-canary")
    folder = tmp_path / "home" / "sessions" / "prod"
    assert b"hunter2-canary" in (folder / "secrets.json").read_bytes()
    others = [path for path in folder.rglob("*") if path.is_file() and path.name != "secrets.json"]
    assert not [path for path in others if b"hunter2-canary" in path.read_bytes()]
    assert "hunter2-canary" not in "".join(call("show", "prod", "--json")[1:])


def test_pasted_hosts_become_nodes(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    hosts = tmp_path / "hosts"
    hosts.write_text("rancher@10.0.1.11\nrancher@10.0.1.12:2222\nrancher@10.0.1.13\n")
    code, out, _err = call("nodes", "prod", "--paste", str(hosts), "--json")
    assert code == 0
    table = document("nodes", out)["nodes"]
    assert [(row["address"], row["user"], row["port"]) for row in table] == [
        ("10.0.1.11", "rancher", "22"),
        ("10.0.1.12", "rancher", "2222"),
        ("10.0.1.13", "rancher", "22"),
    ]


def test_a_node_is_taken_out_by_address_or_number(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    hosts = tmp_path / "hosts"
    hosts.write_text("rancher@10.0.1.11\nrancher@10.0.1.12\nrancher@10.0.1.13\nrancher@10.0.1.14\n")
    call("nodes", "prod", "--paste", str(hosts))
    _code, out, _err = call("nodes", "prod", "--delete", "10.0.1.12", "--delete", "4", "--json")
    assert [row["address"] for row in document("nodes", out)["nodes"]] == ["10.0.1.11", "10.0.1.13"]
    code, _out, err = call("nodes", "prod", "--delete", "10.0.1.12")
    assert code == 2 and "10.0.1.12 is no node" in err
    assert "deleted nodes" in call("undo", "prod")[1]
    assert len(document("nodes", call("nodes", "prod", "--json")[1])["nodes"]) == 4


def test_an_unknown_session_is_named(call: Call) -> None:
    for command in (("show",), ("undo",), ("status",), ("check",), ("up",), ("verdict",), ("backup",)):
        code, out, err = call(*command, "nowhere")
        assert (code, out) == (2, ""), command
        assert "nowhere" in err


def test_status_without_a_run(call: Call) -> None:
    call("new", "prod")
    told = document("status", call("status", "prod", "--json")[1])
    assert (told["state"], told["run"], told["lines"]) == ("none", None, 0)


def test_up_without_inputs_starts_nothing(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    assert call("up", "prod")[0] == 2
    assert not list((tmp_path / "home" / "sessions" / "prod" / "runs").iterdir())


def test_keys_and_schema(call: Call) -> None:
    assert {row["action"] for row in document("keys", call("keys", "--json")[1])} >= {"open", "check", "undo"}
    assert json.loads(call("schema", "cert")[1])["title"] == "rancher-tui cert --json"
    assert call("schema", "nothing")[0] == 2


def test_help_and_version(call: Call) -> None:
    assert call("--version")[1].startswith("rancher-tui ")
    for command in ("up", "cert", "dns", "lab"):
        code, out, _err = call(command, "--help")
        assert code == 0
        assert "Example: " in out


def test_the_help_tells_every_command_in_its_group_and_in_a_whole_sentence(call: Call) -> None:
    code, out, _err = call("--help")
    told = re.findall(r"^  (\S+) +\S", out.partition("\nSessions:")[2], re.MULTILINE)
    assert code == 0
    assert sorted(told) == sorted(COMMANDS)
    assert "..." not in out.partition("\nSessions:")[2]


def test_without_a_terminal_the_rehearsal_is_named(call: Call) -> None:
    code, _out, err = call()
    assert code == 2
    assert "lab --headless" in err


def test_a_relative_path_of_a_file_that_is_there_means_it_from_everywhere(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("new", "prod")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tls.crt").write_text("")
    code, _out, err = call("set", "prod", "certificates.chain_path=tls.crt", "fqdn=tls.crt", "--json")
    shown = document("show", call("show", "prod", "--json")[1])["state"]
    assert shown["certificates"]["chain_path"] == str(tmp_path / "tls.crt") and str(tmp_path / "tls.crt") in err
    assert (code, shown["fqdn"]) == (0, "tls.crt"), "what is no path is stored as typed"

    _code, out, _err = call("set", "prod", "nodes.0.ssh_key_path=no/such", "--json")
    found = {item["code"]: item for item in document("set", out)["findings"]}
    assert (found["file-missing"]["status"], found["file-missing"]["subject"]) == ("warn", "nodes.0.ssh_key_path")
    assert document("show", call("show", "prod", "--json")[1])["state"]["nodes"][0]["ssh_key_path"] == "no/such"


def test_a_pasted_file_that_is_no_text_is_refused_in_one_line(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 40)
    code, out, err = call("nodes", "prod", "--paste", str(tmp_path / "binary"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    (tmp_path / "wide").write_bytes("10.0.0.1\r\n".encode("utf-16"))
    assert call("nodes", "prod", "--paste", str(tmp_path / "wide"), "--json")[1].count('"10.0.0.1"') == 1


def test_what_was_not_understood_of_a_paste_is_a_warning_with_its_line(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    (tmp_path / "hosts").write_text("10.0.0.1 n1 root\n10.0.0.2 n2 ops\n")
    _code, out, _err = call("nodes", "prod", "--paste", str(tmp_path / "hosts"), "--json")
    found = [item for item in document("nodes", out)["findings"] if item["code"] == "paste-line"]
    assert [(item["status"], item["subject"]) for item in found] == [("warn", "line 1"), ("warn", "line 2")]
    assert "ops" in found[1]["title"]
