"""Fields that name a file of this machine: what is typed there has to mean the same file from every folder.

The relative path of a file that is there from the shell's folder is stored whole; all other text as typed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.install import paths
from rancher_tui.install.state import InstallState

_FILES: Final = re.compile(
    r"certificates\.(chain|key|ca)_path|rke\.binary|(options|options\.bastion|nodes\.\d+)\.ssh_(key|cert)_path"
)


def whole(field: str, text: str) -> str:
    """`text`, or the whole path where it is a relative one of something that is there."""
    named = text.strip()
    if not _FILES.fullmatch(field) or named.startswith(("/", "~")) or not os.path.exists(named):  # noqa: PTH110
        return text
    return str(Path(named).absolute())


def missing(state: InstallState, fields: Iterable[str], rke_folder: Path) -> Iterator[Finding]:
    """A warning for each of these fields that names a file which is not there, or a folder.

    `rke_folder` is where RKE runs: it reads relative paths of SSH keys from there (RKE v0.1.18, observed).
    """
    for field in sorted(fields):
        named = str(paths.get(state, field)).strip() if _FILES.fullmatch(field) else ""
        folder = rke_folder if ".ssh_" in field else Path()
        path = folder / os.path.expanduser(named)  # noqa: PTH111 - does not raise
        if named and not os.path.exists(path):  # noqa: PTH110 - does not raise
            yield Finding(Status.WARN, "file-missing", field, msg("there is no file {path}", path=named))
        elif named and not os.path.isfile(path):  # noqa: PTH113 - does not raise
            yield Finding(Status.WARN, "file-missing", field, msg("{path} is no file", path=named))
