"""The rehearsal from the shell: all twelve steps, and each fault at its step with its code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rancher_tui.commands.schemas import load
from rancher_tui.install.steps import STEPS
from rancher_tui.lab.faults import FAULTS

pytestmark = pytest.mark.xdist_group("lab-headless")


def walk(home: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """`lab --headless --json` in a home of its own: exit code and the objects that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "rancher_tui.cli", "lab", "--headless", "--json", *arguments],
        env={**os.environ, "RANCHER_TUI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        jsonschema.validate(line, load("lab"))
    return done.returncode, lines


def codes(home: Path, step: int) -> set[str]:
    """The bad codes of a step as a second process with nothing but the session's folder sees them."""
    done = subprocess.run(
        [sys.executable, "-m", "rancher_tui.cli", "check", "rehearsal", str(step), "--json"],
        env={**os.environ, "RANCHER_TUI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    report = json.loads(done.stdout.splitlines()[-1])
    return {finding["code"] for finding in report["findings"] if finding["status"] in ("fail", "unknown")}


def test_a_good_rehearsal_is_up(tmp_path: Path) -> None:
    code, lines = walk(tmp_path)
    assert [(line["step"], line["slug"], line["status"]) for line in lines[:-1]] == [
        (step.number, step.slug, "done") for step in STEPS
    ]
    assert (code, lines[-1]) == (0, {"verdict": "up", "rehearsal": True})


def end(home: Path) -> None:
    from rancher_tui.install.session import Home
    from rancher_tui.lab import rehearsal

    rehearsal.end(Home(home).session("rehearsal"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_the_rehearsal_at_its_step(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    try:
        code, lines = walk(tmp_path, "--fault", name, "--keep")
        last = lines[-2]
        assert (code, last["step"], last["status"] != "done") == (3, fault.step, True)
        assert fault.code in last["codes"]
        assert all(line["status"] == "done" for line in lines[:-2])
        assert lines[-1]["verdict"] in ("unknown", "not-up")
        assert codes(tmp_path, fault.step) == set(last["codes"])
    finally:
        end(tmp_path)
