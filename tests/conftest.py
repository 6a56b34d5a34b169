"""What every test stands on: a home of its own, a clean environment, programs that are there or not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from rancher_tui import i18n, settings
from rancher_tui.install.session import Home

KEPT = frozenset({"RANCHER_TUI_TEST_DATA", "RANCHER_TUI_NODE_LAB", "RANCHER_TUI_REQUIRE_REAL"})
"""Variables of the test run itself; every other RANCHER_* variable is taken away from a test."""


hypothesis_settings.register_profile("steady", derandomize=True, database=None)
hypothesis_settings.register_profile("searching", max_examples=1000, deadline=None, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("RANCHER_TUI_HYPOTHESIS", "steady"))


@pytest.fixture(autouse=True)
def as_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Usual settings and keys, the locale's language, whatever a test before has chosen."""
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(settings, "_chosen", settings.Settings())
    monkeypatch.setattr(settings, "_wrong", ())
    monkeypatch.setattr(i18n, "_language", None)


@pytest.fixture(autouse=True)
def clean_slate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual settings and language, an empty home named by RANCHER_TUI_HOME; the operator's own is out of reach."""
    for variable in [name for name in os.environ if name.startswith("RANCHER_") and name not in KEPT]:
        monkeypatch.delenv(variable)
    for variable in ("SSH_CONNECTION", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("RANCHER_TUI_HOME", str(tmp_path / "rancher-tui-home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(settings, "_chosen", settings.Settings())
    monkeypatch.setattr(settings, "_wrong", ())
    monkeypatch.setattr(i18n, "_language", None)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home for sessions, the one that RANCHER_TUI_HOME names."""
    return Home(tmp_path / "rancher-tui-home")


def require(*programs: str) -> None:
    """Skip the test unless every program is installed; under RANCHER_TUI_REQUIRE_REAL=1 fail it instead."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    reason = f"not installed: {', '.join(missing)}"
    if os.environ.get("RANCHER_TUI_REQUIRE_REAL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def requires() -> Callable[..., None]:
    """`requires("sshd", "named")`: the test goes on only where these programs are installed."""
    return require
