"""Findings of many nodes told as one."""

from __future__ import annotations

import pytest

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from screens.look.grouping import grouped, ranges


def finding(subject: str, title: str = "root cannot forward", status: Status = Status.WARN) -> Finding:
    return Finding(status, "root-user", subject, msg(title))


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        (["3 user", "4 user", "5 user", "9 user"], ["3-5, 9 user"]),
        (["3 user", "4 address"], ["3 user", "4 address"]),
        (["node 1 10.0.0.1", "node 2 10.0.0.2"], ["nodes 1-2"]),
        (["node 1 10.0.0.1"], ["node 1 10.0.0.1"]),
        (["chain.pem", "chain.pem"], ["chain.pem", "chain.pem"]),
    ],
)
def test_the_same_of_several_nodes_is_one(subjects: list[str], told: list[str]) -> None:
    assert [group.subject for group in grouped(finding(subject) for subject in subjects)] == told


def test_what_differs_stays_apart_and_in_order() -> None:
    given = [finding("1 user", "a"), finding("2 user", "b"), finding("3 user", "a")]
    assert [group.subject for group in grouped(given)] == ["1, 3 user", "2 user"]


def test_ranges() -> None:
    assert ranges([2, 1, 3, 7, 10, 9, 2]) == "1-3, 7, 9-10"
