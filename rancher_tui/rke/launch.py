"""Starting the runner: the draft of a run's status, the process, its first word."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any

from rancher_tui.files import timestamp, write_atomic
from rancher_tui.rke import runner

DEADLINE_S = 30.0
"""How long the runner may take to its first word, and how long we wait for another start to finish."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an advisory lock; waits for another holder, OSError after the deadline."""
    until = time.monotonic() + DEADLINE_S
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield


def launch(folder: Path, draft: Mapping[str, Any], env: Mapping[str, str]) -> Path:
    """Make a run's folder below `folder` and start its runner: the run's folder. OSError says why it cannot be."""
    run = _new_folder(folder)
    try:
        began = {"boot_id": runner.boot_id(), "drafted_boottime_s": time.clock_gettime(time.CLOCK_BOOTTIME)}
        write_atomic(run / runner.STATUS, json.dumps({**draft, **began}).encode())
        word = _start_runner(run, env)
    except (OSError, subprocess.TimeoutExpired) as error:
        _discard(run)
        raise OSError(str(error)) from error
    if word != "started":
        _discard(run)
        raise OSError(word or "the runner ended without a word")
    return run


def _new_folder(folder: Path) -> Path:
    """`0001-20261123T072151Z`: counted, so that the order holds although clocks are set back."""
    numbers = [int(entry.name[:4]) for entry in folder.iterdir() if entry.name[:4].isdecimal()]
    run = folder / f"{max(numbers, default=0) + 1:04}-{timestamp()}"
    run.mkdir(mode=0o700)
    return run


def _discard(run: Path) -> None:
    """Take away the folder of a run that never began."""
    for entry in run.iterdir():
        entry.unlink()
    run.rmdir()


def _start_runner(run: Path, env: Mapping[str, str]) -> str:
    """The runner's first word: `started`, or the reason why not."""
    reader, writer = os.pipe()
    try:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", runner.__file__, str(run.absolute()), str(writer)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(env),
                cwd="/",
                start_new_session=True,
                pass_fds=(writer,),
            )
        finally:
            os.close(writer)
        process.wait(DEADLINE_S)
        return _read_all(reader)
    finally:
        os.close(reader)


def _read_all(descriptor: int) -> str:
    """What is written until the writer closes, or is silent for the deadline."""
    parts: list[bytes] = []
    while select([descriptor], [], [], DEADLINE_S)[0]:
        part = os.read(descriptor, 4096)
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")
