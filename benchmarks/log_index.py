"""The log as a file with an index: lines indexed, memory a line, opening, searching; Textual's widgets beside.

Run: python -m benchmarks.log_index [LINES]. In the same run Log is fed in batches of 1,000 lines, RichLog with a
hundredth of the lines one by one, without a terminal.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from rancher_tui.rke.lines import parse_line
from rancher_tui.rke.log import LogFile
from rancher_tui.rke.progress import Progress
from rancher_tui.rke.search import compiled, matching_lines

LINE = (
    'time="2026-11-23T07:{:02}:{:02}Z" level=info msg="[worker] Successfully started [x{}] on host [10.0.0.{}]"\n'
)


def write(path: Path, lines: int) -> None:
    with path.open("w") as file:
        for number in range(lines):
            file.write(LINE.format(number // 60 % 60, number % 60, number, number % 3 + 11))


def memory() -> int:
    """Resident bytes of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def best(times: int, work: object) -> float:
    """The shortest of several timings, in seconds."""
    assert callable(work)
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def index(path: Path, lines: int) -> dict[str, float]:
    before = memory()
    log = LogFile(path)
    log.refresh()
    held = memory() - before
    opening = best(5, lambda: LogFile(path).refresh())
    first_paint = best(5, lambda: [LogFile(path).refresh(1 << 16), LogFile(path)])
    search = best(3, lambda: matching_lines(log, compiled("[x999")))
    rare = best(3, lambda: matching_lines(log, compiled("Never 1$", regex=True)))
    sample = list(log.lines(0, 20_000))
    progress = Progress()
    begin = time.perf_counter()
    for number, raw in enumerate(sample):
        progress.feed(number, parse_line(raw))
    judged = len(sample) / (time.perf_counter() - begin)
    return {
        "lines": lines,
        "indexed_per_s": lines / opening,
        "open_s": opening,
        "first_64_kib_s": first_paint,
        "bytes_a_line": held / lines,
        "search_s": search,
        "search_regex_s": rare,
        "judged_per_s": judged,
    }


async def widgets(path: Path, lines: int) -> dict[str, float]:
    """Lines a second and bytes a line of Textual's Log (batches) and RichLog."""
    from textual.app import App, ComposeResult
    from textual.widgets import Log, RichLog

    class Panes(App[None]):
        def compose(self) -> ComposeResult:
            yield Log()
            yield RichLog()

    texts = path.read_text().splitlines()
    few = texts[: max(1000, lines // 100)]
    app = Panes()
    async with app.run_test(size=(80, 24)) as pilot:
        log, rich = app.query_one(Log), app.query_one(RichLog)
        before, begin = memory(), time.perf_counter()
        for first in range(0, len(texts), 1000):
            log.write_lines(texts[first : first + 1000])
            await asyncio.sleep(0)
        batched, held = len(texts) / (time.perf_counter() - begin), (memory() - before) / len(texts)
        before, begin = memory(), time.perf_counter()
        for text in few:
            rich.write(text)
        await pilot.pause()
        single, rich_held = len(few) / (time.perf_counter() - begin), (memory() - before) / len(few)
    return {
        "textual_log_per_s": batched,
        "textual_log_bytes_a_line": held,
        "textual_rich_log_per_s": single,
        "textual_rich_log_bytes_a_line": rich_held,
    }


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rke.log"
        write(path, lines)
        figures = index(path, lines) | asyncio.run(widgets(path, min(lines, 200_000)))
    figures["index_over_log"] = figures["indexed_per_s"] / figures["textual_log_per_s"]
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2))


if __name__ == "__main__":
    main()
