"""The commands about rke, its runs and logs, as a shell drives them."""

from __future__ import annotations

import hashlib
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rancher_tui.cli import main
from rancher_tui.install.session import Home
from rancher_tui.rke.binary import here
from rancher_tui.rke.runs import start
from tests.unit.test_commands import document
from tests.unit.test_rke_adopt import CA, nodes, write_kubeconfig, write_state

Call = Callable[..., tuple[int, str, str]]
PROGRAM = b"#!/bin/sh\necho rke version v0.1.16\n"
NAME = f"rke_linux-{here()}"


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command with a home of its own: exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def standing(folder: Path) -> Path:
    """The three files of a cluster that stands."""
    config = folder / "rancher-cluster.yml"
    config.write_text("nodes:\n- {address: 10.0.0.1, user: rke, role: [controlplane, etcd, worker]}\n")
    write_kubeconfig(config, CA)
    write_state(config, nodes("10.0.0.1"), CA)
    return config


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """A mirror of releases on loopback with v0.1.16 in it, and v0.1.17 whose sum is another's."""
    folder = tmp_path / "mirror"
    for version, sum_of in (("v0.1.16", PROGRAM), ("v0.1.17", b"another")):
        (folder / version).mkdir(parents=True)
        (folder / version / NAME).write_bytes(PROGRAM)
        (folder / version / "sha256sum.txt").write_text(f"{hashlib.sha256(sum_of).hexdigest()}  {NAME}\n")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_words: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_release_is_fetched_into_the_session_and_judged(call: Call, mirror: str, tmp_path: Path) -> None:
    call("new", "prod")
    own = tmp_path / "home" / "sessions" / "prod" / "rke"
    own.write_text("an earlier one")
    code, out, _err = call("rke", "--session", "prod", "--fetch", "v0.1.16", "--mirror", mirror, "--json")
    report = document("rke", out)
    assert code == 0
    assert [finding["code"] for finding in report["findings"]] == ["rke-fetched", "rke-script", "rke-runs"]
    assert report["facts"]["sha256"] == hashlib.sha256(PROGRAM).hexdigest()
    assert own.read_bytes() == PROGRAM
    assert own.stat().st_mode & 0o111
    assert [path.read_text() for path in own.parent.glob("rke.2*")] == ["an earlier one"]


@pytest.mark.parametrize(
    ("version", "code", "found"),
    [("v0.1.17", 3, "sum-mismatch"), ("v9.9.9", 3, "no-sum"), ("newest", 2, "")],
    ids=["another sum", "no such release", "no version"],
)
def test_what_does_not_match_is_not_installed(
    call: Call,
    mirror: str,
    tmp_path: Path,
    version: str,
    code: int,
    found: str,
) -> None:
    target = tmp_path / "rke"
    got, out, _err = call("rke", "--fetch", version, "--mirror", mirror, "-o", str(target), "--json")
    assert got == code
    assert not target.exists()
    if found:
        assert [finding["code"] for finding in document("rke", out)["findings"]] == [found]


def test_a_proxy_of_the_environment_is_used(
    call: Call, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mirror plays the proxy: it gets the whole address of a host that is nowhere."""
    (tmp_path / "mirror" / "http:").mkdir()
    (tmp_path / "mirror" / "http:" / "release.invalid").symlink_to(tmp_path / "mirror")
    monkeypatch.setenv("HTTP_PROXY", mirror)
    target = tmp_path / "rke"
    code, _out, _err = call("rke", "--fetch", "v0.1.16", "--mirror", "http://release.invalid", "-o", str(target))
    assert code == 0
    assert target.read_bytes() == PROGRAM


def test_a_standing_cluster_is_adopted_verified_and_never_run(call: Call, tmp_path: Path) -> None:
    config = standing(tmp_path)
    code, out, _err = call("adopt", "old", str(config), "--json")
    report = document("adopt", out)
    assert (code, {finding["status"] for finding in report["findings"]}) == (0, {"pass"})
    session = Home(tmp_path / "home").session("old")
    assert session.cluster_file.read_bytes() == config.read_bytes()
    for name in ("rancher-cluster.rkestate", "kube_config_rancher-cluster.yml"):
        assert (session.cluster_folder / name).read_bytes() == config.with_name(name).read_bytes()
    assert "adopted" in call("plan", "old")[1]
    (session.path / "rke").write_bytes(PROGRAM)
    (session.path / "rke").chmod(0o755)
    for verb in ("up", "remove"):
        code, _out, err = call(verb, "old", "--yes", "remove-cluster")
        assert code in (2, 3), err
    assert not list((session.path / "runs").glob("*"))


def test_a_cluster_file_that_is_not_there_is_an_unusable_call(call: Call, tmp_path: Path) -> None:
    assert call("adopt", "old", str(tmp_path / "missing.yml"))[0] == 2
    assert call("adopt", "lab", str(standing(tmp_path)))[0] == 2


def test_a_plan_tells_what_of_the_environment_would_break_it(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "hosts").write_text("10.0.0.1\n")
    call("new", "prod")
    call("nodes", "prod", "--paste", str(tmp_path / "hosts"))
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy:3128")
    code, out, _err = call("plan", "prod", "--json")
    told = document("plan", out)
    assert code == 0
    assert told["facts"]["environment"]["HTTPS_PROXY"] == "http://me:…@proxy:3128"
    assert "secret" not in out
    assert "proxy-in-the-way" in {finding["code"] for finding in told["findings"]}


def test_config_is_refused_by_its_name_as_an_unusable_call(capsys: pytest.CaptureFixture[str]) -> None:
    from rancher_tui.rke.arguments import ArgumentError, command

    with pytest.raises(ArgumentError, match="--config"):
        command("/rke", "up", "rancher-cluster.yml", ["--config=other.yml"])
    assert command("/rke", "up", "c.yml", ["--debug", "--update-only"]) == [
        "/rke",
        "--debug",
        "up",
        "--config",
        "c.yml",
        "--update-only",
    ]


GLUED = (
    b"INFO[0000] Building Kubernetes cluster WARN[0001] Removing host [10.0.0.2] from node lists\n"
    b"\n"
    b'time="2026-11-23T07:26:19Z" level=info msg="[etcd] Building up etcd plane.."\n'
)


def test_a_log_is_told_line_by_line(call: Call, tmp_path: Path) -> None:
    call("new", "prod")
    session = Home(tmp_path / "home").session("prod")
    (tmp_path / "said").write_bytes(GLUED)
    run = start(session.path, ["/bin/cat", str(tmp_path / "said")], cwd=tmp_path, env={})
    while run.status().live:
        continue
    entries = [json.loads(line) for line in call("log", "prod", "--json")[1].splitlines()]
    for entry in entries:
        document("log", json.dumps(entry))
    assert [(entry["line"], entry["offset"], entry["level"]) for entry in entries] == [
        (1, 0, "warning"),
        (2, 91, None),
        (3, 92, "info"),
    ]
    assert entries[2]["time"] == "2026-11-23T07:26:19Z"
    assert entries[0]["host"] == "10.0.0.2"


@pytest.mark.parametrize(
    "command", [["explain", "LOG"], ["explain", "LOG", "--json"], ["keys"], ["--help"]], ids=str
)
def test_a_reader_who_leaves_early_hears_no_complaint(command: list[str], tmp_path: Path) -> None:
    log = tmp_path / "rke.log"
    log.write_text("".join(f"WARN[0000] odd thing {number}\n" for number in range(3000)))
    words = [str(log) if word == "LOG" else word for word in command]
    program = subprocess.Popen(
        [sys.executable, "-m", "rancher_tui.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None and program.stderr is not None
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()
    assert program.wait(60) in (0, 3, 128 + 13)
    assert said == b""


def test_a_packed_log_is_a_finding_and_a_missing_one_an_unusable_call(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "log.gz").write_bytes(b"\x1f\x8b" + bytes(20))
    assert main(["explain", str(tmp_path / "log.gz"), "--json"]) == 3
    assert document("explain", capsys.readouterr().out)["findings"][0]["code"] == "log-packed"
    assert main(["explain", str(tmp_path)]) == 2
    assert main(["explain", str(tmp_path / "missing")]) == 2
