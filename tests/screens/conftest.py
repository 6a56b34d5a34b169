"""Screens in tests: a real engine on a home of its own, driven by keys, read as text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from rancher_tui.engine import LocalEngine
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store
from screens.app import RancherApp

SIZES = ((80, 24), (120, 40))


class User:
    """What a user does and sees."""

    def __init__(self, app: RancherApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.keystrokes = 0

    @property
    def store(self) -> Store:
        assert self.app.install is not None
        return self.app.install.store

    @property
    def state(self) -> InstallState:
        return self.store.state

    async def press(self, *keys: str) -> None:
        """Press keys one after another."""
        self.keystrokes += len(keys)
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type text, key by key."""
        names = {" ": "space", "/": "slash", ".": "full_stop", "-": "minus", "~": "tilde", "_": "underscore"}
        await self.press(*(names.get(character, character) for character in text))

    async def paste(self, text: str) -> None:
        """Paste text as a terminal marks it: one keystroke."""
        self.keystrokes += 1
        assert self.app.screen.focused is not None
        pasted = events.Paste(text)
        pasted._set_forwarded()
        self.app.screen.focused.post_message(pasted)
        await self.pilot.pause()

    @property
    def screen(self) -> str:
        """Everything that is on the terminal."""
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    def line_with(self, text: str) -> str:
        """The first line that holds `text`; AssertionError shows the screen when there is none."""
        found = next((line for line in self.lines if text in line), None)
        assert found is not None, f"{text!r} is not on the screen:\n{self.screen}"
        return found

    async def sees(self, text: str, *, gone: str = "", seconds: float = 20.0) -> None:
        """Wait until `text` stands on the terminal, and `gone` no longer does."""
        end = time.monotonic() + seconds
        while text not in self.screen or (gone and gone in self.screen):
            assert time.monotonic() < end, f"{text!r} did not come:\n{self.screen}"
            await asyncio.sleep(0.02)
            await self.pilot.pause()


Opening = Callable[..., "Awaitable[User]"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for sessions."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")

    return tmp_path / "home"


@asynccontextmanager
async def using(home: Path, session: str = "", size: tuple[int, int] = (80, 24)) -> AsyncIterator[User]:
    """The program, opened by a user at a terminal of that size."""
    app = RancherApp(lambda: LocalEngine.of(home), session)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield User(app, pilot)
        app.save_and_close()


def begun(home: Path, state: InstallState | None = None, name: str = "prod") -> str:
    """A session with that state, closed again."""
    install = LocalEngine.of(home).create(name, state)
    assert not isinstance(install, str) and hasattr(install, "close"), install
    install.close()
    return name
