"""Files that are endless, blocking or far too large, named by an operator: a sentence, at once, in little memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rancher_tui import files
from rancher_tui.backup.redact import MASK, Redactor
from rancher_tui.install.session import Home
from rancher_tui.nodes.paste import LARGEST_TEXT

LEAST_MEMORY = 1_500_000_000
DEADLINE = 30.0
COMMANDS = {
    "cert": ["cert", "{}"],
    "cert --ca": ["cert", "{readable}", "--ca", "{}"],
    "cert --key": ["cert", "{readable}", "--key", "{}"],
    "lint": ["lint", "{}"],
    "balancer-lint": ["balancer-lint", "{}"],
    "nodes --paste": ["nodes", "prod", "--paste", "{}"],
    "new --from": ["new", "other", "--from", "{}"],
    "set @FILE": ["set", "prod", "fqdn=@{}"],
    "set a secret": ["set", "prod", "options.registry.password=@{}"],
    "explain": ["explain", "{}"],
    "diff": ["diff", "prod", "{}"],
    "passphrase": ["cert", "{readable}", "--passphrase", "file:{}"],
    "probe's key": ["probe", "rancher.example.com", "--token-file", "{}"],
    "restore": ["restore", "{}", "--as", "other"],
}


def _within_limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LEAST_MEMORY, LEAST_MEMORY))


@dataclass
class Said:
    code: int
    text: str


@dataclass
class Place:
    """A home with the session `prod`, and files of every kind that is none."""

    folder: Path
    home: Path

    def path(self, kind: str) -> str:
        return {"device": "/dev/zero", "pipe": str(self.folder / "pipe"), "folder": str(self.folder)}[kind]

    def call(self, *words: str, given: bytes | None = None) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "rancher_tui.cli", "--home", str(self.home), *words],
            input=b"" if given is None else given,
            capture_output=True,
            timeout=DEADLINE,
            preexec_fn=_within_limits,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        )
        return Said(done.returncode, (done.stdout + done.stderr).decode("utf-8"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder, home = tmp_path / "files", tmp_path / "home"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "readable").write_text("nothing in it\n")
    Home(home).create("prod").close()
    return Place(folder, home)


@pytest.mark.parametrize("kind", ["device", "pipe", "folder"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_what_is_no_file(place: Place, command: str, kind: str) -> None:
    if (command, kind) == ("restore", "folder"):
        pytest.skip("a backup is a folder")
    path = place.path(kind)
    words = [word.format(path, readable=place.folder / "readable") for word in COMMANDS[command]]
    said = place.call(*words)
    assert said.code in (2, 3), said.text
    assert ("Is a directory" if kind == "folder" else "is no regular file") in said.text
    assert "unexpected" not in said.text and not list(place.home.glob("crashes/*"))


@pytest.mark.parametrize("kind", ["device", "pipe", "folder"])
@pytest.mark.parametrize("field", ["chain_path", "key_path", "ca_path"])
def test_a_check_refuses_what_is_no_file(place: Place, field: str, kind: str) -> None:
    path = place.path(kind)
    named = dict.fromkeys(("chain_path", "key_path", "ca_path"), str(place.folder / "readable")) | {field: path}
    words = [f"certificates.{name}={named[name]}" for name in named]
    told = place.call("set", "prod", "template=external-certificate", "fqdn=rancher.example.com", *words)
    assert f"{path} is no file" in told.text
    said = place.call("check", "prod", "7")
    assert said.code == 3, said.text
    assert f"{path} cannot be read: " in said.text


@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_an_included_file_without_end_is_named_at_its_line(place: Place, kind: str) -> None:
    (place.folder / "nginx.conf").write_text("# include /dev/full;\nevents { }\ninclude inner.conf;\n")
    (place.folder / "inner.conf").write_text(f"http {{\n  include {place.path(kind)};\n}}\n")
    said = place.call("balancer-lint", str(place.folder / "nginx.conf"))
    assert said.code == 3
    assert f"{place.path(kind)} is no regular file" in said.text
    assert "inner.conf:2" in said.text


def test_a_folder_is_stored_whole_like_a_file(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = place.call("set", "prod", "certificates.chain_path=files")
    assert f"{tmp_path}/files is no file" in told.text
    assert json.loads(place.call("show", "prod", "--json").text)["state"]["certificates"]["chain_path"] == str(
        tmp_path / "files"
    )


@pytest.mark.parametrize("command", ["lint /dev/stdin", "nodes prod --paste -", "nodes prod --paste /dev/stdin"])
def test_what_is_piped_in_is_read(place: Place, command: str) -> None:
    said = place.call(*command.split(), given=b"nodes:\n- address: 10.0.1.11\n  user: ubuntu\n  role: [etcd]\n")
    assert "10.0.1.11" in said.text or "nodes" in said.text
    assert "cannot be read" not in said.text


def test_a_substituted_process_is_read_however_late_it_writes(place: Place) -> None:
    script = '"$0" -m rancher_tui.cli --home "$1" set prod fqdn=@<(sleep 3; echo rancher.example.com)'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, str(place.home)], capture_output=True, timeout=DEADLINE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "rancher.example.com" in place.call("show", "prod").text


def test_a_pipe_without_end_is_left_at_the_limit(place: Place) -> None:
    script = 'yes | "$0" -m rancher_tui.cli --home "$1" nodes prod --paste -'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, str(place.home)],
        capture_output=True,
        timeout=DEADLINE,
        check=False,
        preexec_fn=_within_limits,
    )
    assert done.returncode == 2
    assert b"is larger than 32 MB" in done.stderr


def test_what_a_paste_leaves_out_as_a_whole_names_no_line(place: Place) -> None:
    (place.folder / "hosts").write_text("10.0.1.11 a\n" + "# " + "x" * LARGEST_TEXT)
    said = place.call("nodes", "prod", "--paste", str(place.folder / "hosts"))
    assert "only the first 8000000 characters were read" in said.text
    assert "line 0" not in said.text


@pytest.mark.parametrize(
    ("size", "why"), [(100_000, "at most 64000 characters"), (50_000_000, "is larger than 2 MB")]
)
def test_a_secret_that_is_none_is_refused_before_it_is_kept(place: Place, size: int, why: str) -> None:
    big = place.folder / "big"
    big.write_bytes(b"a" * size)
    said = place.call("set", "prod", f"options.registry.password=@{big}")
    assert said.code == 2
    assert why in said.text
    assert not list(place.home.glob("**/secrets.json"))


def test_an_empty_file_is_no_secret(place: Place) -> None:
    (place.folder / "empty").write_bytes(b"\n")
    said = place.call("set", "prod", f"options.registry.password=@{place.folder / 'empty'}")
    assert said.code == 2
    assert "is empty" in said.text


def test_a_report_survives_a_huge_secret_of_an_older_version(place: Place) -> None:
    place.call("set", "prod", "options.registry.password=placeholder")
    kept = next(place.home.glob("**/secrets.json"))
    name = next(iter(json.loads(kept.read_text())))
    kept.write_text(json.dumps({name: "a" * 50_000_000}))
    said = place.call("report", "prod")
    assert said.code in (0, 3), said.text[:500]
    assert "prod" in said.text


def test_a_long_known_value_is_taken_out_whole_and_line_by_line() -> None:
    lines = [f"{number:08d}-of-a-long-secret" for number in range(100_000)]
    cleaned, removed = Redactor(["\n".join(lines), "short-secret"]).clean(
        f"one {lines[77]} two {lines[99_999]} three short-secret four " + "filler " * 100_000
    )
    assert cleaned.startswith(f"one {MASK} two {MASK} three {MASK} four filler")
    assert removed == {"known value": 3}


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1000)
    assert files.read_named(tmp_path / "file", 1000) == b"x" * 1000
    with pytest.raises(files.UnfitFileError, match="is larger than"):
        files.read_named(tmp_path / "file", 999)
