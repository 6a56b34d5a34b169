"""The log pane at a real terminal while a run writes: bytes a second, and how long a key takes meanwhile."""

from __future__ import annotations

import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure, Limit, Measurement, Peer, Row
from benchmarks.terminal import OVER_SSH, Line, begun, ours, ours_far, pause
from benchmarks.timing import p95
from rancher_tui.install.session import Session
from rancher_tui.rke.runs import start

KEYS = 40
KEYS_FAR = 30
KEYS_FAR_PEER = 3
SECONDS = 6
"""How long bytes are counted."""
FOLLOWING = (b"FOLLOW", b"phase")
READING = (b"reading", b"new (f)", b"follow")
"""What the screen shows behind each of the two keys: a word above the lines, or keys below them."""
_LOCAL: Mapping[str, str] = {}

FLOOD = Row(
    "key-flood",
    "key to repaint, p95, 20,000 lines/s arrive",
    "ms",
    "a run writes 20,000 lines/s; f and page up in turn, until the pane says so; the peer gets 2,000 lines/s",
    Limit(60),
)
STREAM = Row(
    "key-stream",
    "key to repaint, p95, 2,000 lines/s arrive",
    "ms",
    "the same at 2,000 lines/s, for the peers too",
)
SSH_BYTES = Row(
    "bytes-ssh",
    "bytes to the terminal over SSH, 50 lines/s",
    "KB/s",
    "all that comes to a terminal of 80x24 with SSH_CONNECTION set, while a run writes and nobody types",
    Limit(12),
)
LOCAL_BYTES = Row(
    "bytes-local",
    "bytes to the terminal locally, 50 lines/s",
    "KB/s",
    "the same without SSH_CONNECTION",
    Limit(30),
)
SLOW = Row(
    "key-slow-link",
    "key to repaint, p50, on a link of 20 KB/s",
    "ms",
    "50 lines/s arrive, the terminal is read at 20,000 bytes/s, SSH_CONNECTION is set",
    Limit(120),
)
OPENED = Row(
    "log-opened",
    "first paint of a log of 1,000,000 lines",
    "ms",
    "from the Enter that goes to step 11 until lines of the log stand, the run having ended",
)
LAST = Row("log-last", "its last line", "ms", "from the same Enter until line 1,000,000 stands")
FOUND = Row(
    "log-found",
    "search through it, drawn",
    "ms",
    "from Enter behind the text to the first hit, most lines not yet judged",
)

_WRITER = """
import sys, time
rate, written, began = int(sys.argv[1]), 0, time.time()
while True:
    due, lines = int((time.time() - began) * rate), []
    while written < due:
        written += 1
        lines.append(
            f'time="2026-11-23T07:{written // 600 % 60:02}:{written // 10 % 60:02}Z" level=info '
            f'msg="[etcd] Pulling image [rancher/coreos-etcd:v3.2.18] number {written} '
            f'on host [10.0.1.{written % 3 + 11}]"'
        )
    if lines:
        sys.stdout.write(chr(10).join(lines) + chr(10)); sys.stdout.flush()
    time.sleep(0.01)
"""
_MILLION = """
import sys
for first in range(0, 1_000_000, 10_000):
    sys.stdout.write("".join(
        f'time="2026-11-23T07:26:19Z" level=info msg="[etcd] Pulling image number {number:,} on host [10.0.1.11]"'
        + chr(10) for number in range(first, first + 10_000)))
"""


def _program(session: Session, script: str) -> str:
    """A stand-in for rke that runs `script`."""
    program = session.cluster_folder / "rke"
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o755)
    return str(program)


@contextmanager
def streaming(folder: Path, rate: int) -> Iterator[None]:
    """A session in `folder` whose run writes `rate` lines a second; it must have kept up at the end."""
    session = begun(folder, screen="run")
    program = _program(session, _WRITER)
    began = time.perf_counter()
    run = start(session.path, [program, str(rate)], cwd=session.cluster_folder, env=dict(os.environ))
    try:
        yield
        written, seconds = run.log.read_bytes().count(b"\n"), time.perf_counter() - began
        if written < 0.8 * rate * seconds:
            raise RuntimeError(
                f"the run wrote {written / seconds:,.0f} lines/s, not {rate:,}: the machine is busy"
            )
    finally:
        run.send(signal.SIGKILL)


def writer(folder: Path, rate: int) -> list[str]:
    """The command that writes the same lines to a peer."""
    folder.mkdir(parents=True)
    script = folder / "writer.py"
    script.write_text(_WRITER)
    return [sys.executable, str(script), str(rate)]


def keys_of_ours(line: Line, count: int) -> list[float]:
    """Milliseconds of each key: follow, and a page up."""
    times = []
    for turn in range(count):
        pause(line)
        keys, texts = (b"f", FOLLOWING) if turn % 2 else (b"\x1b[5~", READING)
        times.append(line.answer(keys, *texts))
    return times


def keys_of_peer(line: Line, count: int) -> list[float]:
    """Milliseconds of each key that counts itself."""
    times = []
    for turn in range(count):
        pause(line)
        times.append(line.answer(b"k", b"<%d>" % (turn + 1), seconds=60.0))
    return times


def our_pane(folder: Path, rate: int, keys: int = 0, env: Mapping[str, str] = _LOCAL) -> tuple[float, list[float]]:
    """KB a second without keys, and the keys' times."""
    with streaming(folder, rate):
        line = ours(folder, **env)
        line.until(*FOLLOWING)
        line.read(1.5)
        sent = 0.0 if keys else line.read(SECONDS) / SECONDS / 1000
        times = keys_of_ours(line, keys)
        line.end()
    return sent, times


def peer_pane(folder: Path, widget: str, rate: int, keys: int = 0) -> tuple[float, list[float]]:
    """The same of Textual's `widget`."""
    line = peers.log_pane(folder, widget, writer(folder, rate))
    line.until(b"ready")
    line.read(1.5)
    sent = 0.0 if keys else line.read(SECONDS) / SECONDS / 1000
    times = keys_of_peer(line, keys)
    line.end()
    return sent, times


def bytes_sent(folder: Path) -> Iterator[Figure]:
    """The peers know no SSH: one figure of each for both rows."""
    beside = tuple(
        Peer(f"Textual's {name}", peer_pane(folder / widget, widget, 50)[0])
        for name, widget in (("Log.write_line", "Log"), ("RichLog.write", "RichLog"))
    )
    for row, env in ((SSH_BYTES, OVER_SSH), (LOCAL_BYTES, _LOCAL)):
        sent, _times = our_pane(folder / row.name, 50, env=env)
        yield Figure(row, sent, f"{SECONDS} s", beside)


def keys_under_load(folder: Path) -> Iterator[Figure]:
    """20,000 and 2,000 lines a second."""
    times = {widget: peer_pane(folder / widget, widget, 2_000, KEYS)[1] for widget in ("RichLog", "Log")}
    rich = Peer("Textual's RichLog.write at 2,000/s", p95(times["RichLog"]))
    plain = Peer("Textual's Log.write_line at 2,000/s", p95(times["Log"]))
    for row, rate, beside in ((FLOOD, 20_000, (rich,)), (STREAM, 2_000, (rich, plain))):
        _sent, mine = our_pane(folder / row.name, rate, KEYS)
        yield Figure(row, p95(mine), f"{KEYS} keys", beside, note=f"p50 {statistics.median(mine):.0f} ms")


def keys_far_away(folder: Path) -> Iterator[Figure]:
    """Both over the same slow link, filled for some seconds before the first key."""
    line = peers.log_pane_far(folder, "Log", writer(folder / "peer", 50))
    line.until(b"ready")
    line.read(5.0)
    theirs = keys_of_peer(line, KEYS_FAR_PEER)
    line.end()
    with streaming(folder, 50):
        line = ours_far(folder)
        line.until(*FOLLOWING)
        line.read(5.0)
        mine = keys_of_ours(line, KEYS_FAR)
        line.end()
    yield Figure(
        SLOW,
        statistics.median(mine),
        f"{KEYS_FAR} keys, peer {KEYS_FAR_PEER}",
        (Peer("Textual's Log.write_line", statistics.median(theirs)),),
        note=f"p95 {p95(mine):.0f} ms",
    )


def a_million_lines(folder: Path) -> Iterator[Figure]:
    """One log, opened and searched by three programs in turn."""
    session = begun(folder)
    program = _program(session, _MILLION)
    run = start(session.path, [program, "up"], cwd=session.cluster_folder, env=dict(os.environ))
    while run.status().live:
        time.sleep(0.1)
    painted: list[float] = []
    ended: list[float] = []
    found: list[float] = []
    for _ in range(3):
        line = ours(folder)
        line.until(b"help")
        line.until_still()
        line.send(b"g")
        line.until(b"0-12")
        line.send(b"11")
        line.until_still()
        pressed = line.age
        line.send(b"\r")
        for times, age in zip((painted, ended), line.ages_at(b"Pulling image", b"999,999"), strict=True):
            times.append(age - pressed)
        line.read(1.0)
        line.answer(b"/", b"Search")
        line.send(b"number 999,99")
        line.until_still()
        found.append(line.answer(b"\r", b"of 10", seconds=30.0))
        line.send(b"g")
        line.until(b"0-12")
        line.send(b"0\r")
        line.until_still()
        line.end()
    for row, times in ((OPENED, painted), (LAST, ended), (FOUND, found)):
        yield Figure(row, statistics.median(times), "3 programs")


MEASUREMENTS = (
    Measurement((FLOOD, STREAM), keys_under_load),
    Measurement((SSH_BYTES, LOCAL_BYTES), bytes_sent),
    Measurement((SLOW,), keys_far_away),
    Measurement((OPENED, LAST, FOUND), a_million_lines),
)
