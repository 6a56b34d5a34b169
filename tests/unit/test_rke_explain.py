"""Logs that real rke binaries wrote, and logs nobody recorded: outcome, cause, phases, hosts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rancher_tui.rke.causes import catalogue
from rancher_tui.rke.explain import explain
from tests.unit.rke_expectations import V01_PHASES, V02_PHASES, expected
from tests.unit.rke_recorded import family, folder, held_out

HOSTS = {"10.77.0.11", "10.77.0.12", "10.77.0.13"}
END = "Finished building Kubernetes cluster successfully"
PLAIN = "INFO[0000] Building Kubernetes cluster\nINFO[0000] [dialer] Setup tunnel for host [10.0.0.1]\n"


def judged(tmp_path: Path, text: str | bytes) -> dict[str, object]:
    path = tmp_path / "rke.log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return explain(path).facts


def test_every_recorded_log_is_judged_as_it_was_written_down() -> None:
    logs = sorted(folder().glob("*.log"))
    assert len(logs) > 70
    wrong = {}
    for log in logs:
        facts = explain(log).facts
        found = (facts["outcome"], facts["decisive"])
        if found != expected(log.stem):
            wrong[log.stem] = found
    assert wrong == {}


def test_precision_and_recall_on_logs_that_were_held_out() -> None:
    """A cause is never wrong; what is not known is said to be unknown. Figures are printed with -s."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for log in sorted(folder().glob("*.log")):
        code, found = expected(log.stem)[1], explain(log).facts["decisive"]
        if not held_out(log.stem) or code is None:
            continue
        if found == code:
            right[code] += 1
        else:
            missed[code] += 1
            wrong[str(found)] += found != "unknown"
    print(f"held out: {sum(right.values())} right, {dict(wrong)} wrong, {dict(missed)} missed, {len(right)} codes")
    assert not +wrong
    assert sum(right.values()) >= 0.9 * (sum(right.values()) + sum(missed.values()))


def test_no_cause_is_claimed_for_a_good_run() -> None:
    for log in sorted(folder().glob("up-success-*.log")):
        facts = explain(log).facts
        causes = {problem["cause"] for problem in facts["problems"]}
        assert causes <= {"docker-version", "no-earlier-cluster"}, log.stem
        assert set(facts["hosts"]) == HOSTS
        assert [phase["name"] for phase in facts["phases"]] == (V01_PHASES if "v0.1" in log.stem else V02_PHASES)


@pytest.mark.parametrize(
    "name", ["fail-enckey", "fail-pubkey", "fail-missingkey", "fail-wrongport", "fail-wronguser"]
)
def test_the_same_fault_has_the_same_code_in_every_version_and_at_every_host(name: str) -> None:
    for log in folder().glob(f"{name}-*.log"):
        facts = explain(log).facts
        assert {host: entry["problem"] for host, entry in facts["hosts"].items()} == dict.fromkeys(
            HOSTS, expected(name)[1]
        ), log.stem
        assert family(log.stem) == name


def test_the_version_and_the_form_are_told() -> None:
    facts = explain(folder() / "up-success-v1.2.0-notty.log").facts
    assert (facts["rke"], facts["format"]) == ("v1.2.0", "logfmt")
    facts = explain(folder() / "up-success-v0.1.18-tty.log").facts
    assert (facts["rke"], facts["format"]) == (None, "terminal")


def test_a_log_cut_anywhere_is_no_success_and_no_crash(tmp_path: Path) -> None:
    whole = (folder() / "up-success-v0.1.18-tty.log").read_bytes()
    end = whole.index(b"Finished building")
    for at in range(0, end, 997):
        assert judged(tmp_path, whole[:at])["outcome"] == "cut-off"


@pytest.mark.parametrize(
    ("text", "outcome", "decisive"),
    [
        (f"{PLAIN}FATA[0003] something that nobody has seen", "failed", "unknown"),
        (
            f"{PLAIN}panic: runtime error: slice bounds out of range [:2] with length 1\n\ngoroutine 1 [running]:",
            "failed",
            "key-path-too-short",
        ),
        (f"{PLAIN}panic: runtime error: invalid memory address\n", "failed", "rke-crashed"),
        (PLAIN, "cut-off", None),
        ("", "cut-off", None),
        (f"{PLAIN}INFO[0057] Finished building Kubernetes cluster successfully", "finished", None),
        (
            f"{PLAIN}WARN[0001] Failed to set up SSH tunneling for host [10.0.0.2]: Failed to dial ssh using"
            " address [10.0.0.2:22]: dial tcp 10.0.0.2:22: i/o timeout\n"
            "WARN[0001] Removing host [10.0.0.2] from node lists\n"
            "INFO[0057] Finished building Kubernetes cluster successfully\n",
            "finished-incomplete",
            "tcp-timeout",
        ),
        (
            f"{PLAIN}FATA[0009] [controlPlane] Failed to bring up Control Plane: Failed to verify healthcheck:"
            " Failed to check https://localhost:6443/healthz for service [kube-apiserver] on host [10.0.0.1]: Get"
            ' https://localhost:6443/healthz: EOF, log: dial tcp: lookup x: no such host',
            "failed",
            "apiserver-unhealthy",
        ),
        (
            f"{PLAIN}FATA[0009] Can't pull Docker image [rancher/x:1] for host [10.0.0.1]: Error response from"
            " daemon: Get https://registry-1.docker.io/v2/: dial tcp: lookup registry-1.docker.io: no such host",
            "failed",
            "image-pull-failed",
        ),
        (f"{PLAIN}FATA[0001] x\n{PLAIN}INFO[0057] {END}", "finished", None),
        (f"{PLAIN}INFO[0057] {END}\n{PLAIN}", "cut-off", None),
        (f'{PLAIN}INFO[0001] user said "Finished building Kubernetes cluster successfully"', "cut-off", None),
    ],
)  # fmt: skip
def test_logs_that_nobody_recorded(tmp_path: Path, text: str, outcome: str, decisive: str | None) -> None:
    facts = judged(tmp_path, text)
    assert (facts["outcome"], facts["decisive"]) == (outcome, decisive)


def test_bytes_that_are_no_log_are_judged_without_a_crash(tmp_path: Path) -> None:
    assert judged(tmp_path, bytes(range(256)) * 400)["outcome"] == "cut-off"


def test_every_entry_of_the_catalogue_says_what_is_true_and_where_that_is_from() -> None:
    causes = catalogue().causes
    codes = [cause.code for cause in causes]
    assert len(codes) == len(set(codes))
    for cause in causes:
        assert cause.title and cause.source, cause.code
        assert cause.harmless or cause.remedy, cause.code


def test_a_code_appears_once_a_subject_and_what_decided_is_red() -> None:
    for log in sorted(folder().glob("*.log")):
        report = explain(log)
        keys = [(finding.code, finding.subject) for finding in report.findings if finding.code != "unknown"]
        assert len(keys) == len(set(keys)), log.stem
        assert report.ok is (report.facts["outcome"] == "finished"), log.stem
        decisive = report.facts["decisive"]
        assert decisive is None or decisive in report.codes(), log.stem
