"""Edits from the command line: `KEY=VALUE` texts applied as one edit; the store keeps secrets apart.

The path of a file of this machine that is there from the shell's folder is stored whole, so that it names the same
file from everywhere; every other text is stored as it was typed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.commands import context
from rancher_tui.commands.output import CallError, note
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import _, msg

if TYPE_CHECKING:
    from rancher_tui.install.state import InstallState
    from rancher_tui.install.store import Store

_FILES: Final = re.compile(
    r"certificates\.(chain|key|ca)_path|rke\.binary|(options|options\.bastion|nodes\.\d+)\.ssh_(key|cert)_path"
)
"""Fields that name a file of this machine."""


def apply_assignments(store: Store, assignments: list[str]) -> None:
    """Apply all assignments as one edit; CallError and nothing changed when one cannot be."""
    from rancher_tui.install import paths
    from rancher_tui.install.secrets import SecretError

    state, changed = store.state, dict[str, str]()
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals:
            raise CallError(msg("{text}: KEY=VALUE was expected", text=assignment))
        if text.startswith("@"):
            text = _from_file(text[1:])
        whole = _whole(path, text)
        if whole != text:
            changed[path] = text = whole
        try:
            state = paths.put(state, path, text)
        except paths.PathError as error:
            raise CallError(error.message) from error
    names = ", ".join(assignment.partition("=")[0] for assignment in assignments)
    try:
        store.edit(f"set {names}", lambda _state: state)
    except SecretError as error:
        raise CallError(error.message) from error
    for path, text in changed.items():
        note(_("{field}: stored as {path}").format(field=path, path=text))


def missing_files(state: InstallState, fields: Iterable[str], rke_folder: Path) -> Iterator[Finding]:
    """A warning for each of these fields that names a file which is not there.

    `rke_folder` is where RKE runs: it reads relative paths of SSH keys from there (RKE v0.1.18, observed).
    """
    from rancher_tui.install import paths

    for field in sorted(fields):
        named = str(paths.get(state, field)).strip() if _FILES.fullmatch(field) else ""
        folder = rke_folder if ".ssh_" in field else Path()
        if named and not os.path.exists(folder / os.path.expanduser(named)):  # noqa: PTH110, PTH111 - neither raises
            yield Finding(Status.WARN, "file-missing", field, msg("there is no file {path}", path=named))


def _whole(field: str, text: str) -> str:
    """`text`, or the whole path where it is a relative one of a file that is there."""
    named = text.strip()
    if not _FILES.fullmatch(field) or named.startswith(("/", "~")) or not named or not os.path.exists(named):  # noqa: PTH110
        return text
    return str(Path(named).absolute())


def _from_file(path: str) -> str:
    try:
        return context.read_file(path).decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise CallError(msg("{path} is not UTF-8 text", path=path)) from error
