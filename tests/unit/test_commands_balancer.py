"""The commands balancer, balancer-lint, rehearse and probe, driven as a shell would."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rancher_tui.cli import main
from rancher_tui.commands.schemas import load

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """One command with a home in which the session `prod` has two nodes."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    run("new", "prod")
    hosts = tmp_path / "hosts"
    hosts.write_text("10.0.0.1\n10.0.0.2\n")
    run("nodes", "prod", "--paste", str(hosts))
    run("set", "prod", "fqdn=rancher.example.com")
    return run


def report(command: str, out: str) -> Any:
    document = json.loads(out)
    jsonschema.validate(document, load(command))
    return document


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_configuration_goes_to_standard_output_and_its_notes_elsewhere(call: Call) -> None:
    code, out, err = call("balancer", "prod", "nginx")
    assert code == 0
    assert out.startswith("# NGINX in front of Rancher: rancher.example.com")
    assert "nginx -t" in err
    assert call("balancer", "prod", "nginx", "-o", "-")[1] == out


def test_a_folder_gets_one_file_for_each_part_and_what_was_there_is_kept(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "traefik.yml").write_text("mine")
    assert call("balancer", "prod", "traefik", "-o", str(folder))[0] == 0
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert {"rancher.yml", "traefik.yml"} < set(names)
    assert [path.read_text() for path in folder.glob("traefik.yml.2*")] == ["mine"]


def test_what_cannot_be_written_exits_3_and_an_unknown_kind_2(call: Call) -> None:
    call("set", "prod", "fqdn=not a name")
    code, out, err = call("balancer", "prod", "nginx")
    assert (code, out) == (3, "")
    assert "value-refused fqdn" in err
    assert call("balancer", "prod", "f5")[0] == 2
    assert call("balancer", "nobody", "nginx")[0] == 2


def test_a_file_is_judged(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    text = call("balancer", "prod", "nginx")[1]
    file.write_text(text)
    code, out, _err = call("balancer-lint", str(file), "--json")
    assert (code, report("balancer-lint", out)["facts"]) == (0, {"kind": "nginx"})
    file.write_text(text.replace("proxy_set_header Host $host;", ""))
    code, out, _err = call("balancer-lint", str(file), "--json")
    (finding,) = report("balancer-lint", out)["findings"]
    assert (code, finding["code"], finding["step"]) == (3, "host-header", 2)
    line = 1 + file.read_text().splitlines().index("            proxy_pass http://rancher;")
    assert finding["subject"] == f"{file}:{line}"
    file.write_text(text.replace(" ssl http2;", " ssl;"))
    assert call("balancer-lint", str(file))[0] == 0
    assert call("balancer-lint", str(file), "--strict")[0] == 4
    file.write_text("")
    assert call("balancer-lint", str(file))[0] == 3
    assert call("balancer-lint", str(tmp_path / "nowhere"))[0] == 2
    assert call("balancer-lint", str(tmp_path))[0] == 2


def test_a_rehearsal_names_the_word_it_needs_and_does_nothing_without(call: Call) -> None:
    code, out, err = call("rehearse", "prod", "--json")
    document = report("rehearse", out)
    assert (code, document["ok"]) == (3, False)
    assert document["findings"][0]["remedy"] == "rancher-tui rehearse prod --yes rehearse"
    assert "On 2 nodes, port 80 answers" in err
    assert call("rehearse", "prod", "--yes", "something")[0] == 3
    assert call("rehearse", "nobody")[0] == 2
    assert call("rehearse", "prod", "--idle", "-1")[0] == 2


def test_a_rehearsal_that_cannot_log_in_is_unknown_and_kept(call: Call, closed_port: int) -> None:
    for row in (0, 1):
        call(
            "set",
            "prod",
            f"nodes.{row}.address=127.0.0.{row + 1}",
            f"nodes.{row}.port={closed_port}",
            f"nodes.{row}.user=rancher",
        )
    call("set", "prod", "balancer.address=127.0.0.1")
    code, out, _err = call("rehearse", "prod", "--yes", "rehearse", "--idle", "0", "--json")
    document = report("rehearse", out)
    assert code == 3
    assert [finding["code"] for finding in document["findings"]] == ["node-unreachable"] * 2
    assert all("tcp-refused" in finding["evidence"]["words"] for finding in document["findings"])
    shown = json.loads(call("show", "prod", "--json")[1])
    assert shown["steps"][1]["status"] in ("ready", "failed")


def test_a_probe_names_the_rung_that_broke(call: Call, closed_port: int) -> None:
    address = f"127.0.0.1:{closed_port}"
    code, out, _err = call("probe", "rancher.example.com", "--address", address, "--json")
    document = report("probe", out)
    assert code == 3
    assert [finding["code"] for finding in document["findings"]] == ["balancer-refused"]
    assert document["facts"]["hop"] == "balancer"
    assert "to blame: load balancer" in call("probe", "rancher.example.com", "--address", address)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["rancher.example.com", "--address", "127.0.0.1:0"],
        ["rancher.example.com:99999"],
        ["rancher example.com"],
        ["rancher.example.com", "--ca", "/nowhere/ca.pem"],
        ["rancher.example.com", "--timeout", "0"],
        ["rancher.example.com", "--node-port", "0"],
    ],
    ids=["port 0", "a port too high", "a blank", "no such CA file", "no time", "node port 0"],
)
def test_a_probe_of_nothing_exits_2(call: Call, arguments: list[str]) -> None:
    code, out, _err = call("probe", *arguments, "--json")
    assert (code, out) == (2, "")
