"""preflight, trust, ports and cleanup as a shell calls them, on real SSH servers; for sessions and cluster files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jsonschema
import pexpect
import pytest
import yaml

from rancher_tui.cli import main
from rancher_tui.commands.schemas import load
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState, Node
from tests.real.healthy_host import healthy_path
from tests.real.sshd import DockerSocket, Sshd, make_key, needs_docker_client, needs_sshd

pytestmark = [pytest.mark.real, needs_sshd, needs_docker_client]

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run one command with a home of its own and without the known_hosts of whoever runs the tests."""
    monkeypatch.setattr("rancher_tui.transport.ssh.operator_known_hosts", list)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def healthy(folder: Path, stack: ExitStack, *, key: dict[str, str] | None = None, **programs: Any) -> Sshd:
    """A node that is well, but for the programs given; `key` says how its client key is made."""
    server = Sshd(folder, path=healthy_path(folder / "programs", **programs))
    if key is not None:
        make_key(server.key, **key)
    stack.enter_context(server)
    stack.enter_context(DockerSocket(folder / "docker.sock"))
    return server


def session(tmp_path: Path, *nodes: Node) -> str:
    Home(tmp_path / "home").create("prod", InstallState(nodes=nodes)).close()
    return "prod"


def cluster_file(path: Path, *rows: dict[str, Any], **keys: Any) -> str:
    path.write_text(yaml.safe_dump({"nodes": list(rows), **keys}))
    return str(path)


def row(server: Sshd, **fields: Any) -> dict[str, Any]:
    node = server.node()
    given = {
        "address": node.address,
        "port": server.port,
        "user": node.user,
        "role": ["controlplane", "etcd", "worker"],
        "ssh_key_path": node.ssh_key_path,
        "docker_socket": node.docker_socket,
    }
    return {name: value for name, value in {**given, **fields}.items() if value is not None}


def report_of(command: str, out: str) -> dict[str, Any]:
    """The last line's report; every line held against the command's schema."""
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        jsonschema.validate(line, load(command))
    assert lines[:-1] == lines[-1]["findings"]
    last: dict[str, Any] = lines[-1]
    return last


def red(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (each["code"], each["subject"]) for each in report["findings"] if each["status"] in ("fail", "unknown")
    ]


def steps(call: Call, name: str) -> dict[str, str]:
    shown = json.loads(call("show", name, "--json")[1])
    return {each["slug"]: each["status"] for each in shown["steps"]}


def test_keys_are_shown_pinned_by_agreement_and_then_known(call: Call, tmp_path: Path, stack: ExitStack) -> None:
    server = healthy(tmp_path / "one", stack)
    name = session(tmp_path, server.node())
    code, out, err = call("trust", name, "--json")
    assert code == 3 and "--yes trust" in err
    (shown,) = json.loads(out)["nodes"]
    assert shown["state"] == "unknown" and shown["keys"][0]["fingerprint"].startswith("SHA256:")
    code, out, _err = call("trust", name, "--yes", "trust", "--json")
    jsonschema.validate(json.loads(out), load("trust"))
    assert code == 0 and json.loads(out)["pinned"] == 1
    code, out, _err = call("trust", name, "--json")
    assert code == 0 and json.loads(out)["nodes"][0]["state"] == "known"
    for old in (server.host_key, server.host_key.with_suffix(".pub")):
        old.unlink()
    server.stop()
    make_key(server.host_key)
    server.start()
    code, out, _err = call("trust", name, "--yes", "trust", "--json")
    assert code == 3 and json.loads(out)["pinned"] == 0
    assert json.loads(out)["nodes"][0]["state"] == "changed"
    assert red(report_of("preflight", call("preflight", name, "--json")[1])) == [
        ("host-key-changed", f"node 1 {server.address}")
    ]
    assert call("trust", name, "--yes", "changed")[0] == 0
    assert json.loads(call("trust", name, "--json")[1])["nodes"][0]["state"] == "known"


def test_a_preflight_of_a_session_proves_steps_1_and_6_until_a_line_changes(
    call: Call, tmp_path: Path, stack: ExitStack
) -> None:
    server = healthy(tmp_path / "one", stack)
    name = session(tmp_path, server.node())
    call("trust", name, "--yes", "trust")
    code, out, _err = call("preflight", name, "--json")
    report = report_of("preflight", out)
    assert (code, red(report)) == (0, [])
    learnt = report["facts"]["nodes"][f"node 1 {server.address}"]
    assert (learnt["docker_version"], learnt["os"], learnt["hostname"]) == ("18.09.9", "ubuntu", "node1")
    assert (steps(call, name)["hosts"], steps(call, name)["nodes"]) == ("done", "done")
    call("set", name, "nodes.0.user=somebody-else")
    assert (steps(call, name)["hosts"], steps(call, name)["nodes"]) == ("stale", "stale")


def test_a_cluster_file_needs_no_session(call: Call, tmp_path: Path, stack: ExitStack) -> None:
    server = healthy(tmp_path / "one", stack)
    file = cluster_file(tmp_path / "rancher-cluster.yml", row(server))
    assert red(report_of("preflight", call("preflight", file, "--json")[1])) == [
        ("host-key-unknown", f"node 1 {server.address}")
    ]
    assert call("trust", file, "--yes", "trust")[0] == 0
    assert (tmp_path / "rancher-cluster.yml.known_hosts").stat().st_mode & 0o777 == 0o600
    code, out, _err = call("preflight", file, "--json")
    assert (code, red(report_of("preflight", out))) == (0, [])


def test_an_inline_key_of_a_cluster_file_is_used(call: Call, tmp_path: Path, stack: ExitStack) -> None:
    server = healthy(tmp_path / "one", stack)
    file = cluster_file(tmp_path / "c.yml", row(server, ssh_key_path=None, ssh_key=server.key.read_text()))
    call("trust", file, "--yes", "trust")
    code, out, _err = call("preflight", file, "--json")
    assert (code, red(report_of("preflight", out))) == (0, [])
    assert "PRIVATE KEY" not in out


def test_the_docker_of_a_cluster_file_is_judged_for_its_kubernetes(
    call: Call, tmp_path: Path, stack: ExitStack
) -> None:
    folder = tmp_path / "one"
    server = stack.enter_context(Sshd(folder, path=healthy_path(folder / "programs")))
    stack.enter_context(DockerSocket(folder / "docker.sock", version="20.10.24"))
    file = cluster_file(tmp_path / "c.yml", row(server))
    call("trust", file, "--yes", "trust")
    assert red(report_of("preflight", call("preflight", file, "--json")[1])) == [
        ("docker-version", f"node 1 {server.address}")
    ]
    file = cluster_file(tmp_path / "c.yml", row(server), ignore_docker_version=True)
    assert red(report_of("preflight", call("preflight", file, "--json")[1])) == []


def test_only_the_chosen_node_is_looked_at_and_keeps_its_number(
    call: Call, tmp_path: Path, stack: ExitStack
) -> None:
    server = healthy(tmp_path / "one", stack)
    file = cluster_file(tmp_path / "c.yml", row(server, address="127.0.0.99", port=1), row(server))
    call("trust", file, "--yes", "trust")
    for chosen in (server.address, "2"):
        code, out, _err = call("preflight", file, "--node", chosen, "--json")
        report = report_of("preflight", out)
        assert (code, red(report)) == (0, [])
        assert f"node 2 {server.address}" in {finding["subject"] for finding in report["findings"]}
    code, out, err = call("preflight", file, "--node", "10.9.9.9")
    assert (code, out) == (2, "") and server.address in err


def test_a_group_of_checks_is_told_alone_and_what_is_on_offer_is_not_taken(
    call: Call, tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    server = healthy(tmp_path / "one", stack)
    name = session(tmp_path, server.node())
    call("trust", name, "--yes", "trust")
    code, out, err = call("preflight", name, "--only", "clean", "--json")
    report = report_of("preflight", out)
    assert (code, {each["code"] for each in report["findings"]}) == (
        0,
        {"leftovers", "interfaces", "ports-in-use"},
    )
    assert {"path": "nodes.0.hostname_override", "value": "node1"}.items() <= report["facts"]["offers"][0].items()
    assert "nodes.0.hostname_override=node1" in err and steps(call, name)["hosts"] != "done"
    assert call("preflight", name, "--only", "cleanliness")[0] == 2


@pytest.mark.parametrize(("text", "code"), [("nodes: [", 3), ("", 3), ("- a\n", 3), ("nodes: []\n", 3)])
@pytest.mark.parametrize("command", ["preflight", "ports", "trust", "cleanup"])
def test_a_file_without_nodes_is_a_finding(call: Call, tmp_path: Path, command: str, text: str, code: int) -> None:
    file = tmp_path / "broken.yml"
    file.write_text(text)
    found, out, _err = call(command, str(file), "--json")
    assert found == code
    last = out.splitlines()[-1] if command == "preflight" else out
    jsonschema.validate(json.loads(last), load(command))


@pytest.mark.parametrize("command", ["preflight", "ports", "trust", "cleanup"])
def test_what_is_neither_session_nor_file_is_an_unusable_call(call: Call, command: str) -> None:
    code, out, err = call(command, "nowhere")
    assert (code, out) == (2, "") and "nowhere" in err


@pytest.mark.parametrize("suffix", [".txt", ".md", ".json"])
def test_the_report_is_written_beside(call: Call, tmp_path: Path, stack: ExitStack, suffix: str) -> None:
    server = healthy(tmp_path / "one", stack)
    name = session(tmp_path, server.node())
    file = tmp_path / f"report{suffix}"
    file.write_text("an older one")
    call("preflight", name, "-o", str(file))
    text = file.read_text()
    assert "host-key-unknown" in text and server.address in text
    assert len(list(tmp_path.glob(f"report{suffix}.*"))) == 1, "what was there is kept"
    if suffix == ".json":
        assert json.loads(text)["ok"] is False
    assert call("preflight", name, "-o", "report.pdf")[0] == 2


def test_listeners_need_agreement(call: Call, tmp_path: Path) -> None:
    name = session(tmp_path, Node(address="127.0.0.1", user="x"), Node(address="127.0.0.2", user="x"))
    code, out, err = call("ports", name, "--json")
    jsonschema.validate(json.loads(out), load("ports"))
    assert code == 3 and "--yes ports" in err
    assert [finding["code"] for finding in json.loads(out)["findings"]] == ["not-agreed"]


LEFT = """case "$*" in
*/etc/kubernetes*) echo /etc/kubernetes; echo /opt/rke; exit 0;;
*cgroup.controllers*) exit 2;;
esac
exec /bin/ls "$@\""""


@pytest.mark.skipif(os.geteuid() != 0, reason="the plan is for root")
def test_leftovers_are_cleared_only_by_name_and_snapshots_copied_first(
    call: Call, tmp_path: Path, stack: ExitStack
) -> None:
    log = tmp_path / "log"
    recorded: dict[str, Any] = {name: f'echo "{name} $*" >> {log}' for name in ("rm", "cp", "diff")}
    server = healthy(tmp_path / "one", stack, ls=LEFT, **recorded)
    name = session(tmp_path, server.node(hostname_override="node-a"))
    call("trust", name, "--yes", "trust")
    code, out, err = call("cleanup", name, "--json", "-o", str(tmp_path / "scripts"))
    report = json.loads(out)
    jsonschema.validate(report, load("cleanup"))
    assert code == 3 and "--yes" in err
    assert red(report) == [("leftovers", f"node 1 {server.address}")]
    (planned,) = report["facts"]["nodes"]
    assert planned["paths"] == ["/etc/kubernetes", "/opt/rke"] and planned["consequences"]
    assert (tmp_path / "scripts/cleanup-1-node-a.sh").read_text() == planned["script"]
    assert not log.exists()
    assert call("cleanup", name, "--yes", "yes")[0] == 2
    assert not log.exists()
    code, out, _err = call("cleanup", name, "--yes", "node-a", "--json")
    assert code == 0
    assert [each["code"] for each in json.loads(out)["findings"]] == ["cleaned"]
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["cp", "diff", "rm", "rm"]


def test_a_passphrase_is_asked_at_a_terminal_and_not_shown(tmp_path: Path, stack: ExitStack) -> None:
    """RKE cannot use such a key, so that stays the one red line; but all else is looked at."""
    server = healthy(tmp_path / "one", stack, key={"passphrase": "open sesame"})
    file = cluster_file(tmp_path / "c.yml", row(server))
    environment = {
        **os.environ,
        "RANCHER_TUI_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
    }
    program = [sys.executable, "-m", "rancher_tui.cli"]

    def run(*arguments: str) -> pexpect.spawn[str]:
        return pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            env=environment,
            cwd=str(tmp_path),
            encoding="utf-8",
            timeout=20,
        )

    child = run("trust", file, "--yes", "trust")
    child.expect(pexpect.EOF)
    child = run("preflight", file)
    child.expect("passphrase of .*client_key")
    child.sendline("wrong")
    child.expect("passphrase of .*client_key")
    child.sendline("open sesame")
    child.expect(pexpect.EOF)
    told = str(child.before)
    assert "sesame" not in told
    assert "key-encrypted" in told and "18.09.9" in told and "1 fail" in told
