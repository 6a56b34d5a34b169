"""How the screens look, at two sizes, as SVG snapshots."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot

from rancher_tui.engine import LocalEngine
from rancher_tui.install.state import InstallState, Node
from screens.app import RancherApp
from tests.screens.sample import save_sample
from tests.snapshots.conftest import SIZES, Compare, name_of

SCREENS = {
    "overview": ("g", "0", "enter"),
    "node-table": ("g", "6", "enter", "down", "right"),
    "node-table-editing": ("g", "6", "enter", "down", "enter"),
    "hosts": ("g", "1", "enter"),
    "dns": ("g", "3", "enter"),
    "template": ("g", "5", "enter"),
    "certificates": ("g", "7", "enter"),
    "fqdn": ("g", "8", "enter"),
    "version": ("g", "9", "enter"),
    "options": ("g", "8", "enter", "o"),
    "images": ("g", "9", "enter", "G"),
    "problem": ("g", "6", "enter", "n"),
    "palette": ("g", "0", "enter", "ctrl+p", "u", "n"),
    "help": ("g", "6", "enter", "question_mark"),
    "go-to": ("g",),
    "details": ("g", "7", "enter", "i"),
}


@pytest.mark.parametrize("size", SIZES, ids=name_of)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen(home: Path, snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    save_sample(home)
    app = RancherApp(lambda: LocalEngine.of(home))

    async def press(pilot: Pilot[int]) -> None:
        await pilot.press(*SCREENS[name])
        await pilot.pause()

    assert snap_compare(app, run_before=press, terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=name_of)
def test_the_list_of_sessions(
    home: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    save_sample(home)
    os.utime(home / "sessions" / "prod-rancher" / "install.json", (1_700_000_000, 1_700_000_000))
    monkeypatch.setattr(LocalEngine, "last", lambda _engine: "")
    monkeypatch.setattr(LocalEngine, "home", "/home/op/.local/state/rancher-tui/sessions")
    assert snap_compare(RancherApp(lambda: LocalEngine.of(home)), terminal_size=size)


def test_names_in_chinese_keep_the_columns(home: Path, snap_compare: Compare) -> None:
    engine = LocalEngine.of(home)
    nodes = (Node(address="10.0.1.11", user="证书订单"), Node(address="节点二", user="rancher"))
    install = engine.create("prod", InstallState(label="生产", nodes=nodes))
    assert hasattr(install, "close")
    install.close()

    async def press(pilot: Pilot[int]) -> None:
        await pilot.press("g", "6", "enter")
        await pilot.pause()

    assert snap_compare(RancherApp(lambda: engine), run_before=press, terminal_size=(80, 24))
