"""The cluster file written out; what was there before is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.i18n import msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import OperationError, composed

if TYPE_CHECKING:
    from rancher_tui.cluster_file.export import Exported


def export(session: Session, state: InstallState, path: Path | None = None) -> Exported:
    """Write the cluster file (the session's, or `path`); an existing one is kept under a dated name."""
    from rancher_tui.cluster_file.export import export as write
    from rancher_tui.files import make_folder

    target = path or session.cluster_file
    text = composed(session, state)
    try:
        if path is None:
            make_folder(session.cluster_folder)
        exported = write(target, text)
    except OSError as error:
        raise OperationError(
            "cannot-write",
            msg("{path} cannot be written: {error}", path=str(target), error=error.strerror or str(error)),
        ) from error
    session.journal("export", file=str(exported.path), sha256=exported.sha256)
    return exported
