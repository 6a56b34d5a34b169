"""The `docker` of a practice host, asked as an operator or a script asks it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rancher_tui.lab import docker_command
from rancher_tui.lab.docker_command import DockerError, run

ENGINE = {
    "version": {"Version": "17.03.2-ce", "ApiVersion": "1.27", "GoVersion": "go1.7.5", "GitCommit": "f5ec1e2"}
    | {"Os": "linux", "Arch": "amd64"},
    "info": {"ServerVersion": "17.03.2-ce", "Driver": "overlay2", "Name": "node", "LiveRestoreEnabled": False}
    | {"SecurityOptions": ["name=apparmor"]},
}
CONTAINERS = [
    {"Id": "a" * 64, "Name": "etcd", "Image": "rancher/coreos-etcd:v3.2.18", "Running": True},
    {"Id": "b" * 64, "Name": "cert-fetcher", "Image": "rancher/rke-tools:v0.1.15", "Running": False},
]


@pytest.fixture
def host(tmp_path: Path) -> Path:
    (tmp_path / "engine.json").write_text(json.dumps(ENGINE))
    (tmp_path / "containers.json").write_text(json.dumps(CONTAINERS))
    (tmp_path / "groups").write_text("operator docker\n")
    return tmp_path


def test_ps_shows_what_runs(host: Path) -> None:
    lines = run(host, ["ps"]).splitlines()
    assert lines[0].split() == ["CONTAINER", "ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]
    assert len(lines) == 2
    assert lines[1].endswith("etcd")


@pytest.mark.parametrize("words", [["ps", "-a"], ["ps", "--all"], ["ps", "-aq"], ["container", "ls", "-a"]])
def test_ps_with_all_shows_what_ended_too(host: Path, words: list[str]) -> None:
    lines = [line for line in run(host, words).splitlines() if not line.startswith("CONTAINER")]
    assert len(lines) == 2


def test_ps_takes_a_format(host: Path) -> None:
    assert run(host, ["ps", "-a", "--format", "{{.Names}} {{.Image}}"]).splitlines() == [
        "etcd rancher/coreos-etcd:v3.2.18",
        "cert-fetcher rancher/rke-tools:v0.1.15",
    ]


def test_version_and_info_take_formats(host: Path) -> None:
    assert run(host, ["version", "--format", "{{.Server.Version}}"]) == "17.03.2-ce\n"
    assert run(host, ["info", "-f", "{{.Driver}}|{{json .SecurityOptions}}|{{.LiveRestoreEnabled}}"]) == (
        'overlay2|["name=apparmor"]|false\n'
    )
    assert json.loads(run(host, ["info", "--format={{json .}}"]))["ContainersRunning"] == 1
    assert run(host, ["--version"]).startswith("Docker version 17.03.2-ce, build ")


def test_a_field_that_this_docker_lacks_is_an_error(host: Path) -> None:
    with pytest.raises(DockerError, match="can't evaluate field CgroupVersion in type types"):
        run(host, ["info", "--format", "{{.CgroupVersion}}"])


def test_a_user_outside_the_group_is_refused_with_docker_s_words(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (host / "groups").write_text("operator\n")
    monkeypatch.setenv("DOCKER_HOST", "unix:///lab/docker.sock")
    with pytest.raises(DockerError) as refused:
        run(host, ["ps"])
    assert "permission denied" in str(refused.value)
    assert "unix:///lab/docker.sock" in str(refused.value)
    assert run(host, ["--version"])


def test_an_unknown_command_is_an_error(host: Path) -> None:
    with pytest.raises(DockerError, match="'explode' is not a docker command"):
        run(host, ["explode"])


def test_it_runs_with_the_standard_library_alone(host: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-I", "-S", docker_command.__file__, str(host), "ps", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{'a' * 12}\n", "")
