"""What checks and operations take from a session: its cluster file composed, the CA, rke, the files of a run.

What cannot be had is an `OperationError` with a message for a person.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from rancher_tui.files import read_named
from rancher_tui.i18n import Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState

CLUSTER_FILE: Final = "rancher-cluster.yml"
KUBECONFIG: Final = f"kube_config_{CLUSTER_FILE}"
STATE_FILE: Final = "rancher-cluster.rkestate"
FIRST_STATE_FILE: Final = (0, 2, 0)
"""From this RKE on the cluster's state lies in a local file (reference: RKE v0.2.0's release)."""
LARGEST: Final = 64_000_000
"""Bytes of a file of certificates."""
NO_FILE: Final = (OSError, ValueError, RuntimeError)
"""What reading a path as typed may raise: also a NUL in it, and `~somebody` who is not there."""


class OperationError(Exception):
    """Something that could not be done. `code` is stable, `message` says why and what would be right."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message.english)
        self.code = code
        self.message = message


def composed(session: Session, state: InstallState) -> str:
    """The cluster file that the state stands for, as text; OperationError when it cannot be composed."""
    from rancher_tui.cluster_file.compose import ComposeError, compose
    from rancher_tui.install.secrets import SecretError

    try:
        whole = state.model_copy(
            update={"certificates": state.certificates.model_copy(update={"ca_text": ca_text(state) or ""})}
        )
        return compose(whole, secret=session.secrets.resolve, rke=rke_version(session, state))
    except ComposeError as error:
        raise OperationError("cannot-compose", error.message) from error
    except SecretError as error:
        raise OperationError("secret-missing", error.message) from error


def ca_text(state: InstallState) -> str | None:
    """The CA's certificates as the cluster file gets them: of the file as it is now, else as last kept."""
    from rancher_tui.certificates.ca import normalised

    path = state.certificates.ca_path.strip()
    if not path:
        return state.certificates.ca_text or None
    try:
        data = read_named(Path(path).expanduser(), LARGEST)
    except NO_FILE:
        return state.certificates.ca_text or None
    return normalised(data)


def rke_version(session: Session, state: InstallState) -> str | None:
    """The version of rke that is known: wanted by the operator, else what the last check of the binary saw."""
    if state.rke.version.strip():
        return state.rke.version.strip()
    report = session.reports().get("rke")
    seen = report.facts.get("version") if report else None
    return str(seen) if seen else None


def rke_binary(session: Session, state: InstallState) -> Path:
    """The rke that would be run; OperationError when none is found."""
    from rancher_tui.rke.binary import find

    found = find(state.rke.binary, session.path)
    if found is None:
        raise OperationError(
            "rke-missing",
            msg(
                "no rke binary: neither a path given, nor in the session, nor on PATH; "
                "rancher-tui rke --session SESSION --fetch VERSION fetches one"
            ).or_key("no rke binary, neither given nor on PATH: step 4, {key:fetch} fetches one"),
        )
    return found


def result_files(session: Session, state: InstallState) -> dict[str, Path]:
    """What `rke up` leaves and must not be lost: config, kubeconfig, and the state file where this rke has one."""
    names = [CLUSTER_FILE, KUBECONFIG]
    version = rke_version(session, state)
    if (session.cluster_folder / STATE_FILE).exists() or (version and _numbers(version) >= FIRST_STATE_FILE):
        names.append(STATE_FILE)
    return {name: session.cluster_folder / name for name in names}


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.lstrip("v").split("-")[0].split(".")
    return tuple(int(part) for part in parts if part.isdigit())


def connect_settings(session: Session, state: InstallState) -> Any:
    """How nodes are reached for this session: its pinned host keys, the bastion, the agent, the default key."""
    from rancher_tui.transport.ssh import ConnectSettings

    return ConnectSettings.of(
        state,
        folder=session.cluster_folder,
        pins=session.known_hosts,
        passphrases=session.memory.passphrases,
        secret=session.secrets.resolve,
    )
