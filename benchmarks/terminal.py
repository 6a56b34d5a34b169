"""Programs at the far end of a pseudo terminal of 80x24: what they send, and how long a key takes."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from pathlib import Path

from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import Cursor, InstallState, Node

OVER_SSH = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
_SIZE = struct.pack("HHHH", 24, 80, 0, 0)


class EndedError(Exception):
    """The program at the far end has ended."""


class Line:
    """A program (Python, if none is named) and the terminal that it draws on, in a plain environment and `env`."""

    def __init__(self, folder: Path, arguments: list[str], *, program: str = sys.executable, **env: str) -> None:
        plain = {"HOME": str(folder), "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self.began = time.perf_counter()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execve(program, [program, *arguments], plain | env)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, _SIZE)

    def read(self, seconds: float) -> int:
        """How many bytes come within `seconds`."""
        total, until = 0, time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                total += len(self._take())
        return total

    def _take(self) -> bytes:
        """What has come; EndedError when nothing can come any more."""
        try:
            data = os.read(self.descriptor, 1 << 20)
        except OSError:
            data = b""
        if not data:
            raise EndedError("the program ended before its time")
        return data

    def until(self, *texts: bytes, seconds: float = 15.0) -> float:
        """Milliseconds until one of `texts` came; TimeoutError when none does."""
        began, data = time.perf_counter(), b""
        while not any(text in data for text in texts):
            left = began + seconds - time.perf_counter()
            if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
                raise TimeoutError(f"{texts!r} did not come within {seconds:.0f} s")
            data += self._take()
        return (time.perf_counter() - began) * 1000

    def ages_at(self, *texts: bytes, seconds: float = 15.0) -> list[float]:
        """The program's age in milliseconds when each of `texts` had come, one after the other."""
        ages, data, ends = [], b"", time.perf_counter() + seconds
        for text in texts:
            while text not in data:
                left = ends - time.perf_counter()
                if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
                    raise TimeoutError(f"{text!r} did not come within {seconds:.0f} s")
                data += self._take()
            ages.append(self.age)
        return ages

    def until_still(self, seconds: float = 0.4) -> int:
        """Bytes that come until nothing does for `seconds`."""
        total = 0
        while select.select([self.descriptor], [], [], seconds)[0]:
            total += len(self._take())
        return total

    @property
    def age(self) -> float:
        """Milliseconds since the program was started."""
        return (time.perf_counter() - self.began) * 1000

    def send(self, keys: bytes) -> None:
        os.write(self.descriptor, keys)

    def answer(self, keys: bytes, *texts: bytes, seconds: float = 15.0) -> float:
        """Milliseconds from the keys to one of `texts`."""
        self.send(keys)
        return self.until(*texts, seconds=seconds)

    def memory(self) -> float:
        """Megabytes that the program holds now (resident)."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1000 if found else 0.0

    def processor(self) -> float:
        """Seconds of a core that the program has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


class SlowLine(Line):
    """The same behind a link that carries `BYTES_A_SECOND`, a piece at a time."""

    BYTES_A_SECOND = 20_000
    _PIECE = 200

    def __init__(self, folder: Path, arguments: list[str], **env: str) -> None:
        super().__init__(folder, arguments, **env)
        self._terminal = self.descriptor
        self.descriptor, self._near = os.pipe()
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        due = time.perf_counter()
        try:
            while data := os.read(self._terminal, self._PIECE):
                due = max(due, time.perf_counter()) + len(data) / self.BYTES_A_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                os.write(self._near, data)
        except OSError:
            os.close(self._near)

    def send(self, keys: bytes) -> None:
        os.write(self._terminal, keys)


def begun(home: Path, count: int = 3, screen: str = "overview") -> Session:
    """A session of so many nodes, closed again, that opens on `screen`."""
    nodes = tuple(Node(address=f"10.{row // 250}.{row % 250}.7", user="rancher") for row in range(count))
    state = InstallState(fqdn="rancher.example.com", nodes=nodes, cursor=Cursor(screen=screen))
    session = Home(home).create("prod", state)
    session.close()
    return session


def ours(home: Path, **env: str) -> Line:
    """The program on the sessions in `home`."""
    return Line(home, ["-m", "rancher_tui.cli"], RANCHER_TUI_HOME=str(home), **env)


def ours_far(home: Path) -> SlowLine:
    """The program over SSH behind a slow link."""
    return SlowLine(home, ["-m", "rancher_tui.cli"], RANCHER_TUI_HOME=str(home), **OVER_SSH)


def pause(line: Line) -> None:
    """The pause of a person between two keys, never in step with the program's own rhythm."""
    line.read(random.uniform(0.1, 0.25))
