"""What every snapshot stands on: one terminal, one clock, one home, two sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rancher_tui.open_session import LocalInstall

Compare = Callable[..., bool]
SIZES = [(80, 24), (120, 40)]


def name_of(size: tuple[int, int]) -> str:
    """A size as it stands in a snapshot's name."""
    return f"{size[0]}x{size[1]}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; everything was looked at at 02:11 UTC, and every file that is named is there."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    for place in ("heading", "certificates"):
        monkeypatch.setattr(f"screens.{place}.moment", lambda _when, _utc: "02:11 UTC")
    monkeypatch.setattr(LocalInstall, "absent_files", lambda _install, _fields: [])
    return tmp_path / "home"
