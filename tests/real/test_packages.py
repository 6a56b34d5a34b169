"""What is handed out: the offline bundle installs without a network, the one file runs without Python."""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from building import bundle, executable

pytestmark = pytest.mark.xdist_group("lab-headless")
TAG = "{}.{}".format(*sys.version_info[:2])


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with this environment and no other."""
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A bundle that holds the program and pip, but nothing that the program needs."""
    folder = tmp_path / "bundle"
    wheels = folder / "wheels" / TAG
    wheels.mkdir(parents=True)
    (found,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
    (wheels / found.name).write_bytes(found.read_bytes())
    bundle.build_wheel(folder)
    bundle.complete(folder)
    (folder / "requirements.txt").write_text("")
    bundle.sum_up(folder)
    return folder


def test_the_installer_needs_no_network_and_no_index(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "operator's home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": f"{home}/.local/bin:/usr/bin:/bin", "PYTHON": sys.executable}
    done = run(unpacked / "install.sh", cwd=home, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"installed: {home}/.local/bin/rancher-tui (rancher-tui ")
    started = run("rancher-tui", "--version", cwd=home, **environment)
    assert (started.returncode, started.stderr) == (0, "")
    refused = run("rancher-tui", "--language", "zh_CN", "nosuch", "command", cwd=home, **environment)
    assert (refused.returncode, "不是命令" in refused.stderr) == (2, True)
    installed = home / ".local" / "share" / "rancher-tui"
    assert (installed / "share" / "man" / "man1" / "rancher-tui.1").is_file()
    assert sorted(path.name for path in installed.parent.iterdir()) == ["rancher-tui"]


def test_a_damaged_bundle_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    wheel = next(unpacked.glob("rancher_tui-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")
    done = run(
        unpacked / "install.sh", cwd=tmp_path, HOME=str(tmp_path), PATH="/usr/bin:/bin", PYTHON=sys.executable
    )
    assert done.returncode == 1
    assert "the bundle is damaged" in done.stderr
    assert not (tmp_path / ".local").exists()


def test_a_python_that_does_not_fit_is_named(unpacked: Path, tmp_path: Path) -> None:
    done = run(
        unpacked / "install.sh", cwd=tmp_path, HOME=str(tmp_path), PATH="/usr/bin:/bin", PYTHON="/bin/false"
    )
    assert done.returncode == 1
    assert "/bin/false is missing, older than 3.11, or has no venv module" in done.stderr


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """One file whose program is a shell script that tells where it lies and what it was given."""
    folder = tmp_path / "frozen"
    folder.mkdir()
    program = folder / "rancher-tui"
    program.write_text('#!/bin/sh\necho "$0 $*"\n')
    program.chmod(0o755)
    file = tmp_path / "one-file"
    file.write_bytes(executable.one_file(folder))
    file.chmod(0o755)
    return file


def test_the_one_file_unpacks_once_and_starts_from_there(small: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = run(small, "show", "a b", cwd=tmp_path, XDG_CACHE_HOME=str(cache))
    assert first.returncode == 0, first.stderr
    (home,) = (cache / "rancher-tui").iterdir()
    assert first.stdout == f"{home}/rancher-tui show a b\n"
    (home / "rancher-tui").write_text("#!/bin/sh\necho kept\n")
    assert run(small, cwd=tmp_path, XDG_CACHE_HOME=str(cache)).stdout == "kept\n"
    assert (cache / "rancher-tui").stat().st_mode & 0o777 == 0o700


def test_the_one_file_without_a_home_uses_the_folder_for_temporary_files(small: Path, tmp_path: Path) -> None:
    done = run(small, cwd=tmp_path, TMPDIR=str(tmp_path))
    assert done.stdout.startswith(f"{tmp_path}/rancher-tui-{os.getuid()}/rancher-tui/")


def test_the_one_file_is_the_same_for_the_same_program(small: Path, tmp_path: Path) -> None:
    assert executable.one_file(tmp_path / "frozen") == small.read_bytes()


@pytest.mark.soak
def test_the_frozen_program_walks_the_rehearsal_in_an_empty_environment(tmp_path: Path) -> None:
    folder = executable.freeze(tmp_path)
    file = tmp_path / "rancher-tui"
    file.write_bytes(executable.one_file(folder))
    file.chmod(0o755)
    done = run(file, "lab", "--headless", cwd=tmp_path, TMPDIR=str(tmp_path), HOME=str(tmp_path / "home"))
    assert done.stdout.splitlines()[-1] == "verdict up REHEARSAL", done.stdout + done.stderr
    assert executable.glibc_floor(folder) <= "2.36"


@pytest.mark.soak
def test_the_whole_bundle_walks_the_rehearsal(tmp_path: Path) -> None:
    bundle.main([TAG])
    with tarfile.open(bundle.target()) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.glob("rancher-tui-*")
    environment = {"HOME": str(tmp_path), "PATH": f"{tmp_path}/.local/bin:/usr/bin:/bin", "PYTHON": sys.executable}
    for _again in range(2):
        installed = run("unshare", "--net", folder / "install.sh", cwd=tmp_path, **environment)
        assert installed.returncode == 0, installed.stderr
    done = run("rancher-tui", "lab", "--headless", cwd=tmp_path, **environment)
    assert done.stdout.splitlines()[-1] == "verdict up REHEARSAL", done.stdout + done.stderr
