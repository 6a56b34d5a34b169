"""Findings and reports: four answers, the gravest first, the same after a stay in a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from rancher_tui.finding import Finding, Report, Status, by_gravity, by_row, count_line, worst
from rancher_tui.i18n import EMPTY, msg


def finding(status: Status, code: str = "code") -> Finding:
    return Finding(status, code, "subject", msg("about {x}", x=1), check="dns", step=3)


PASS, WARN, FAIL, UNKNOWN = (finding(status, status.value) for status in Status)


def test_the_gravest_counts() -> None:
    assert worst([]) is Status.PASS
    assert worst([PASS, WARN]) is Status.WARN
    assert worst([UNKNOWN, WARN]) is Status.UNKNOWN
    assert worst([UNKNOWN, FAIL, PASS]) is Status.FAIL
    assert by_gravity([PASS, UNKNOWN, WARN, FAIL]) == [FAIL, UNKNOWN, WARN, PASS]
    twins = [finding(Status.WARN, "first"), finding(Status.WARN, "second")]
    assert by_gravity(twins) == twins


@pytest.mark.parametrize(
    ("findings", "ok"), [((), True), ((PASS, WARN), True), ((PASS, UNKNOWN), False), ((FAIL,), False)]
)
def test_a_report_is_good_without_fail_and_unknown(findings: tuple[Finding, ...], ok: bool) -> None:
    assert Report("dns", findings).ok is ok


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ((), "0 passed"),
        ((PASS, PASS), "2 passed"),
        ((FAIL, WARN, PASS), "1 fail, 1 warning, 1 passed"),
        ((FAIL, FAIL, WARN, WARN, UNKNOWN), "2 fails, 1 unknown, 2 warnings"),
    ],
)
def test_the_count_in_words(findings: tuple[Finding, ...], line: str) -> None:
    assert count_line(findings).english == str(count_line(findings)) == line
    assert Report("dns", findings).summary.english == line


def test_codes_are_those_of_fails_and_unknowns_each_once() -> None:
    assert Report("dns", (FAIL, PASS, UNKNOWN, FAIL, WARN)).codes() == ["fail", "unknown"]


def test_a_report_is_printed_as_promised() -> None:
    told = Report("dns", (FAIL,), {"name": "a"}).to_json()
    assert told == {
        "ok": False,
        "summary": "1 fail",
        "findings": [
            {
                "status": "fail",
                "code": "fail",
                "check": "dns",
                "step": 3,
                "subject": "subject",
                "title": "about 1",
                "detail": "",
                "remedy": "",
                "evidence": {},
            }
        ],
        "facts": {"name": "a"},
    }


def test_a_report_comes_back_from_a_file() -> None:
    report = Report("dns", (FAIL, PASS), {"a": [1, None]}, "d1", datetime(2026, 11, 23, tzinfo=UTC), 3)
    assert Report.restore(json.loads(json.dumps(report.record()))) == report
    assert FAIL.detail == EMPTY


GOOD = Report("dns", (FAIL,)).record()


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {**GOOD, "taken_at": "yesterday"},
        {**GOOD, "taken_at": "2026-11-23T07:00:00"},
        {**GOOD, "taken_at": 5},
        {**GOOD, "findings": [None]},
        {**GOOD, "findings": [{**GOOD["findings"][0], "status": "green"}]},
        {**GOOD, "findings": [{**GOOD["findings"][0], "messages": []}]},
        {**GOOD, "findings": [{**GOOD["findings"][0], "evidence": 5}]},
        {**GOOD, "facts": 5},
        {**GOOD, "step": float("inf")},
    ],
)
def test_what_is_no_report_is_told(record: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Report.restore(record)


def test_findings_about_nodes_are_kept_in_the_order_of_the_table() -> None:
    told = [
        Finding(Status.FAIL, "login-refused", f"node {number} 10.0.0.{number}", msg("refused"))
        for number in (10, 2, 1)
    ]
    here = Finding(Status.PASS, "space", "this machine", msg("room"))
    subjects = [finding.subject for finding in by_row([*told, here, *told[:1]])]
    assert subjects == [
        "this machine",
        "node 1 10.0.0.1",
        "node 2 10.0.0.2",
        "node 10 10.0.0.10",
        "node 10 10.0.0.10",
    ]
