"""The machine and the versions that figures were measured with; no name of the machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

_MEMORY = r"^MemTotal:\s*(\d+)"
_LIBRARIES = ("textual", "rich", "pydantic", "asyncssh", "cryptography", "dnspython", "PyYAML", "ruamel.yaml")
_PROGRAMS = (
    ("openssl", "version"),
    ("sshd", "-V"),
    ("clush", "--version"),
    ("dig", "-v"),
    ("harlequin", "--version"),
)


def machine() -> dict[str, str]:
    """Its parts, in words."""
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "CPU": _first(r"^model name\s*:\s*(.+)$", "/proc/cpuinfo") or platform.machine(),
        "memory": f"{int(_first(_MEMORY, '/proc/meminfo')) / 1e6:.1f} GB",
        "kernel": f"{platform.system()} {platform.release()}",
        "temporary folder": f"{_file_system(Path(tempfile.gettempdir()))} (an fsync is only as good as this)",
    }


def load() -> str:
    """How many processes wanted a core, on average of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def versions() -> dict[str, str]:
    """What ran: ours, Python, libraries, and the peers that are here."""
    found = {"rancher-tui": version("rancher-tui"), "Python": platform.python_version()}
    found |= {name: version(name) for name in _LIBRARIES}
    return found | {words[0]: told for words in _PROGRAMS if (told := _told(words))}


def _first(pattern: str, path: str) -> str:
    match = re.search(pattern, Path(path).read_text(), re.MULTILINE)
    return match[1] if match else ""


def _told(words: tuple[str, ...]) -> str:
    """The version in a program's own words; empty when it is not here."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, env={"PATH": path})
    except FileNotFoundError:
        return ""
    match = re.search(r"\d+\.\d+\w*(?:[.-]\w+)*", done.stdout + done.stderr)
    return match[0] if match else ""


def _file_system(folder: Path) -> str:
    """The kind of file system that holds `folder`."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(len(where), kind) for where, kind in mounts if folder.resolve().is_relative_to(where)]
    return max(holding)[1]
