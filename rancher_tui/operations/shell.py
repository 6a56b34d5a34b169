"""A shell in a session's folder: KUBECONFIG set, the session's rke on PATH."""

from __future__ import annotations

import os
import subprocess

from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import KUBECONFIG, OperationError, rke_binary
from rancher_tui.text import clean


def surroundings(session: Session, state: InstallState) -> tuple[dict[str, str], Message]:
    """The environment of the shell, and what is missing in it (empty: nothing)."""
    env = dict(os.environ)
    missing = EMPTY
    kubeconfig = session.cluster_folder / KUBECONFIG
    if kubeconfig.exists():
        env["KUBECONFIG"] = str(kubeconfig)
    else:
        env.pop("KUBECONFIG", None)
        missing = msg("there is no kubeconfig yet; rke writes it")
    try:
        env["PATH"] = f"{rke_binary(session, state).parent}:{env.get('PATH', '')}"
    except OperationError as error:
        missing = error.message
    return env | {"RANCHER_TUI_SESSION": session.name}, missing


def call_shell(session: Session, state: InstallState) -> tuple[int, Message]:
    """Run the operator's shell at this terminal until it is left: its exit code, and what was missing."""
    env, missing = surroundings(session, state)
    folder = session.cluster_folder if session.cluster_folder.is_dir() else session.path
    shell = env.get("SHELL") or "/bin/sh"
    try:
        return subprocess.call([shell], cwd=folder, env=env), missing
    except OSError as error:
        reason = error.strerror or str(error)
        return 1, msg("{shell} cannot be started: {error}", shell=shell, error=reason)


def run_shell(session: Session, state: InstallState) -> Message:
    """The same from the screens: what is to be told when it was left."""
    print(msg("a shell in {folder}; exit comes back", folder=clean(str(session.cluster_folder))), flush=True)
    code, missing = call_shell(session, state)
    return missing or msg("back from the shell (it ended with {code})", code=code)
