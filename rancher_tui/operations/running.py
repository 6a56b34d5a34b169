"""A run started: what must be there first, what needs a typed yes, what is copied before."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.i18n import msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.operations.keeping import back_up
from rancher_tui.proofs.inputs import (
    CLUSTER_FILE,
    KUBECONFIG,
    STATE_FILE,
    OperationError,
    composed,
    result_files,
    rke_binary,
    rke_version,
)

if TYPE_CHECKING:
    from rancher_tui.rke.runs import Run


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
    from rancher_tui.operations.run_reports import forget
    from rancher_tui.proofs.adopted import adopted_from
    from rancher_tui.rke.arguments import ArgumentError, command
    from rancher_tui.rke.plan import plan
    from rancher_tui.rke.runs import RunRefusedError, endpoint, start

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
            after=[sys.executable, "-P", "-m", "rancher_tui.operations.after_run"],
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
        raise OperationError(
            "not-exported",
            msg("the cluster file is not exported yet (step 10)").or_key(
                "the cluster file is not exported yet: step 10, {key:export}"
            ),
        )
    if session.cluster_file.read_text(encoding="utf-8", errors="replace") != composed(session, state):
        raise OperationError(
            "export-outdated",
            msg("the exported file is not what is entered now; export it (step 10)").or_key(
                "the exported file is not what is entered now: step 10, {key:export}"
            ),
        )
    return binary


def _docker_override(session: Session, state: InstallState, request: RunRequest) -> tuple[str, ...]:
    """The option that lets RKE take any Docker, for the releases that do not read it from the file (v1.1.3 on)."""
    from rancher_tui.cluster_file.bindings import reads_docker_override

    flag = "--ignore-docker-version"
    wanted = state.options.ignore_docker_version and request.verb == "up" and flag not in request.arguments
    return (flag,) if wanted and not reads_docker_override(rke_version(session, state) or "v0.1.16") else ()
