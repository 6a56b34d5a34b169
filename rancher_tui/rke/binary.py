"""The rke binary: find it, and judge it by running it for its version. Nothing of its output is trusted."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg

CHECK = "rke"
STEP = 4
DEADLINE_S = 10.0
OUTPUT_LIMIT = 8192
_MACHINES = {3: "386", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64", 22: "s390x", 21: "ppc64le"}
"""ELF e_machine values (ELF specification) as Go names the architectures."""
_HERE = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i686": "386", "i386": "386"}
_VERSION = re.compile(r"^rke version (v\d+\.\d+\.\d+\S*)\s*$", re.MULTILINE)
_SAID = re.compile(r"rke version (\S+)")


def here() -> str:
    """This machine's architecture as Go names it."""
    machine = platform.machine()
    return _HERE.get(machine, machine)


def find(given: str, session_folder: Path) -> Path | None:
    """The rke to use: the path `given`, else `rke` in the session's folder, else on PATH; None when there is none.

    A path that was given is taken as it is, present or not, so that the judgement can say what is wrong with it.
    """
    if given.strip():
        return Path(given.strip()).expanduser().absolute()
    own = session_folder / "rke"
    if own.is_file():
        return own.absolute()
    found = shutil.which("rke")
    return Path(found).absolute() if found else None


async def judge(path: Path, *, wanted: str = "", facts: dict[str, Any]) -> AsyncIterator[Finding]:
    """Judge the binary at `path`; `facts`: path, architecture, script, version, output.

    `wanted` is a version it must have (`v0.1.16`), empty for any.
    """
    facts["path"] = str(path)
    broken, warnings = await asyncio.to_thread(_look, path, facts)
    for finding in [*warnings, *([broken] if broken else [])]:
        yield finding
    if broken:
        return
    finding, version = await _ask_version(path, facts)
    yield finding
    if version and wanted and version.removeprefix("v") != wanted.removeprefix("v"):
        title = msg("rke is {version}, this install wants {wanted}", version=version, wanted=wanted)
        remedy = msg("rancher-tui rke --fetch {wanted}", wanted=wanted)
        yield _finding(Status.FAIL, "rke-version-unlike", path, title, remedy=remedy)


def _finding(
    status: Status,
    code: str,
    path: Path,
    title: Message,
    detail: Message = EMPTY,
    remedy: Message = EMPTY,
    evidence: dict[str, Any] | None = None,
) -> Finding:
    return Finding(status, code, str(path), title, detail, remedy, evidence or {}, CHECK, STEP)


def _look(path: Path, facts: dict[str, Any]) -> tuple[Finding | None, list[Finding]]:
    """What the file shows without being run: the finding that ends the judgement, and warnings."""
    try:
        if not path.is_file():
            code, title = ("rke-missing", msg("there is no file {path}", path=str(path)))
            if path.exists():
                code, title = ("rke-not-a-program", msg("{path} is no file", path=str(path)))
            return _finding(Status.FAIL, code, path, title, remedy=msg("rancher-tui rke --fetch VERSION")), []
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        title = msg("{path} cannot be read: {reason}", path=str(path), reason=error.strerror or str(error))
        return _finding(Status.FAIL, "rke-unreadable", path, title), []
    if not os.access(path, os.X_OK):
        title = msg("{path} may not be run", path=str(path))
        return _finding(
            Status.FAIL, "rke-not-executable", path, title, remedy=msg("chmod +x {path}", path=path)
        ), []
    return _judge_head(path, head, facts)


def _judge_head(path: Path, head: bytes, facts: dict[str, Any]) -> tuple[Finding | None, list[Finding]]:
    facts["script"] = head.startswith(b"#!")
    if facts["script"]:
        return _judge_script(path, head)
    facts["architecture"] = architecture = _architecture(head)
    if not architecture:
        title = msg("{name} is no program for Linux", name=path.name)
        detail = msg("it begins with {head}, not as an ELF program", head=repr(head[:8]))
        remedy = msg("take rke_linux-{here} of the release", here=here())
        return _finding(Status.FAIL, "rke-not-a-program", path, title, detail, remedy), []
    if architecture != here():
        title = msg(
            "rke is built for {architecture}, this machine is {here}", architecture=architecture, here=here()
        )
        remedy = msg("take rke_linux-{here} of the release", here=here())
        return _finding(Status.FAIL, "rke-architecture", path, title, remedy=remedy), []
    return None, []


def _judge_script(path: Path, head: bytes) -> tuple[Finding | None, list[Finding]]:
    words = head[2:].split(b"\n")[0].decode("utf-8", "replace").split()
    interpreter = Path(words[0]) if words else Path()
    if not words or not os.access(interpreter, os.R_OK | os.X_OK):
        title = msg("the script's interpreter {name} cannot be run", name=str(interpreter))
        return _finding(Status.FAIL, "rke-not-a-program", path, title), []
    title = msg("{name} is a script, not rke's own binary", name=path.name)
    return None, [_finding(Status.WARN, "rke-script", path, title, evidence={"interpreter": " ".join(words)})]


def _architecture(head: bytes) -> str:
    """The architecture that an ELF header names; empty when it is none."""
    if len(head) < 20 or not head.startswith(b"\x7fELF"):
        return ""
    machine = int.from_bytes(head[18:20], "big" if head[5] == 2 else "little")
    return _MACHINES.get(machine, f"machine {machine}")


async def _ask_version(path: Path, facts: dict[str, Any]) -> tuple[Finding, str]:
    """Run `rke --version` with bounds on time and bytes."""
    try:
        process = await asyncio.create_subprocess_exec(
            str(path), "--version", stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True, cwd="/"
        )
    except (OSError, ValueError) as error:
        title = msg("rke does not start: {reason}", reason=str(getattr(error, "strerror", "") or error))
        return _finding(Status.FAIL, "rke-not-a-program", path, title), ""
    try:
        async with asyncio.timeout(DEADLINE_S):
            output, ended = await _read_bounded(process)
            code = await process.wait() if ended else None
    except TimeoutError:
        title = msg("rke --version gives no answer within {seconds} s", seconds=int(DEADLINE_S))
        return _finding(Status.FAIL, "rke-silent", path, title), ""
    finally:
        await _end(process)
    text = output.decode("utf-8", "replace")
    facts["output"] = text[:500]
    match = _VERSION.search(text)
    if code == 0 and match:
        facts["version"] = match[1]
        return _finding(Status.PASS, "rke-runs", path, msg("rke {version} runs", version=match[1])), match[1]
    evidence = {"output": text[:2000], "exit_code": code}
    said = _SAID.search(text)
    if code == 0 and said:
        title = msg("rke calls itself {version}: no release", version=said[1][:40])
        return _finding(Status.WARN, "rke-unofficial", path, title, evidence=evidence), ""
    title = msg("this does not answer as rke does")
    detail = msg("rke --version should print: rke version vX.Y.Z")
    return _finding(Status.FAIL, "not-rke", path, title, detail, evidence=evidence), ""


async def _read_bounded(process: Process) -> tuple[bytes, bool]:
    """What it prints, at most the limit, and whether that was all."""
    stream = process.stdout
    if stream is None:
        return b"", True
    output = b""
    while len(output) < OUTPUT_LIMIT:
        part = await stream.read(OUTPUT_LIMIT - len(output))
        if not part:
            return output, True
        output += part
    return output, False


async def _end(process: Process) -> None:
    """Leave nothing of it running, also what it started in its own session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
    await process.wait()
