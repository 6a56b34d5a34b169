"""What an operator enters in every install: his login, key, registry and balancer, for sessions that begin later.

Kept in `defaults.json` beside the sessions. No password is kept, only references to the environment or a file.
"""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Final

from rancher_tui.files import make_folder, write_atomic
from rancher_tui.install import paths
from rancher_tui.install.references import is_reference
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState

FIELDS: Final = (
    "options.user",
    "options.ssh_key_path",
    "options.ssh_agent_auth",
    "options.registry.url",
    "options.registry.user",
    "options.registry.password",
    "options.registry.is_default",
    "balancer.kind",
)


def file_of(home: Home) -> Path:
    """Where the defaults of a home are kept."""
    return home.path / "defaults.json"


def load(home: Home) -> dict[str, str]:
    """The defaults by path; empty without any, and for a file that holds something else."""
    try:
        data = json.loads(file_of(home).read_bytes())
    except (OSError, ValueError):
        return {}
    given = data if isinstance(data, dict) else {}
    return {path: str(given[path]) for path in FIELDS if path in given}


def state_of(home: Home) -> InstallState:
    """The state that a new session begins with."""
    kept = load(home).items()
    return reduce(lambda state, item: _with(state, *item), kept, InstallState())


def _with(state: InstallState, path: str, text: str) -> InstallState:
    try:
        return paths.put(state, path, text)
    except paths.PathError:
        return state


def save(home: Home, state: InstallState) -> dict[str, str]:
    """Keep what `state` says as the defaults; what was kept. OSError when they cannot be written."""
    found = {path: _text(paths.get(state, path)) for path in FIELDS}
    user = found["options.user"] or next((node.user for node in state.nodes if node.user), "")
    key = found["options.ssh_key_path"] or next(
        (node.ssh_key_path for node in state.nodes if node.ssh_key_path), ""
    )
    found |= {"options.user": user, "options.ssh_key_path": key}
    password = found["options.registry.password"]
    if not is_reference(password) or password.startswith("secret:"):
        found["options.registry.password"] = ""
    blank = InstallState()
    kept = {path: text for path, text in found.items() if text != _text(paths.get(blank, path))}
    make_folder(home.path)
    write_atomic(file_of(home), json.dumps(kept, indent=1).encode())
    return kept


def forget(home: Home) -> None:
    """Begin new sessions empty again."""
    file_of(home).unlink(missing_ok=True)


def _text(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
