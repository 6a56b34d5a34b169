"""The screens at a real terminal: first frame, bytes a key costs, the log pane under flood, Textual's own beside.

Run: python -m benchmarks.screens
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import Cursor, InstallState, Node
from rancher_tui.rke.runs import start
from screens.log_model import LogModel

ROUNDS = 9
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self): yield Static("hello")
Bare().run(mouse=False)
"""
PEER_LOG = """
import sys, time
from textual.app import App
from textual import widgets
from textual.widgets import Static
class Peer(App):
    def compose(self):
        yield Static("keys 0", id="keys")
        self.log_widget = getattr(widgets, sys.argv[2])(id="log")
        self.write_one = getattr(self.log_widget, "write_line", None) or self.log_widget.write
        yield self.log_widget
    def on_mount(self):
        self.file = open(sys.argv[1]); self.set_interval(0.1, self.more); self.count = 0
    def more(self):
        for line in self.file.read().splitlines(): self.write_one(line)
    def key_k(self):
        self.count += 1; self.query_one("#keys", Static).update(f"keys {self.count}")
Peer().run(mouse=False)
"""
WRITER = """
import sys, time
rate, seconds, written, began = {rate}, {seconds}, 0, time.time()
while time.time() - began < seconds:
    due, lines = int((time.time() - began) * rate), []
    while written < due:
        written += 1
        lines.append(
            f'time="2026-11-23T07:{{written // 600 % 60:02}}:{{written // 10 % 60:02}}Z" level=info '
            f'msg="[etcd] Pulling image [rancher/coreos-etcd:v3.2.18] number {{written}} '
            f'on host [10.0.1.{{written % 3 + 11}}]"'
        )
    if lines:
        sys.stdout.write(chr(10).join(lines) + chr(10)); sys.stdout.flush()
    time.sleep(0.01)
"""


MILLION = """
import sys
for first in range(0, 1_000_000, 10_000):
    sys.stdout.write("".join(
        f'time="2026-11-23T07:26:19Z" level=info msg="[etcd] Pulling image number {number:,} on host [10.0.1.11]"'
        + chr(10) for number in range(first, first + 10_000)))
"""


class Line:
    """A program at the far end of a pseudo terminal."""

    def __init__(self, arguments: list[str], size: tuple[int, int] = (80, 24), **env: str) -> None:
        self.began = time.perf_counter()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **env}
            os.execv(sys.executable, [sys.executable, *arguments])
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def read(self, seconds: float) -> bytes:
        """What comes within `seconds`."""
        data, until = b"", time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                data += os.read(self.descriptor, 1 << 20)
        return data

    def until(self, *texts: bytes, seconds: float = 15.0) -> float:
        """Seconds until one of `texts` came."""
        began, data = time.perf_counter(), b""
        while not any(text in data for text in texts):
            if not select.select([self.descriptor], [], [], seconds)[0]:
                raise TimeoutError(f"{texts!r} did not come")
            data += os.read(self.descriptor, 1 << 20)
        return time.perf_counter() - began

    def until_still(self, seconds: float = 0.4) -> int:
        """Bytes that come until nothing does for `seconds`."""
        total = 0
        while select.select([self.descriptor], [], [], seconds)[0]:
            total += len(os.read(self.descriptor, 1 << 20))
        return total

    def send(self, keys: bytes) -> None:
        os.write(self.descriptor, keys)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


def begun(home: Path, count: int = 3, screen: str = "overview") -> Session:
    """A session of so many nodes, closed again."""
    nodes = tuple(Node(address=f"10.{row // 250}.{row % 250}.7", user="rancher") for row in range(count))
    state = InstallState(fqdn="rancher.example.com", nodes=nodes, cursor=Cursor(screen=screen))
    session = Home(home).create("prod", state)
    session.close()
    return session


def ours(home: Path, **env: str) -> Line:
    return Line(["-m", "rancher_tui.cli"], (80, 24), RANCHER_TUI_HOME=str(home), **env)


def first_frame(folder: Path) -> None:
    """Time from exec to the first frame and to the overview of a session, in turn with a bare Textual app."""
    begun(folder)
    mine: list[float] = []
    overview: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        line = Line(["-c", BARE])
        line.until(b"hello")
        bare.append(time.perf_counter() - line.began)
        line.end()
        line = ours(folder)
        for times, text in ((mine, b"opening"), (overview, b"help")):
            line.until(text)
            times.append(time.perf_counter() - line.began)
        line.end()
    own, whole, peer = statistics.median(mine), statistics.median(overview), statistics.median(bare)
    print(
        f"first frame: {own * 1000:.0f} ms, bare Textual {peer * 1000:.0f} ms, ratio {own / peer:.2f}; "
        f"the session's overview: {whole * 1000:.0f} ms, ratio {whole / peer:.2f}"
    )


def bytes_a_key(folder: Path) -> None:
    """Bytes that a change of screen costs, and stillness."""
    begun(folder)
    line = ours(folder)
    line.until(b"help")
    line.until_still()
    costs = []
    for _ in range(10):
        line.send(b"]")
        costs.append(line.until_still())
    still = len(line.read(3.0))
    line.end()
    print(
        f"change of screen, 80x24: median {statistics.median(costs):.0f} bytes, most {max(costs)}; "
        f"still {still} bytes in 3 s"
    )


def table_of_a_thousand(folder: Path) -> None:
    """Key to repaint in a table of 1,000 nodes; an edit is durable before it is drawn."""
    begun(folder, 1000, "nodes")
    line = ours(folder)
    line.until(b"help")
    line.until_still()
    figures = {}
    for name, key in (("move", b"\x1b[B"), ("edit, saved", b"r")):
        times = []
        for _ in range(15):
            began = time.perf_counter()
            line.send(key)
            line.until(b"\x1b[")
            times.append(time.perf_counter() - began)
            line.until_still(0.1)
        figures[name] = statistics.median(times) * 1000
    line.end()
    print("1,000 nodes, key to repaint: " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in figures.items()))


def log_under_flood(folder: Path, rate: int, **env: str) -> None:
    """Bytes a second while a run writes `rate` lines a second, and how long a key takes meanwhile."""
    session = begun(folder, screen="run")
    program = session.cluster_folder / "rke"
    program.write_text(f"#!{sys.executable}\n{WRITER.format(rate=rate, seconds=20)}")
    program.chmod(0o755)
    run = start(session.path, [str(program), "up"], cwd=session.cluster_folder, env=dict(os.environ))
    line = ours(folder, **env)
    line.until(b"FOLLOW")
    line.read(1.5)
    sent = len(line.read(4.0)) / 4
    times = []
    for turn in range(20):
        line.read(random.uniform(0.1, 0.25))
        began = time.perf_counter()
        line.send(b"f" if turn % 2 else b"\x1b[5~")
        line.until(*((b"FOLLOW",) if turn % 2 else (b"reading", b"new (f)")))
        times.append(time.perf_counter() - began)
    line.end()
    run.send(signal.SIGKILL)
    where = "over SSH" if env else "local"
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"log pane, {rate:,} lines/s, {where}: {sent / 1000:.1f} KB/s, "
        f"key to repaint p50 {statistics.median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )


def peer_under_flood(folder: Path, rate: int, widget: str) -> None:
    """The same with Textual's own `widget` (Log, RichLog), a line at a time."""
    folder.mkdir(parents=True)
    log, script = folder / "log", folder / "peer.py"
    script.write_text(PEER_LOG)
    log.touch()
    writer = os.spawnv(
        os.P_NOWAIT,
        "/bin/sh",
        ["sh", "-c", f'exec {sys.executable} -c "$0" > {log}', WRITER.format(rate=rate, seconds=12)],
    )
    line = Line([str(script), str(log), widget])
    line.until(b"keys")
    line.read(1.5)
    sent = len(line.read(4.0)) / 4
    times = []
    for turn in range(10):
        line.read(0.2)
        began = time.perf_counter()
        line.send(b"k")
        line.until(f"keys {turn + 1}".encode()[-1:], seconds=30)
        times.append(time.perf_counter() - began)
    line.end()
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"  {widget}, {rate:,} lines/s: {sent / 1000:.1f} KB/s, "
        f"key to repaint p50 {statistics.median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )


def log_of_a_million_lines(folder: Path) -> None:
    """From the key that opens the run's screen to its log's first paint, and a search through all of it."""
    session = begun(folder)
    program = session.cluster_folder / "rke"
    program.write_text(f"#!{sys.executable}\n{MILLION}")
    program.chmod(0o755)
    run = start(session.path, [str(program), "up"], cwd=session.cluster_folder, env=dict(os.environ))
    while run.status().live:
        time.sleep(0.1)
    line = ours(folder)
    line.until(b"help")
    line.until_still()
    line.send(b"g")
    line.until(b"0-12")
    line.send(b"11")
    line.until_still(1.0)
    began = time.perf_counter()
    line.send(b"\r")
    line.until(b"FOLLOW")
    painted = time.perf_counter() - began
    line.read(3.0)
    line.send(b"/")
    line.until(b"Search")
    line.send(b"number 999,99")
    line.until_still(1.0)
    began = time.perf_counter()
    line.send(b"\r")
    line.until(b"next hit")
    found = time.perf_counter() - began
    line.end()
    print(f"log of 1,000,000 lines: first paint {painted:.2f} s, search through all of it {found:.2f} s")


def log_index(folder: Path) -> None:
    """Lines taken in a second, and bytes of memory a line, of a log of 300,000 lines."""
    import tracemalloc

    folder.mkdir(parents=True)
    path = folder / "rke.log"
    with path.open("w") as file:
        for number in range(300_000):
            file.write(
                f'time="2026-11-23T07:00:00Z" level=info msg="[etcd] Pulling image {number} on host [10.0.1.11]"\n'
            )
    model = LogModel(path)
    began = time.perf_counter()
    model.log.refresh()
    indexed = time.perf_counter() - began
    tracemalloc.start()
    model = LogModel(path)
    model.log.refresh()
    before = time.perf_counter()
    while model.behind:
        model.advance(1.0)
    judged = time.perf_counter() - before
    held, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"log index: {300_000 / indexed:,.0f} lines/s; judged (memory traced) {300_000 / judged:,.0f} lines/s; "
        f"{held / 300_000:.1f} bytes a line"
    )


def main() -> None:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first_frame(folder / "first")
        bytes_a_key(folder / "bytes")
        table_of_a_thousand(folder / "table")
        log_index(folder / "index")
        log_of_a_million_lines(folder / "million")
        log_under_flood(folder / "ssh", 50, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22")
        log_under_flood(folder / "local", 50)
        log_under_flood(folder / "many", 2_000)
        for widget in ("Log", "RichLog"):
            peer_under_flood(folder / f"{widget}-few", 50, widget)
            peer_under_flood(folder / f"{widget}-many", 2_000, widget)
        log_under_flood(folder / "flood", 20_000)


if __name__ == "__main__":
    main()
