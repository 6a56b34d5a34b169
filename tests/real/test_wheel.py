"""The wheel in an environment of its own: it carries everything that a rehearsal needs."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("lab-headless")


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An environment with the wheel in it; only the dependencies come from this one."""
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=tmp_path)
    python = environment / "bin" / "python"
    (wheel,) = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    own = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def test_the_wheel_alone_walks_the_rehearsal(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed / "python", "-c", "import rancher_tui, screens, assets; print(assets.__file__)", cwd=tmp_path
    )
    assert where.startswith(str(installed.parent))
    out = run(
        installed / "rancher-tui", "lab", "--headless", cwd=tmp_path, RANCHER_TUI_HOME=str(tmp_path / "home")
    )
    assert out.splitlines()[-1] == "verdict up REHEARSAL"
    assert len(out.splitlines()) == 13
