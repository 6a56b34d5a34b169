"""What all screens share, for every kind of eyes and terminal: help, palette, boxes, themes, signs, languages, sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion
from textual.containers import Vertical
from textual.pilot import Pilot

from rancher_tui import settings
from rancher_tui.engine import LocalEngine
from screens import registry
from screens.app import RancherApp
from screens.dialogs.ask import Agree, Ask, TypedWord
from screens.dialogs.dialog import Dialog
from tests.screens.conftest import User, using
from tests.screens.sample import save_sample
from tests.snapshots.conftest import SIZES, Compare, name_of
from tests.snapshots.taking import at_two_sizes, taken

Size = tuple[int, int]
IN_CHINESE = ("overview", "nodes", "certificates", "run")


@pytest.fixture
def app(home: Path) -> RancherApp:
    """The program on the sample's session, made when a test has chosen how it looks."""
    save_sample(home)
    return RancherApp(lambda: LocalEngine.of(home))


def inside_the_box(user: User) -> list[str]:
    """The lines of the box that stands over the screen, without what shows beside it."""
    box = user.app.screen.query_one(Vertical).region
    return ["".join(cells_of(line)[box.x : box.right]).rstrip() for line in user.lines[box.y : box.bottom]]


def cells_of(line: str) -> list[str]:
    """A line by its cells: a wide character in its first, nothing in its second."""
    return [cell for character in line for cell in (character, *[""] * (cell_len(character) - 1))]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_the_first_page_of_help(home: Path, snapshot: SnapshotAssertion, language: str) -> None:
    """Read as text, so that a change of a page is read in the difference."""
    save_sample(home)
    settings.change(language=language)
    pages: list[str] = []
    for size in SIZES:
        async with using(home, size=size) as user:
            for place in registry.PLACES if language == "en" else IN_CHINESE:
                if place == "sessions":
                    continue
                await user.app.go(place)
                await user.press("?")
                assert all(cell_len(line) == size[0] for line in user.lines)
                pages.append("\n".join([f"{place} {name_of(size)}", *inside_the_box(user)]))
                await user.press("escape")
    assert "\n\n".join(pages) == snapshot


FOUND = {"best-first": "ver", "on-another-screen": "private ca", "nothing": "zzz"}


@pytest.mark.parametrize("name", FOUND)
def test_the_palette(app: RancherApp, snap_compare: Compare, name: str) -> None:
    keys = ("g", "8", "enter", "ctrl+p", *FOUND[name].replace(" ", "\0"))
    assert taken(snap_compare, app, [key.replace("\0", "space") for key in keys], (80, 24))


def refused(text: str) -> str:
    return f"{text} is taken already"


LINES: list[Any] = [
    [(f"10.0.1.{host} as rancher: etcd, control plane, worker", "plain")] for host in range(11, 31)
]
BOXES: dict[str, tuple[Callable[[], Dialog[Any]], tuple[str, ...]]] = {
    "a-text": (lambda: Ask("A name for the new session", "prod", refused), ("enter",)),
    "a-word": (
        lambda: TypedWord("Delete the session prod and all its files?", LINES, "prod"),
        ("p", "r", "enter"),
    ),
    "enter": (lambda: Agree("Start the run?", LINES[:3], "start it"), ()),
}


@at_two_sizes
@pytest.mark.parametrize("name", BOXES)
def test_a_box(app: RancherApp, snap_compare: Compare, name: str, size: Size) -> None:
    made, keys = BOXES[name]

    async def press(pilot: Pilot[int]) -> None:
        await pilot.press("g", "6", "enter")
        app.push_screen(made())
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    assert snap_compare(app, run_before=press, terminal_size=size)


NODES = ("g", "6", "enter", "n")
CERTIFICATES = ("g", "7", "enter", "n")
OVERVIEW = ("g", "0", "enter")
LOOKS: dict[str, tuple[dict[str, str], tuple[str, ...], Size]] = {
    "light-overview": ({"theme": "light"}, OVERVIEW, (80, 24)),
    "light-nodes": ({"theme": "light"}, NODES, (120, 40)),
    "ascii-certificates": ({"signs": "ascii"}, CERTIFICATES, (80, 24)),
    "ascii-nodes": ({"signs": "ascii"}, NODES, (120, 40)),
    "plain-overview": ({"plain": "yes"}, OVERVIEW, (80, 24)),
    "plain-nodes": ({"plain": "yes"}, NODES, (120, 40)),
    "no-colour-overview": ({"NO_COLOR": "1"}, OVERVIEW, (80, 24)),
    "no-colour-typing": ({"NO_COLOR": "1"}, ("g", "6", "enter", "down", "enter", "x"), (120, 40)),
    "chinese-overview": ({"language": "zh_CN"}, OVERVIEW, (80, 24)),
    "chinese-nodes": ({"language": "zh_CN"}, NODES, (80, 24)),
    "chinese-nodes-wide": ({"language": "zh_CN"}, NODES, (120, 40)),
    "tiny-overview": ({}, OVERVIEW, (40, 10)),
    "tiny-nodes": ({}, NODES, (40, 10)),
    "tiniest-nodes": ({}, NODES, (20, 5)),
    "low-certificates": ({}, CERTIFICATES, (60, 15)),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look(home: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    chosen, keys, size = LOOKS[name]
    save_sample(home)
    if chosen.get("NO_COLOR") or chosen.get("plain"):
        monkeypatch.setenv("NO_COLOR", "1")
    settings.change(**{field: value for field, value in chosen.items() if field != "NO_COLOR"})
    assert taken(snap_compare, RancherApp(lambda: LocalEngine.of(home)), keys, size)
