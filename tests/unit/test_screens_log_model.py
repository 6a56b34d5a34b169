"""The log's model: what is shown, filtered, found."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.rke.search import PatternError, matching_lines, of_typed
from screens.log_model import Filter, LogModel

LINES = [
    ("info", "Running RKE version: v0.1.18"),
    ("info", "[dialer] Setup tunnel for host [10.0.1.11]"),
    ("warning", "Failed to set up SSH tunneling for host [10.0.1.12]"),
    ("info", "[etcd] Building up etcd plane, pulling on host [10.0.1.11]"),
    ("fatal", "[etcd] Failed to bring up Etcd Plane: host [10.0.1.11]"),
]


def written(path: Path, lines: list[tuple[str, str]] = LINES) -> None:
    with path.open("a") as file:
        for level, text in lines:
            file.write(f'time="2026-11-23T07:00:00Z" level={level} msg="{text}"\n')


@pytest.fixture
def model(tmp_path: Path) -> LogModel:
    written(tmp_path / "rke.log")
    made = LogModel(tmp_path / "rke.log")
    made.advance(1)
    return made


def shown(model: LogModel) -> list[int]:
    return [model.number_of(row) for row in range(model.count)]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Filter(), [0, 1, 2, 3, 4]),
        (Filter(severity=3), [2, 4]),
        (Filter(host="10.0.1.11"), [1, 3, 4]),
        (Filter(text="PULLING"), [3]),
        (Filter(severity=3, host="10.0.1.11"), [4]),
        (Filter(phase="etcd"), [3, 4]),
    ],
)
def test_only_what_passes_is_shown(model: LogModel, wanted: Filter, numbers: list[int]) -> None:
    model.choose(wanted)
    assert shown(model) == numbers


def test_new_lines_pass_the_same_filter(model: LogModel) -> None:
    model.choose(Filter(severity=3))
    written(model.log.path)
    assert model.advance(1)
    assert shown(model) == [2, 4, 7, 9]
    assert not model.advance(1)


def test_problems_are_counted_and_found_in_both_directions(model: LogModel) -> None:
    assert model.problems == 2
    assert model.next_problem(-1) == 2
    assert model.next_problem(2) == 4
    assert model.next_problem(4) is None
    assert model.next_problem(5, forward=False) == 4


def test_hits_are_found_in_both_directions_and_go_round(model: LogModel) -> None:
    pattern = of_typed("TUNNEL")
    assert pattern is not None
    hits = matching_lines(model.log, pattern)
    assert [model.find(hits, row) for row in (-1, 1, 2)] == [1, 2, 1]
    assert model.find(hits, 1, forward=False) == 2
    model.choose(Filter(severity=3))
    assert model.number_of(model.find(hits, -1) or 0) == 2


def test_a_regular_expression_filters_and_a_wrong_one_changes_nothing(model: LogModel) -> None:
    model.choose(Filter(text="/host \\[10\\.0\\.1\\.1[12]\\]/"))
    assert shown(model) == [1, 2, 3, 4]
    with pytest.raises(PatternError):
        model.choose(Filter(text="/(/"))
    assert shown(model) == [1, 2, 3, 4]


def test_a_log_that_is_written_anew_begins_anew(model: LogModel) -> None:
    model.log.path.write_text("")
    written(model.log.path, LINES[:2])
    model.advance(1)
    assert (model.count, model.problems) == (2, 0)


def test_an_unfinished_line_is_shown_and_judged_when_it_is_whole(model: LogModel) -> None:
    with model.log.path.open("a") as file:
        file.write('time="2026-11-23T07:00:00Z" level=error msg="half')
    model.advance(1)
    assert (model.count, model.problems) == (6, 2)
    with model.log.path.open("a") as file:
        file.write(' a line"\n')
    model.advance(1)
    assert (model.count, model.problems) == (6, 3)
