"""The peers that are Textual's own: applications as one writes them from its manual, run beside ours."""

from __future__ import annotations

from pathlib import Path

from benchmarks.terminal import Line, SlowLine

_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("hello")
Bare().run(mouse=False)
"""
_FORM = """
from textual.app import App
from textual.widgets import Input, Static
class Form(App):
    def compose(self):
        yield Static("hello")
        yield Input()
Form().run(mouse=False)
"""
_LOG = """
import asyncio, sys
from textual import widgets
from textual.app import App
from textual.widgets import Static
class Pane(App):
    pressed = 0
    def compose(self):
        yield Static("ready", id="keys")
        yield getattr(widgets, sys.argv[1])(id="log")
    def on_mount(self):
        self.run_worker(self.follow())
    async def follow(self):
        log = self.query_one("#log")
        write = getattr(log, "write_line", None) or log.write
        child = await asyncio.create_subprocess_exec(*sys.argv[2:], stdout=asyncio.subprocess.PIPE)
        async for line in child.stdout:
            write(line.decode().rstrip())
    def key_k(self):
        self.pressed += 1
        self.query_one("#keys", Static).update(f"<{self.pressed}>")
Pane().run(mouse=False)
"""


def bare(folder: Path) -> Line:
    """An application of one word, `hello`."""
    return Line(folder, ["-c", _BARE])


def form(folder: Path) -> Line:
    """`hello` and a field that has the focus."""
    return Line(folder, ["-c", _FORM])


def log_pane(folder: Path, widget: str, writer: list[str]) -> Line:
    """A `widget` (Log, RichLog) that gets the writer's lines as they come; the n-th `k` shows `<n>`."""
    return Line(folder, ["-c", _LOG, widget, *writer])


def log_pane_far(folder: Path, widget: str, writer: list[str]) -> SlowLine:
    """The same behind a slow link."""
    return SlowLine(folder, ["-c", _LOG, widget, *writer])
