"""A disk that fills under a run: the log stops, how the run ended is recorded all the same."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.rke import runner, runs
from rancher_tui.rke.runs import RunRefusedError
from tests.waiting import wait_for


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def program(folder: Path, script: str) -> Path:
    path = folder / "rke"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_end_of_a_run_that_filled_its_disk_is_recorded(small_disk: Path, tmp_path: Path) -> None:
    session = small_disk / "sessions" / "prod"
    session.mkdir(parents=True)
    rke = program(tmp_path, "head -c 1000000 /dev/zero | tr '\\000' x; exit 5")
    run = runs.start(session, [str(rke)], cwd=session, env={"PATH": "/usr/bin:/bin"})
    wait_for(lambda: run.status().state != "running")
    assert (run.status().state, run.status().exit_code) == ("exited", 5)
    assert run.status().disk_full
    assert not (run.folder / runner.RESERVE).exists()
    assert json.loads((run.folder / runner.STATUS).read_bytes())["exit_code"] == 5


def test_a_disk_that_is_full_before_the_run_is_told(small_disk: Path, tmp_path: Path) -> None:
    session = small_disk / "sessions" / "prod"
    session.mkdir(parents=True)
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "filler").write_bytes(bytes(1 << 20))
    with pytest.raises(RunRefusedError) as refused:
        runs.start(session, [str(program(tmp_path, "true"))], cwd=session, env={})
    assert "No space left" in str(refused.value)
    assert runs.runs(session) == []
