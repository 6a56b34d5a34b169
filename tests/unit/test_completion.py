"""Completion in the shells themselves: what Tab makes of a line. The program is never started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from assets import FOLDER

Requires = Callable[..., None]

CASES = (
    (("che",), "check"),
    (("show", "pro"), "prod"),
    (("prod-",), "prod-2"),
    (("check", "prod", "dn"), "dns"),
    (("check", "prod", "dns", "cert"), "certificates"),
    (("cert", "--ke"), "--key"),
    (("cert", "--key", "cha"), "chain.pem"),
    (("--language", "zh"), "zh_CN"),
    (("--language", "zh_CN", "schem"), "schema"),
    (("balancer", "prod", "hap"), "haproxy"),
    (("lab", "--fault", "name-"), "name-elsewhere"),
    (("schema", "prefl"), "preflight"),
)
IDS = [" ".join(words) for words, _whole in CASES]


@pytest.fixture
def folder(tmp_path: Path, home: object) -> Path:
    """A folder with a file, beside a home with two sessions."""
    for name in ("prod", "prod-2"):
        (Path(os.environ["RANCHER_TUI_HOME"]) / "sessions" / name).mkdir(parents=True)
    work = tmp_path / "work"
    work.mkdir()
    (work / "chain.pem").touch()
    return work


@pytest.mark.parametrize(("words", "whole"), CASES, ids=IDS)
def test_bash(folder: Path, words: tuple[str, ...], whole: str) -> None:
    script = FOLDER / "completion" / "rancher-tui.bash"
    lines = [f"source {script}", "COMP_WORDS=(rancher-tui " + " ".join(words) + ")", f"COMP_CWORD={len(words)}"]
    code = "\n".join([*lines, "_rancher_tui", 'printf "%s\\n" "${COMPREPLY[@]}"'])
    done = subprocess.run(["bash", "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert whole in done.stdout.splitlines()
    assert all(line.startswith(words[-1]) for line in done.stdout.splitlines())


@pytest.mark.real
@pytest.mark.parametrize(("words", "whole"), CASES, ids=IDS)
def test_fish(requires: Requires, folder: Path, words: tuple[str, ...], whole: str) -> None:
    requires("fish")
    script = FOLDER / "completion" / "rancher-tui.fish"
    code = f"source {script}; complete -C 'rancher-tui {' '.join(words)}'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert whole in [line.split("\t")[0] for line in done.stdout.splitlines()]


@pytest.mark.real
def test_zsh(requires: Requires, folder: Path) -> None:
    requires("zsh")
    script = FOLDER / "completion" / "rancher-tui.zsh"
    shell = pexpect.spawn("zsh", ["-f"], cwd=str(folder), dimensions=(40, 200), encoding="utf-8", timeout=20)
    shell.sendline(f"PS1='> '; autoload -Uz compinit; compinit -D -u; source {script}; echo rea''dy")
    shell.expect("ready")
    for words, whole in CASES:
        begun = " ".join(("rancher-tui", *words[:-1]))
        shell.send(f"{begun} {words[-1]}\t")
        shell.expect_exact(f"{begun} {whole}")
        shell.send("\x15")
    shell.close(force=True)
