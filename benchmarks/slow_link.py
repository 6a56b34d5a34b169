"""A key's way over a link of 20 KB/s while a log streams.

Run: python -m benchmarks.slow_link
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.screens import WRITER, Line, begun
from rancher_tui.rke.runs import start

BYTES_A_SECOND = 20_000
PIECE = 200
"""Bytes that the link carries at once."""


class SlowLine(Line):
    """A program whose terminal is read through a slow link."""

    def __init__(self, arguments: list[str], **env: str) -> None:
        super().__init__(arguments, (80, 24), **env)
        self._terminal = self.descriptor
        self.descriptor, self._far = os.pipe()
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        try:
            while True:
                data = os.read(self._terminal, PIECE)
                os.write(self._far, data)
                time.sleep(len(data) / BYTES_A_SECOND)
        except OSError:
            return

    def send(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def main() -> None:
    """Key to repaint, 30 keys, 50 lines a second."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        session = begun(Path(name), screen="run")
        program = session.cluster_folder / "rke"
        program.write_text(f"#!{sys.executable}\n{WRITER.format(rate=50, seconds=30)}")
        program.chmod(0o755)
        run = start(session.path, [str(program), "up"], cwd=session.cluster_folder, env=dict(os.environ))
        line = SlowLine(
            ["-m", "rancher_tui.cli"], RANCHER_TUI_HOME=name, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22"
        )
        line.until(b"FOLLOW")
        line.read(2.0)
        times = []
        for turn in range(30):
            line.read(random.uniform(0.1, 0.3))
            began = time.perf_counter()
            line.send(b"f" if turn % 2 else b"\x1b[5~")
            line.until(*((b"FOLLOW",) if turn % 2 else (b"reading", b"new (f)")))
            times.append(time.perf_counter() - began)
        line.end()
        run.send(signal.SIGKILL)
    p50, p95 = statistics.median(times) * 1000, statistics.quantiles(times, n=20)[-1] * 1000
    print(f"20 KB/s link, 50 lines/s: key to repaint p50 {p50:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()
