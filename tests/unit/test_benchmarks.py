"""The table of figures: limits are judged plainly, what is missing is said, the page has every row. No figure here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks import catalogue, table
from benchmarks.__main__ import PAGE, taken
from benchmarks.figures import Figure, Limit, Measurement, MissingError, Peer, Row

AT_MOST_TEN = Row("ten", "ten at most", "ms", "counted", Limit(10))
AT_LEAST = Row("many", "many at least", "lines/s", "counted", Limit(500, least=True))
NO_SLOWER = Row("ratio", "no slower than twice", "ms", "counted", Limit(2, "ratio"))
NOT_BEYOND = Row("excess", "not five beyond", "ms", "counted", Limit(5, "excess"))
PEER = (Peer("a peer", 10.0),)


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure(AT_MOST_TEN, 10.0), True),
        (Figure(AT_MOST_TEN, 10.1), False),
        (Figure(AT_LEAST, 500.0), True),
        (Figure(AT_LEAST, 499.0), False),
        (Figure(NO_SLOWER, 20.0, peers=PEER), True),
        (Figure(NO_SLOWER, 20.1, peers=PEER), False),
        (Figure(NOT_BEYOND, 15.0, peers=PEER), True),
        (Figure(NOT_BEYOND, 15.1, peers=PEER), False),
        (Figure(NO_SLOWER, 1.0, peers=(Peer("a peer", absent="not here"),)), None),
        (Figure(AT_MOST_TEN, None, why="no such program"), None),
    ],
)
def test_a_limit_is_judged(figure: Figure, reached: bool | None) -> None:
    assert figure.reached is reached


def test_a_miss_is_told_in_the_table_the_summary_and_on_the_page() -> None:
    missed = [Figure(AT_MOST_TEN, 10.1, "9 times"), Figure(NO_SLOWER, 20.0, "9 times", PEER)]
    assert "NO: MISSED" in table.text(missed).splitlines()[1]
    assert table.summary(missed) == "1 of 2 limits reached; missed: ten at most"
    page = table.page(missed, {"cores": "2"}, {"Python": "3"}, date(2026, 11, 23))
    assert "1 of 2 limits reached; missed: ten at most." in page
    assert "| ten at most | 10.1 ms | <= 10 ms |  |  |  | NO: MISSED | 9 times |" in page
    assert "| no slower than twice | 20 ms | <= 2x | a peer | 10 ms | 2x | yes | 9 times |" in page


def test_every_peer_has_a_line_and_one_that_is_not_here_says_why() -> None:
    figure = Figure(AT_LEAST, 1000.0, "3 times", (Peer("one", 500.0), Peer("two", absent="two is not here")))
    assert table.cells(figure) == [
        ("many at least", "1,000 lines/s", ">= 500 lines/s", "one", "500 lines/s", "2x", "yes", "3 times"),
        ("", "", "", "two", "two is not here", "", "", ""),
    ]


def without_its_program(_folder: Path) -> Iterator[Figure]:
    yield Figure(AT_MOST_TEN, 1.0)
    raise MissingError("clush is not here (Debian: apt-get install clustershell)")


def broken(_folder: Path) -> Iterator[Figure]:
    raise ZeroDivisionError("division by zero")
    yield Figure(AT_MOST_TEN, 1.0)


def test_a_missing_program_leaves_its_rows_unmeasured() -> None:
    found = taken(Measurement((AT_MOST_TEN, NO_SLOWER), without_its_program))
    assert found["ten"].ours == 1.0
    assert found["ratio"].why == "clush is not here (Debian: apt-get install clustershell)"
    assert "not measured" in table.text([found["ratio"]])


def test_a_measurement_that_fails_is_told_and_ends_nothing() -> None:
    found = taken(Measurement((AT_MOST_TEN,), broken))
    assert found["ten"].why == "it failed: ZeroDivisionError: division by zero"


def test_the_page_has_every_row() -> None:
    page = PAGE.read_text("utf-8")
    rows = catalogue.rows()
    assert len({row.name for row in rows}) == len(rows)
    lacking = [row.name for row in rows if f"\n| `{row.name}` | {row.what} | {row.how} |" not in page]
    lacking += [row.what for row in rows if f"\n| {row.what} | " not in page]
    assert lacking == [], "`make bench` writes docs/benchmarks.md anew"
