"""What of a session is copied, what is told beside it, and where copies go.

A copy holds what the run left (cluster file, kubeconfig, state file), what was entered (state, secrets, pinned
host keys, journal) and the certificates, so that a restore gives the whole session back. SSH keys and the rke
binary are named, never copied; the server's private key only where the cluster's ingress serves with it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rancher_tui import __version__
from rancher_tui.files import sha256
from rancher_tui.i18n import msg
from rancher_tui.install import paths
from rancher_tui.install.session import STATE_FILE, Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import CLUSTER_FILE, OperationError, result_files

if TYPE_CHECKING:
    from rancher_tui.backup.copies import Backup, Wanted

SNAPSHOT_FOLDER: Final = "/opt/rke/etcd-snapshots"
"""Where rke's etcd snapshots lie on every etcd node (reference: RKE, `services.etcd`)."""
ENTERED: Final = (STATE_FILE, "secrets.json", "known_hosts", "journal.jsonl")
CERTIFICATES: Final = ("chain_path", "key_path", "ca_path")


class KeepError(OperationError):
    """A copy that cannot be made."""


def files(session: Session, state: InstallState, result: dict[str, Path]) -> dict[str, Wanted]:
    """What to copy: the cluster's files of `result` and what was entered; files that need not be are left out."""
    from rancher_tui.backup.copies import Wanted

    found = {name: Wanted(path, f"cluster/{name}") for name, path in result.items()}
    for name in ENTERED:
        if (session.path / name).is_file():
            found[name] = Wanted(session.path / name, name)
    for field in CERTIFICATES:
        named = getattr(state.certificates, field).strip()
        if named and (field != "key_path" or state.template.startswith("ingress-")):
            place = f"certificates/{field.removesuffix('_path')}.pem"
            found[place] = Wanted(Path(os.path.expanduser(named)), place)  # noqa: PTH111 - never raises
    return found


def about(session: Session, state: InstallState) -> dict[str, Any]:
    """What is told beside the files: whose, which versions, where etcd's snapshots lie, which SSH keys."""
    return {
        "session": session.name,
        "session_folder": str(session.path),
        "host": socket.gethostname(),
        "program": f"rancher-tui {__version__}",
        "label": state.label,
        "fqdn": state.fqdn,
        "rancher": state.rancher_version,
        "kubernetes": state.kubernetes_version,
        "rke": _binary(session, state),
        "ssh_keys": _ssh_keys(state),
        "snapshots": snapshots(state),
    }


def _binary(session: Session, state: InstallState) -> dict[str, str]:
    from rancher_tui.rke.binary import find

    path = find(state.rke.binary, session.path)
    told = {"wanted": state.rke.version}
    if path is not None:
        told["path"] = str(path)
        with suppress(OSError):
            told["sha256"] = sha256(path)
    return told


def _ssh_keys(state: InstallState) -> list[str]:
    named = [state.options.ssh_key_path, state.options.bastion.ssh_key_path]
    named += [node.ssh_key_path for node in state.nodes]
    return sorted({path.strip() for path in named if path.strip()})


def snapshots(state: InstallState) -> dict[str, Any]:
    """Where the etcd snapshots lie that no copy of ours holds: nodes and folder, schedule, S3 bucket."""
    if not state.etcd.enabled:
        return {"enabled": False}
    return {
        "enabled": True,
        "nodes": [node.address for node in state.nodes if "etcd" in node.roles],
        "folder": SNAPSHOT_FOLDER,
        "beside_them": "pki.bundle.tar.gz",
        "every": state.etcd.creation,
        "kept_for": state.etcd.retention,
        "s3_bucket": state.etcd.s3_bucket,
    }


def back_up(session: Session, state: InstallState, purpose: str, result: dict[str, Path]) -> Backup:
    """Copy into the session's backups, verified; KeepError says why not."""
    from rancher_tui.backup.copies import BackupError, make

    if not session.path.is_dir():
        raise KeepError("session-gone", msg("the session was renamed or taken away meanwhile"))
    if not any(path.is_file() for path in result.values()):
        raise KeepError("nothing-to-copy", msg("nothing to back up yet: the cluster file is not exported"))
    try:
        backup = make(session.backups_folder, purpose, files(session, state, result), about=about(session, state))
    except BackupError as error:
        raise KeepError("cannot-back-up", error.message) from error
    session.journal(
        "backup",
        purpose=purpose,
        folder=str(backup.folder),
        files=[item.name for item in backup.entries],
        lacks=list(backup.lacks),
    )
    return backup


def back_up_config(session: Session, state: InstallState) -> Backup:
    """Step 10: a verified copy of the exported cluster file, and of what was entered."""
    return back_up(session, state, "config", {CLUSTER_FILE: session.cluster_file})


def back_up_result(session: Session, state: InstallState) -> Backup:
    """Step 12: verified copies of what the run left, and of what was entered."""
    return back_up(session, state, "result", result_files(session, state))


async def send(session: Session, state: InstallState, backup: Backup, to: str, passphrase: str = "") -> str:
    """Copy a backup elsewhere, encrypted with `passphrase` if there is one, verified: where it lies. KeepError."""
    import asyncio

    from rancher_tui.backup.copies import BackupError
    from rancher_tui.backup.elsewhere import ElsewhereError, destination, send
    from rancher_tui.backup.pack import scratch, sealed_copy
    from rancher_tui.proofs.inputs import connect_settings

    name = f"{session.name}-{backup.folder.name}"
    try:
        target = destination(to)
        settings = connect_settings(session, state)
        if not passphrase:
            place = await send(backup, name, target, settings)
        else:
            with scratch(session.path.parent) as folder:
                sealed = await asyncio.to_thread(sealed_copy, backup, Path(folder), passphrase)
                place = await send(sealed, name, target, settings)
    except ElsewhereError as error:
        session.journal("copy-failed", to=to, why=error.message.english)
        raise KeepError("copy-failed", error.message) from error
    except BackupError as error:
        raise KeepError("cannot-encrypt", error.message) from error
    session.journal("copied", backup=backup.folder.name, to=place, encrypted=bool(passphrase))
    return place


PATHS: Final = (
    "rke.binary",
    "options.ssh_key_path",
    "options.ssh_cert_path",
    "options.bastion.ssh_key_path",
    "options.bastion.ssh_cert_path",
)


def paths_of(state: InstallState) -> dict[str, str]:
    """Every path on this machine that the state names, by its field; also those that references name."""
    fields = [*PATHS, *(f"certificates.{field}" for field in CERTIFICATES)]
    for index in range(len(state.nodes)):
        fields += [f"nodes.{index}.ssh_key_path", f"nodes.{index}.ssh_cert_path"]
    named = {field: str(paths.get(state, field)).strip() for field in fields}
    found = {field: text for field, text in named.items() if text}
    for field in ("options.registry.password", "etcd.s3_secret_key", "options.proxy.http", "options.proxy.https"):
        text = str(paths.get(state, field))
        if text.startswith("file:"):
            found[field] = text.removeprefix("file:")
    return found


def paths_not_here(state: InstallState, folder: Path) -> dict[str, str]:
    """The paths of `paths_of` that lead to no file here; relative ones start in `folder`, where rke runs."""
    return {
        field: text
        for field, text in paths_of(state).items()
        if not os.path.exists(folder / os.path.expanduser(text))  # noqa: PTH110, PTH111 - neither ever raises
    }


def moved(
    state: InstallState, old: str, new: str, there: Callable[[str], bool] = lambda _inside: True
) -> InstallState:
    """The state with paths inside the folder `old` leading into `new`, as far as they are `there` (inside it)."""
    if not old:
        return state
    for path in paths.leaves(state):
        value = paths.get(state, path)
        if isinstance(value, str) and value.startswith(f"{old}/") and there(value[len(old) + 1 :]):
            state = paths.replace(state, path, new + value[len(old) :])
    return state
