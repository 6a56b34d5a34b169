"""The log as it lies in the file: lines, growth, truncation; and every form in which rke writes a line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rancher_tui.rke.lines import parse_line, parse_records, unquote
from rancher_tui.rke.log import LogFile
from rancher_tui.rke.reading import Reading


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rke.log"


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_lines_as_they_come(path: Path) -> None:
    log = LogFile(path)
    assert (log.refresh(), log.line_count) == (0, 0)
    append(path, b"one\ntw")
    assert (log.refresh(), log.line_count, log.unfinished) == (2, 2, True)
    append(path, b"o\nthree\n")
    assert (log.refresh(), log.line_count, log.unfinished) == (1, 3, False)
    assert [log.line(number) for number in range(3)] == [b"one", b"two", b"three"]
    assert [log.span(number) for number in range(3)] == [(0, 4), (4, 8), (8, 14)]
    with pytest.raises(IndexError):
        log.line(3)


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_whatever_the_pieces_the_lines_are_those_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("log") / "rke.log"
    log = LogFile(path)
    for piece in pieces:
        append(path, piece)
        log.refresh()
    whole = b"".join(pieces)
    expected = whole.split(b"\n")
    expected = expected[:-1] if expected[-1] == b"" else expected
    assert [log.line(number) for number in range(log.line_count)] == expected
    assert list(log.lines()) == expected
    assert all(log.at(log.span(number)[0]) == number for number in range(log.line_count))


def test_a_truncated_log_begins_anew(path: Path) -> None:
    append(path, b"one\ntwo\nthree\n")
    log = LogFile(path)
    log.refresh()
    path.write_bytes(b"new\n")
    assert (log.refresh(), log.line_count, log.generation) == (1, 1, 1)
    assert log.line(0) == b"new"


def test_a_log_truncated_and_grown_beyond_its_old_end_is_noticed(path: Path) -> None:
    append(path, b"one\ntwo\n")
    log = LogFile(path)
    log.refresh()
    path.write_bytes(b"something else altogether\nand more\n")
    log.refresh()
    assert list(log.lines()) == [b"something else altogether", b"and more"]


def test_a_rotated_log_is_followed(path: Path) -> None:
    append(path, b"old\n")
    log = LogFile(path)
    log.refresh()
    path.rename(path.with_name("rke.log.1"))
    assert (log.refresh(), log.line(0)) == (0, b"old")
    append(path, b"new one\nnew two\n")
    log.refresh()
    assert list(log.lines()) == [b"new one", b"new two"]


def test_a_line_of_a_megabyte_is_cut_when_read(path: Path) -> None:
    append(path, b"x" * (1 << 20) + b"\nshort\n")
    log = LogFile(path)
    log.refresh()
    assert len(log.line(0)) == 4096
    assert log.line(1) == b"short"
    assert [len(line) for line in log.lines(limit=100)] == [100, 5]


def test_reading_in_portions_gives_the_same_index(path: Path) -> None:
    append(path, b"".join(b"line %d\n" % number for number in range(5000)))
    log, portions = LogFile(path), LogFile(path)
    log.refresh()
    while not portions.complete or not portions.size:
        portions.refresh(1000)
    assert list(log.lines()) == list(portions.lines())


def test_an_unfinished_line_is_judged_when_it_is_whole(path: Path) -> None:
    reading = Reading(path)
    append(path, b"INFO[0001] [dialer] Setup tunnel for host [10.")
    assert reading.advance() == []
    append(path, b"0.0.1]\n")
    assert [line.host for _number, line in reading.advance()] == ["10.0.0.1"]
    append(path, b"FATA[0002] cut")
    assert reading.advance() == []
    assert [line.level for _number, line in reading.advance(ended=True)] == ["fatal"]


LOGFMT = b'time="2026-11-23T09:21:51+02:00" level=warning msg="a \\"b\\" [x]\\n\\ttab \\u00e9 on host [10.0.0.1]"'


def test_logfmt() -> None:
    line = parse_line(LOGFMT)
    assert line.time == datetime(2026, 11, 23, 7, 21, 51, tzinfo=UTC)
    assert (line.level, line.host, line.form) == ("warning", "10.0.0.1", "logfmt")
    assert line.text == 'a "b" [x]\n\ttab é on host [10.0.0.1]'


def test_a_message_of_one_word_is_not_quoted() -> None:
    assert parse_line(b'time="2026-11-23T07:21:51Z" level=info msg=word').text == "word"


def test_terminal_colours_and_padding_are_taken_off() -> None:
    line = parse_line(b"\x1b[31mFATA\x1b[0m[0078] Failed to get job complete status: <nil>      \r")
    assert (line.level, line.elapsed, line.form) == ("fatal", 78.0, "terminal")
    assert line.text == "Failed to get job complete status: <nil>"


@pytest.mark.parametrize(
    ("raw", "level", "elapsed"),
    [
        (b"INFO[0104] text", "info", 104.0),
        (b"WARN[12345] text", "warning", 12345.0),
        (b"  ERRO[0000] text", "error", 0.0),
        (b"[36mINFO[0m[0001] text", "info", 1.0),
        (b"> INFO[0001] text   ", "info", 1.0),
        (b"PANI[0001] text", "panic", 1.0),
    ],
)
def test_lines_as_people_paste_them(raw: bytes, level: str, elapsed: float) -> None:
    line = parse_line(raw)
    assert (line.level, line.elapsed, line.text) == (level, elapsed, "text")


def test_two_records_on_one_line() -> None:
    first, second = parse_records(b"INFO[0104] one on host [a]   FATA[0105] two on host [b]")
    assert (first.text, first.host, second.text, second.host) == ("one on host [a]", "a", "two on host [b]", "b")
    assert parse_line(b"INFO[0104] one FATA[0105] two").level == "fatal"
    assert [line.text for line in parse_records(LOGFMT + b'time="2026-11-23T07:21:51Z" level=info msg=two')][
        1
    ] == "two"


def test_a_record_quoted_inside_a_message_is_none() -> None:
    raw = b'FATA[0009] failed on host [a], log: time="2019-01-01T00:00:00Z" level=info msg="inner"'
    assert [line.level for line in parse_records(raw)] == ["fatal"]
    raw = b'time="2026-11-23T07:21:51Z" level=fatal msg="failed, log: time=\\"2019\\" level=info msg=\\"inner\\""'
    assert [line.level for line in parse_records(raw)] == ["fatal"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"goroutine 1 [running]:", "goroutine 1 [running]:"),
        (b"  10%\r  50%\r 100% done", " 100% done"),
        (b"\x00\x00\x00INFO[0001] after a hole", "after a hole"),
        (b"\x1b]0;title\x07plain", "plain"),
        (b"broken \xff\xfe utf-8", "broken \ufffd\ufffd utf-8"),
        (b'time="2026-11-23T07:21:51Z" level=info msg="cut off in the mid', "cut off in the mid"),
        (b'time="2026-11-23T07:21:51Z" level=info msg="cut off in an escape\\', "cut off in an escape"),
    ],
)
def test_odd_lines(raw: bytes, text: str) -> None:
    assert parse_line(raw).text == text


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(raw: bytes) -> None:
    assert parse_line(raw).raw == raw


@given(st.text(max_size=50))
def test_a_quoted_message_comes_back_as_it_was(text: str) -> None:
    quoted = "".join(f"\\{c}" if c in '"\\' else c if c.isprintable() else f"\\U{ord(c):08x}" for c in text)
    expected = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text)
    assert unquote(quoted) == expected


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("[etcd] Saving snapshot [x] on host [10.0.0.1]", ("10.0.0.1",)),
        ("Provisioning incomplete, host(s) [a,b] skipped because", ("a", "b")),
        ("etcd cluster is unhealthy: hosts [a b] failed to report healthy", ("a", "b")),
        ("[certificates] No Certificate backup found on [etcd,controlPlane] hosts", ()),
        ("[file-deploy] Deploying file [/etc/x] to node [fd00::1]", ("fd00::1",)),
        ("[network] Can't access KubeAPI port [6443] on Control Plane host: 10.0.0.1", ("10.0.0.1",)),
        ("Failed to dial ssh using address [10.0.0.1:22]: dial tcp", ("10.0.0.1",)),
    ],
)
def test_hosts_of_a_message(text: str, hosts: tuple[str, ...]) -> None:
    assert parse_line(f"INFO[0001] {text}".encode()).hosts == hosts
