"""Search and filters over the whole log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rancher_tui.rke import search
from rancher_tui.rke.log import LogFile
from rancher_tui.rke.search import Filter, PatternError, compiled, filtered, matching_lines, next_match


def log_of(folder: Path, data: bytes) -> LogFile:
    path = folder / "rke.log"
    path.write_bytes(data)
    log = LogFile(path)
    log.refresh()
    return log


@given(st.lists(st.sampled_from([b"etcd", b"ETCD up", b"", b"worker", b"x" * 40]), max_size=60))
def test_search_finds_the_lines_that_a_loop_over_all_lines_finds(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    original = search._CHUNK
    search._CHUNK = 64
    try:
        log = log_of(tmp_path_factory.mktemp("search"), b"\n".join(lines))
        for text in ("etcd", "ETCD", "x", "nothing"):
            pattern = compiled(text)
            expected = [number for number, line in enumerate(log.lines()) if pattern.search(line)]
            assert list(matching_lines(log, pattern)) == expected
    finally:
        search._CHUNK = original


def test_plain_text_is_no_pattern_and_capitals_count(tmp_path: Path) -> None:
    log = log_of(tmp_path, b"on host [a]\nhost a\nHOST [A]\n")
    assert list(matching_lines(log, compiled("host [a]"))) == [0, 2]
    assert list(matching_lines(log, compiled("HOST"))) == [2]
    assert list(matching_lines(log, compiled("host .?a", regex=True))) == [0, 1, 2]
    with pytest.raises(PatternError):
        compiled("(", regex=True)


def test_going_from_match_to_match_goes_round(tmp_path: Path) -> None:
    found = matching_lines(log_of(tmp_path, b"x\n\nx\n\nx\n"), re.compile(b"x"))
    assert [next_match(found, line) for line in (0, 1, 2, 4)] == [2, 2, 4, 0]
    assert [next_match(found, line, forward=False) for line in (0, 1, 2, 4)] == [4, 0, 0, 2]
    assert next_match(found[:0], 0) is None


def test_a_search_can_be_stopped(tmp_path: Path) -> None:
    assert list(matching_lines(log_of(tmp_path, b"x\n"), re.compile(b"x"), stop=lambda: True)) == []


def test_filters(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        b"INFO[0001] on host [a]\nWARN[0002] on host [b]\n  goes on\nFATA[0003] end\nINFO[0004] on host [b]\n",
    )
    phase = {0: "dial", 1: "dial", 2: "dial", 3: "end", 4: "end"}.__getitem__
    assert list(filtered(log, Filter(severity=3), phase)) == [1, 2, 3]
    assert list(filtered(log, Filter(host="b"), phase)) == [1, 2, 4]
    assert list(filtered(log, Filter(phase="end"), phase)) == [3, 4]
    assert list(filtered(log, Filter(host="b", phase="end"), phase)) == [4]
    assert list(filtered(log, Filter(pattern=compiled("end")), phase)) == [3]
    assert list(filtered(log, Filter(), phase)) == [0, 1, 2, 3, 4]
