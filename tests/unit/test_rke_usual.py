"""What phases usually take: real runs on this machine only."""

from __future__ import annotations

import json
from pathlib import Path

from rancher_tui.rke.usual import usual

LOG = (
    'time="2026-11-23T07:00:00Z" level=info msg="Building Kubernetes cluster"\n'
    'time="2026-11-23T07:00:{begin:02}Z" level=info msg="[etcd] Building up etcd plane.."\n'
    'time="2026-11-23T07:00:{end:02}Z" level=info msg="[etcd] Successfully started etcd plane.."\n'
    'time="2026-11-23T07:00:59Z" level=info msg="{last}"\n'
)
LAST = "Finished building Kubernetes cluster successfully"


def run_of(folder: Path, name: str, seconds: int, code: int = 0, last: str = LAST, verb: str = "up") -> None:
    """A finished run of the session in which etcd took so long."""
    run = folder / "runs" / name
    run.mkdir(parents=True)
    (run / "rke.log").write_text(LOG.format(begin=1, end=1 + seconds, last=last))
    record = {"argv": ["/rke", verb], "ended": "2026-11-23T07:01:00Z", "exit_code": code}
    (run / "status.json").write_text(json.dumps(record))


def test_the_median_of_real_runs_that_ended_well(tmp_path: Path) -> None:
    for number, seconds in enumerate((10, 20, 40)):
        run_of(tmp_path / f"s{number}", "0001", seconds)
    assert usual(tmp_path)["etcd"] == 20


def test_rehearsals_failures_and_other_verbs_do_not_count(tmp_path: Path) -> None:
    run_of(tmp_path / "practice", "0001", 1)
    (tmp_path / "practice" / "lab").mkdir()
    run_of(tmp_path / "failed", "0001", 2, code=1)
    run_of(tmp_path / "cut", "0001", 3, last="[etcd] more")
    run_of(tmp_path / "removed", "0001", 4, verb="remove")
    assert usual(tmp_path) == {}


def test_the_run_that_is_shown_is_not_its_own_measure(tmp_path: Path) -> None:
    run_of(tmp_path / "prod", "0001", 10)
    run_of(tmp_path / "prod", "0002", 30)
    assert usual(tmp_path, but="0002")["etcd"] == 10
