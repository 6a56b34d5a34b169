"""The log as a file with an index: lines indexed a second, memory a line; Textual's Log and RichLog beside.

Each holder of lines is measured in a process of its own: python -m benchmarks.log_index HOLDER LOG
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.figures import Figure, Limit, Measurement, Peer, Row
from benchmarks.timing import clocked
from rancher_tui.rke.lines import parse_line
from rancher_tui.rke.log import LogFile
from rancher_tui.rke.progress import Progress
from rancher_tui.rke.search import compiled, matching_lines
from screens.log_model import LogModel

MILLION = 1_000_000
ROUNDS = 3
LINE = (
    'time="2026-11-23T07:{:02}:{:02}Z" level=info msg="[worker] Successfully started [x{}] on host [10.0.0.{}]"\n'
)
INDEXED = Row(
    "log-index",
    "log lines indexed",
    "lines/s",
    "a log of 1,000,000 lines opened and indexed to its end; Log gets 100,000 lines in batches of 1,000, RichLog "
    "5,000 one by one, without a terminal; a process each",
    Limit(500_000, least=True),
)
HELD = Row(
    "log-memory",
    "memory a log line",
    "bytes",
    "growth of resident memory: 1,000,000 lines indexed and judged; the peers' lines held by the widget",
    Limit(12),
)
JUDGED = Row(
    "log-judged",
    "log lines read for their meaning",
    "lines/s",
    "20,000 lines parsed and fed to the progress of a run",
)
SEARCHED = Row(
    "log-search",
    "search of 1,000,000 log lines",
    "ms",
    "every line that holds a text; grep -c reads the same file",
)


def write(path: Path, lines: int) -> None:
    with path.open("w") as file:
        for number in range(lines):
            file.write(LINE.format(number // 60 % 60, number % 60, number, number % 3 + 11))


def memory() -> int:
    """Resident bytes of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def ours(path: Path) -> tuple[float, float]:
    """Lines a second into the index; bytes a line of the model that the pane draws from."""
    few = path.with_name("few.log")
    write(few, 2_000)
    judged(few)
    before = memory()
    model = judged(path)
    held = (memory() - before) / model.judged
    taken = statistics.median(clocked(lambda: LogFile(path).refresh()) for _ in range(5))
    return MILLION / taken * 1000, held


def judged(path: Path) -> LogModel:
    """A model that has taken in every line."""
    model = LogModel(path)
    model.advance(0.0)
    while model.behind:
        model.advance(1.0)
    return model


async def widget(path: Path, name: str, count: int, batch: int) -> tuple[float, float]:
    """Lines a second and bytes a line of Textual's `name`, fed with batches of lines (`batch` 1: one by one)."""
    from textual import widgets
    from textual.app import App, ComposeResult

    class Pane(App[None]):
        def compose(self) -> ComposeResult:
            yield getattr(widgets, name)()

    with path.open() as file:
        texts = [text.rstrip("\n") for text in islice(file, count)]
    app = Pane()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.query_one(getattr(widgets, name))
        before, began = memory(), time.perf_counter()
        for first in range(0, count, batch):
            if batch == 1:
                pane.write(texts[first])
            else:
                pane.write_lines(texts[first : first + batch])
                await asyncio.sleep(0)
        await pilot.pause()
        return count / (time.perf_counter() - began), (memory() - before) / count


HOLDERS: dict[str, Callable[[Path], tuple[float, float]]] = {
    "ours": ours,
    "Log": lambda path: asyncio.run(widget(path, "Log", 100_000, 1000)),
    "RichLog": lambda path: asyncio.run(widget(path, "RichLog", 5_000, 1)),
}


def apart(holder: str, path: Path) -> tuple[float, float]:
    """The two figures of a holder, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.log_index", holder, str(path)]
    speed, held = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return speed, held


def index(folder: Path) -> Iterator[Figure]:
    """The holders in turn."""
    path = folder / "rke.log"
    write(path, MILLION)
    found = {holder: [apart(holder, path) for _ in range(ROUNDS)] for holder in HOLDERS}
    for row, at in ((INDEXED, 0), (HELD, 1)):
        middle = {holder: statistics.median(each[at] for each in runs) for holder, runs in found.items()}
        others = tuple(Peer(f"Textual's {name}", middle[name]) for name in ("Log", "RichLog"))
        yield Figure(row, middle["ours"], f"{ROUNDS} processes", others)


def meaning(folder: Path) -> Iterator[Figure]:
    """What is done with every line, and with all of them."""
    path = folder / "rke.log"
    write(path, MILLION)
    with LogFile(path) as log:
        log.refresh()
        sample = list(log.lines(0, 20_000))
        taken = statistics.median(clocked(lambda: _judge(sample)) for _ in range(5))
        yield Figure(JUDGED, len(sample) / taken * 1000, "5 times")
        pattern = compiled("[x9999")
        search = statistics.median(clocked(lambda: matching_lines(log, pattern)) for _ in range(5))
        grep = ["grep", "-c", "-F", "[x9999", str(path)]
        other = statistics.median(
            clocked(lambda: subprocess.run(grep, check=True, capture_output=True)) for _ in range(5)
        )
        yield Figure(SEARCHED, search, "5 times", (Peer("grep -c -F, a process", other),))


def _judge(sample: list[bytes]) -> None:
    progress = Progress()
    for number, raw in enumerate(sample):
        progress.feed(number, parse_line(raw))


MEASUREMENTS = (Measurement((INDEXED, HELD), index), Measurement((JUDGED, SEARCHED), meaning))

if __name__ == "__main__":
    print(json.dumps(HOLDERS[sys.argv[1]](Path(sys.argv[2]))))
