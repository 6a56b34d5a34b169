"""What changes something: export, back up, pin host keys, start a run. Combines areas, like checks.py does.

Every operation notes itself in the session's journal and gives back what it did; what it cannot do is an
`OperationError` with a message for a person.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.i18n import Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState

if TYPE_CHECKING:
    from rancher_tui.backup.copies import Backup
    from rancher_tui.cluster_file.export import Exported
    from rancher_tui.rke.runs import Run

CLUSTER_FILE: Final = "rancher-cluster.yml"
KUBECONFIG: Final = f"kube_config_{CLUSTER_FILE}"
STATE_FILE: Final = "rancher-cluster.rkestate"
FIRST_STATE_FILE: Final = (0, 2, 0)
"""From this RKE on the cluster's state lies in a local file (reference: RKE v0.2.0's release)."""


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
        data = Path(path).expanduser().read_bytes()
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


def back_up(session: Session, state: InstallState, purpose: str, files: dict[str, Path]) -> Backup:
    """Copy the cluster's files and what was entered into the session's backups, verified."""
    from rancher_tui.keeping import KeepError
    from rancher_tui.keeping import back_up as keep

    try:
        return keep(session, state, purpose, files)
    except KeepError as error:
        raise OperationError(error.code, error.message) from error


def back_up_config(session: Session, state: InstallState) -> Backup:
    """Step 10: a verified copy of the exported cluster file, and of what was entered."""
    return back_up(session, state, "config", {CLUSTER_FILE: session.cluster_file})


def back_up_result(session: Session, state: InstallState) -> Backup:
    """Step 12: verified copies of what the run left, and of what was entered."""
    return back_up(session, state, "result", result_files(session, state))


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run to start: `up` or `remove`, arguments for rke, codes the operator agreed to."""

    verb: str = "up"
    arguments: Sequence[str] = ()
    agreed: frozenset[str] = frozenset()


def start_run(session: Session, state: InstallState, request: RunRequest) -> Run:
    """Start rke on the exported cluster file, in a process that outlives us.

    The config and what an earlier run left are copied first. OperationError names a code that needs a typed yes
    (`agreed`), or why rke cannot be started.
    """
    from rancher_tui.adopting import adopted_from
    from rancher_tui.rke.arguments import ArgumentError, command
    from rancher_tui.rke.plan import plan
    from rancher_tui.rke.runs import RunRefusedError, endpoint, start
    from rancher_tui.run_reports import forget

    if source := adopted_from(session):
        text = msg("this cluster was adopted from {path}; rke is run where it was built, not here", path=source)
        raise OperationError("adopted", text)
    binary = demand_ready(session, state)
    present = {name: path for name, path in result_files(session, state).items() if path.is_file()}
    back_up(session, state, "before-run", present)
    force = ("--force",) if request.verb == "remove" else ()
    try:
        given = (*request.arguments, *_docker_override(session, state, request), *force)
        argv = command(str(binary), request.verb, CLUSTER_FILE, given)
    except ArgumentError as error:
        raise OperationError("argument-refused", error.message) from error
    lacking = plan(state, session.path, verb=request.verb).lacking(request.agreed)
    if lacking:
        raise OperationError(lacking[0].code, lacking[0].message)
    try:
        run = start(
            session.path,
            argv,
            cwd=session.cluster_folder,
            env=dict(os.environ),
            hosts=[endpoint(node.address, node.port or "22") for node in state.nodes],
            config=session.cluster_file,
            keep=[session.cluster_folder / name for name in (STATE_FILE, KUBECONFIG)],
            after=[sys.executable, "-P", "-m", "rancher_tui.after_run"],
        )
    except RunRefusedError as error:
        raise OperationError(error.code, error.message) from error
    forget(session)
    session.journal("run", run=run.id, verb=request.verb, argv=argv, agreed=sorted(request.agreed))
    return run


def demand_ready(session: Session, state: InstallState) -> Path:
    """The rke that would be run on the exported cluster file; OperationError says what is lacking before a run."""
    binary = rke_binary(session, state)
    if not session.cluster_file.is_file():
        raise OperationError("not-exported", msg("the cluster file is not exported yet (step 10, e)"))
    if session.cluster_file.read_text(encoding="utf-8", errors="replace") != composed(session, state):
        raise OperationError(
            "export-outdated", msg("the exported file is not what is entered now; export it (step 10, e)")
        )
    return binary


def _docker_override(session: Session, state: InstallState, request: RunRequest) -> tuple[str, ...]:
    """The option that lets RKE take any Docker, for the releases that do not read it from the file (v1.1.3 on)."""
    from rancher_tui.cluster_file.bindings import reads_docker_override

    flag = "--ignore-docker-version"
    wanted = state.options.ignore_docker_version and request.verb == "up" and flag not in request.arguments
    return (flag,) if wanted and not reads_docker_override(rke_version(session, state) or "v0.1.16") else ()


def rke_binary(session: Session, state: InstallState) -> Path:
    """The rke that would be run; OperationError when none is found."""
    from rancher_tui.rke.binary import find

    found = find(state.rke.binary, session.path)
    if found is None:
        raise OperationError(
            "rke-missing", msg("no rke binary: neither a path given, nor in the session, nor on PATH")
        )
    return found
