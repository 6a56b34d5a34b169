"""Is Rancher up? Green only when every witness says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.rke.progress import Progress
from rancher_tui.rke.reading import Reading
from rancher_tui.rke.runs import RunStatus, State
from rancher_tui.rke.verdict import WITNESSES, joined, one_addon_job, verdict
from rancher_tui.rke.witnesses import stalled, witnesses
from tests.unit.rke_recorded import folder


def finding(code: str, status: Status) -> Finding:
    return Finding(status, code, "x", msg("x"))


def all_but(code: str, status: Status) -> list[Finding]:
    return [finding(name, status if name == code else Status.PASS) for name in WITNESSES]


def test_all_pass_is_up() -> None:
    assert verdict(all_but("", Status.PASS)) == "up"


@pytest.mark.parametrize("code", WITNESSES)
def test_one_fail_is_not_up_one_unknown_or_missing_is_unknown(code: str) -> None:
    assert verdict(all_but(code, Status.FAIL)) == "not-up"
    assert verdict(all_but(code, Status.UNKNOWN)) == "unknown"
    assert verdict([one for one in all_but(code, Status.PASS) if one.code != code]) == "unknown"


def test_a_fail_outweighs_what_is_unknown() -> None:
    assert verdict([*all_but("ping", Status.UNKNOWN), finding("all-hosts", Status.FAIL)]) == "not-up"
    assert verdict([*all_but("", Status.PASS), finding("stalled", Status.UNKNOWN)]) == "unknown"
    assert verdict([]) == "unknown"


def test_the_job_itself_knows_better_than_the_log() -> None:
    late = one_addon_job(finding("addon-job", Status.FAIL), finding("addon-job", Status.PASS))
    assert late.status is Status.PASS
    unseen = one_addon_job(finding("addon-job", Status.FAIL), finding("addon-job", Status.UNKNOWN))
    assert unseen.status is Status.FAIL
    assert len(joined(all_but("", Status.PASS)[:4], [finding("addon-job", Status.FAIL)])) == 4


def progress(path: Path) -> Progress:
    reading = Reading(path)
    reading.advance(ended=True)
    reading.close()
    return reading.progress


def heard(name: str, code: int | None = 0, state: State = "exited") -> dict[str, str]:
    status = RunStatus(state=state, run="1", exit_code=code)
    return {one.code: str(one.status) for one in witnesses(status, progress(folder() / f"{name}.log"))}


GOOD = {"exit-code": "pass", "end-line": "pass", "all-hosts": "pass", "addon-job": "pass"}


def test_the_success_that_is_none() -> None:
    assert heard("up-addon-job-failed-v0.1.18-notty") == GOOD | {"addon-job": "fail"}


def test_a_host_dropped_by_warning() -> None:
    found = heard("fail-badhost-v0.1.18", 1)
    assert (found["exit-code"], found["all-hosts"]) == ("fail", "fail")


@pytest.mark.parametrize("name", ["up-success-v0.1.18-tty", "up-success-v0.2.8-notty", "up-success-v1.2.0-notty"])
def test_a_cluster_without_add_ons_is_built_but_has_no_rancher(name: str) -> None:
    assert heard(name) == GOOD | {"addon-job": "fail"}


def test_removing_is_no_success_of_building() -> None:
    assert heard("remove-v0.1.18")["end-line"] == "fail"


def test_a_killed_run() -> None:
    status = RunStatus(state="signalled", run="1", signal=9)
    found = {one.code: one.status for one in witnesses(status, progress(folder() / "signal-TERM-v0.1.18.log"))}
    assert found == {
        "exit-code": Status.FAIL,
        "end-line": Status.FAIL,
        "all-hosts": Status.UNKNOWN,
        "addon-job": Status.UNKNOWN,
    }


def test_a_running_run_is_unknown_and_a_drop_is_told_at_once(tmp_path: Path) -> None:
    log = tmp_path / "rke.log"
    log.write_text("INFO[0000] Building Kubernetes cluster\n")
    status = RunStatus(state="running", run="1", rke_alive=True, runner_alive=True)
    assert {str(one.status) for one in witnesses(status, progress(log))} == {"unknown"}
    log.write_text("INFO[0000] Building Kubernetes cluster\nWARN[0001] Removing host [10.0.0.3] from node lists\n")
    found = {one.code: one for one in witnesses(status, progress(log))}
    assert found["all-hosts"].status is Status.FAIL
    assert found["all-hosts"].evidence["lines"] == {"10.0.0.3": 2}


def test_a_lost_run_is_unknown_and_says_whether_rke_lives() -> None:
    lives = witnesses(RunStatus(state="lost", run="1", pid=7, rke_alive=True), Progress())[0]
    gone = witnesses(RunStatus(state="lost", run="1"), Progress())[0]
    assert (lives.status, gone.status) == (Status.UNKNOWN, Status.UNKNOWN)
    assert "pid 7" in lives.detail.english and "gone" in gone.detail.english


def test_a_full_disk_that_cut_the_log_is_not_called_a_failure() -> None:
    status = RunStatus(state="exited", run="1", exit_code=0, disk_full=True)
    found = {one.code: one.status for one in witnesses(status, Progress())}
    assert found["end-line"] is Status.UNKNOWN


def test_a_stall_is_named_beyond_its_limit() -> None:
    running = RunStatus(state="running", run="1", rke_alive=True, runner_alive=True)
    assert stalled(running, Progress(), 299.0) is None
    found = stalled(running, Progress(), 95.0, limit_s=60.0)
    assert found is not None and found.status is Status.UNKNOWN and "95 s" in found.title.english
    assert stalled(RunStatus(state="exited", exit_code=0), Progress(), 9999.0) is None
    assert stalled(running, Progress(), None) is None
