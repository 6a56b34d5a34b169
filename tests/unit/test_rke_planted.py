"""Causes of faults that were planted under real rke binaries: right, unknown, never wrong; measured per code."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.rke.explain import explain

RUNS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "rke_planted.yml").read_text())["runs"]


def judged(run: dict[str, Any], tmp_path: Path) -> tuple[str, str | None]:
    """Outcome and decisive cause of a run's records, as a file holds them."""
    path = tmp_path / "rke.log"
    short = {"info": "INFO", "warning": "WARN", "error": "ERRO", "fatal": "FATA"}
    lines = []
    for number, record in enumerate(run["records"]):
        level, _blank, text = record.partition(" ")
        lines.append(f"{short[level]}[{number:04}] {text}\n")
    path.write_text("".join(lines))
    facts = explain(path).facts
    return facts["outcome"], facts["decisive"]


@pytest.mark.parametrize("run", RUNS, ids=[f"{run['rke']} {run['fault']}" for run in RUNS])
def test_a_planted_fault_is_found_as_what_it_is(run: dict[str, Any], tmp_path: Path) -> None:
    assert judged(run, tmp_path) == tuple(run["expect"])


def test_precision_and_recall_per_code(tmp_path: Path) -> None:
    """Printed with -s; a wrong cause fails."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for run in RUNS:
        expected, found = run["expect"][1], judged(run, tmp_path)[1]
        if found == expected:
            right[str(expected)] += 1
        else:
            missed[str(expected)] += 1
            wrong[str(found)] += found not in (None, "unknown")
    for code in sorted(right | wrong | missed):
        told, planted = right[code] + wrong[code], right[code] + missed[code]
        print(f"{code}: precision {right[code]}/{told}, recall {right[code]}/{planted}")
    assert not +wrong
