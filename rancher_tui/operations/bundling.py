"""The support bundle: one file with what someone else needs to help, and none of the session's secrets.

State, findings, journal, logs, verdicts, versions. Never in it: kubeconfig, rke's state file, secrets, backups.
What is in it is collected first, so that it can be listed and read before anything is written.
"""

from __future__ import annotations

import io
import json
import os
import platform
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from rancher_tui import __version__
from rancher_tui.backup.redact import Redactor
from rancher_tui.files import read_named, timestamp, write_atomic
from rancher_tui.install import steps
from rancher_tui.install.secrets import SecretError, password_span, secret_fields
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs import inputs

LARGEST_KEY: Final = 1_000_000
RUNS: Final = 3
"""Newest runs whose logs are taken along."""
TAIL: Final = 4_000_000
"""Bytes of a log that are taken along, from its end."""
LIBRARIES: Final = (
    "textual",
    "pydantic",
    "asyncssh",
    "cryptography",
    "dnspython",
    "httpx",
    "pyyaml",
    "ruamel.yaml",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the bundle: its name, its text without secrets, what was taken out of it by kind."""

    name: str
    text: str
    removed: Counter[str] = field(default_factory=Counter)

    @property
    def size(self) -> int:
        return len(self.text.encode())


def collect(session: Session, state: InstallState) -> list[Item]:
    """Everything that a bundle of this session holds; nothing is written."""
    redactor = Redactor(known_values(session, state))
    items = []
    for name, text in _texts(session, state):
        cleaned, removed = redactor.clean(text)
        items.append(Item(name, cleaned, removed))
    told = {item.name: {"bytes": item.size, "removed": dict(item.removed)} for item in items}
    return [Item("CONTENTS.json", json.dumps(told, indent=1)), *items]


def write(session: Session, items: list[Item], target: Path | None = None) -> Path:
    """Write the bundle (0600) into `target`, else beside the session's backups; the file. OSError."""
    name = f"{session.name}-bundle-{timestamp()}"
    file = target or session.path / f"{name}.tar.gz"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for item in items:
            data = item.text.encode("utf-8", "replace")
            entry = tarfile.TarInfo(f"{name}/{item.name}")
            entry.size, entry.mode, entry.mtime = len(data), 0o600, int(datetime.now(UTC).timestamp())
            tar.addfile(entry, io.BytesIO(data))
    write_atomic(file, out.getvalue())
    session.journal("bundle", file=str(file), items=len(items))
    return file


def known_values(session: Session, state: InstallState) -> list[str]:
    """Every secret that can be found out here: kept ones, what references lead to, keys in files, kubeconfigs."""
    values: list[str] = []
    with suppress(SecretError):
        values += session.secrets.values()
    for _path, text in secret_fields(state):
        with suppress(SecretError):
            values.append(session.secrets.resolve(text))
    values += [value[slice(*span)] for value in values if (span := password_span(value))]
    for path in _key_files(state):
        with suppress(*inputs.NO_FILE):
            values.append(read_named(path.expanduser(), LARGEST_KEY).decode("utf-8", "replace"))
    for name in (inputs.KUBECONFIG, inputs.STATE_FILE):
        with suppress(OSError):
            values += _long_values((session.cluster_folder / name).read_text(encoding="utf-8", errors="replace"))
    return values


def _key_files(state: InstallState) -> Iterator[Path]:
    named = [state.certificates.key_path, state.options.ssh_key_path, state.options.bastion.ssh_key_path]
    named += [node.ssh_key_path for node in state.nodes]
    for path in sorted({text.strip() for text in named if text.strip()}):
        yield Path(path)


def _long_values(text: str) -> list[str]:
    """Values of a kubeconfig or a state file that may be secret: keys, passwords, tokens."""
    import re

    pattern = re.compile(
        r"(?i)[\"']?(?:client-key-data|token|password|keypem|key)[\"']?\s*:\s*[\"']?([^\s\"',]{8,})"
    )
    return [match[1].replace("\\n", "\n") for match in pattern.finditer(text)]


def _texts(session: Session, state: InstallState) -> Iterator[tuple[str, str]]:
    yield "versions.json", json.dumps(_versions(session, state), indent=1)
    yield "state.json", json.dumps(state.model_dump(mode="json"), indent=1)
    yield "steps.json", json.dumps(_steps(session, state), indent=1)
    for path in sorted((session.path / "reports").glob("*.json")):
        yield f"reports/{path.name}", _tail(path)
    for name in ("journal.jsonl", "errors.log"):
        if (session.path / name).is_file():
            yield name, _tail(session.path / name)
    if session.cluster_file.is_file():
        yield "rancher-cluster.yml", _tail(session.cluster_file)
    yield from _runs(session)
    for path in sorted((session.path.parents[1] / "crashes").glob("*.txt"))[-5:]:
        yield f"crashes/{path.name}", _tail(path)
    yield "files.txt", "\n".join(_listing(session.path)) + "\n"


def _runs(session: Session) -> Iterator[tuple[str, str]]:
    from rancher_tui.rke.runs import runs

    for run in runs(session.path)[-RUNS:]:
        for name in ("status.json", "verdict.json", "stop.json", "after.log", "command.log", "rke.log"):
            if (run.folder / name).is_file():
                yield f"runs/{run.id}/{name}", _tail(run.folder / name)


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"cannot be read: {error.strerror or error}\n"
    return text if size <= TAIL else f"[the first {size - TAIL} bytes are left out]\n{text}"


def _versions(session: Session, state: InstallState) -> dict[str, Any]:
    libraries = {}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            libraries[name] = metadata.version(name)
    environment = {
        name: os.environ.get(name, "") for name in ("TERM", "LANG", "LC_ALL", "NO_COLOR", "TMUX", "STY")
    }
    return {
        "rancher_tui": __version__,
        "python": sys.version,
        "system": platform.platform(),
        "libraries": libraries,
        "environment": environment,
        "rke": inputs.rke_version(session, state),
        "rancher": state.rancher_version,
        "kubernetes": state.kubernetes_version,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _steps(session: Session, state: InstallState) -> list[dict[str, Any]]:
    judged = steps.overview(state, session.reports(), datetime.now(UTC))
    return [
        {
            "step": item.step.number,
            "slug": item.step.slug,
            "status": item.status.value,
            "note": item.note.english,
            "findings": [finding.to_json() for finding in item.findings],
        }
        for item in judged
    ]


def _listing(folder: Path) -> Iterator[str]:
    """Names, sizes and modes of the session's files: what is there, not what is in it."""
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):
            told = path.lstat()
            yield f"{told.st_mode:o} {told.st_size:>10} {path.relative_to(folder)}"
