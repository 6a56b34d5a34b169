"""What several tests of the commands stand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.cli import main
from rancher_tui.install.session import Home
from tests.unit.backup_case import Call, planted


@pytest.fixture
def call(home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Commands as a shell calls them, beside a session `prod` with everything that a backup holds: code, out, err."""
    planted(home, tmp_path / "files")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return run
