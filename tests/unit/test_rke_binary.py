"""Step 4's binary: found, and judged by what it is and what it says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.rke import binary


async def judged(path: Path, wanted: str = "") -> tuple[dict[str, str], dict[str, Any]]:
    facts: dict[str, Any] = {}
    return {f.code: str(f.status) async for f in binary.judge(path, wanted=wanted, facts=facts)}, facts


def script(folder: Path, body: str, name: str = "rke") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_found_in_the_order_given_session_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, on_path = tmp_path / "session", tmp_path / "bin"
    session.mkdir()
    on_path.mkdir()
    monkeypatch.setenv("PATH", str(on_path))
    assert binary.find("", session) is None
    other = script(on_path, "true")
    assert binary.find("", session) == other
    own = script(session, "true")
    assert binary.find(" ", session) == own
    assert binary.find("/nowhere/rke", session) == Path("/nowhere/rke")


async def test_a_script_that_answers_passes_with_a_warning(tmp_path: Path) -> None:
    found, facts = await judged(script(tmp_path, "echo rke version v0.1.16"))
    assert found == {"rke-script": "warn", "rke-runs": "pass"}
    assert facts["version"] == "v0.1.16"


async def test_another_version_than_wanted_fails(tmp_path: Path) -> None:
    path = script(tmp_path, "echo rke version v1.2.0")
    assert (await judged(path, "v0.1.16"))[0]["rke-version-unlike"] == "fail"
    assert "rke-version-unlike" not in (await judged(path, "1.2.0"))[0]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("echo hello", "not-rke"),
        ("echo rke version v0.1.16; exit 3", "not-rke"),
        ("exit 0", "not-rke"),
        ("kill -9 $$", "not-rke"),
        ("yes 'rke version v0.1.16'", "not-rke"),
        ("printf 'rke version dev\\n'", "rke-unofficial"),
        ("printf '\\033[2J\\377\\000'", "not-rke"),
    ],
)
async def test_what_does_not_answer_as_rke_does(tmp_path: Path, body: str, code: str) -> None:
    found, facts = await judged(script(tmp_path, body))
    assert code in found
    assert "version" not in facts


async def test_silence_ends_at_the_deadline_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "DEADLINE_S", 0.3)
    marker = tmp_path / "pid"
    began = time.monotonic()
    found, _ = await judged(script(tmp_path, f"sleep 60 & echo $! > {marker}; wait"))
    assert found["rke-silent"] == "fail"
    assert time.monotonic() - began < 10
    child = int(marker.read_text())
    until = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split():
        assert time.monotonic() < until
        time.sleep(0.02)


def elf(folder: Path, machine: int) -> Path:
    path = folder / "rke"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + machine.to_bytes(2, "little") + bytes(100))
    path.chmod(0o755)
    return path


async def test_a_binary_for_another_machine(tmp_path: Path) -> None:
    other = 183 if binary.here() == "amd64" else 62
    found, facts = await judged(elf(tmp_path, other))
    assert found == {"rke-architecture": "fail"}
    assert facts["architecture"] != binary.here()


async def test_a_damaged_binary_for_this_machine(tmp_path: Path) -> None:
    found, _ = await judged(elf(tmp_path, 62 if binary.here() == "amd64" else 183))
    assert found == {"rke-not-a-program": "fail"}


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"\xcf\xfa\xed\xfe", b"<html>", b"", b"PK\x03\x04"])
async def test_files_that_are_no_linux_program(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "rke"
    path.write_bytes(head)
    path.chmod(0o755)
    assert (await judged(path))[0] == {"rke-not-a-program": "fail"}


async def test_missing_a_folder_and_without_run_bit(tmp_path: Path) -> None:
    assert (await judged(tmp_path / "none"))[0] == {"rke-missing": "fail"}
    assert (await judged(tmp_path))[0] == {"rke-not-a-program": "fail"}
    path = script(tmp_path, "echo rke version v0.1.16")
    path.chmod(0o644)
    assert (await judged(path))[0] == {"rke-not-executable": "fail"}


async def test_a_script_without_its_interpreter(tmp_path: Path) -> None:
    path = tmp_path / "rke"
    path.write_text("#!/no/such/shell\n")
    path.chmod(0o755)
    assert (await judged(path))[0] == {"rke-not-a-program": "fail"}
    assert os.access(path, os.X_OK)
