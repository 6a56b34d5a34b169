"""A cluster that stands already: are its config, kubeconfig and state file whole, and do they belong together?

Read only. What the cluster itself says comes from `kubernetes.witnesses`; copying is the backup's work.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from rancher_tui.files import read_named
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, Message, msg

CHECK = "adopt"
STEP = 11
_LIMIT = 32 << 20


def state_file_of(config: Path) -> Path:
    """Where RKE v0.2 and newer keeps the state of a cluster file."""
    return config.with_name(f"{config.stem}.rkestate")


def kubeconfig_of(config: Path) -> Path:
    """Where RKE writes the kubeconfig of a cluster file."""
    return config.with_name(f"kube_config_{config.name}")


def verify(config: Path) -> Report:
    """Judge the three files beside each other. `facts`: files, nodes of the config and of the state."""
    facts: dict[str, Any] = {"files": {}, "nodes": [], "state_nodes": []}
    return Report(CHECK, tuple(_findings(config, facts)), facts, step=STEP)


def _finding(
    status: Status, code: str, path: Path, title: Message, remedy: Message = EMPTY, **evidence: Any
) -> Finding:
    return Finding(status, code, path.name, title, EMPTY, remedy, evidence, CHECK, STEP)


def _findings(config: Path, facts: dict[str, Any]) -> Iterator[Finding]:
    facts["files"] = {kind: str(path) for kind, path in _paths(config).items() if path.is_file()}
    wanted = _document(config)
    if wanted is None:
        yield _finding(Status.FAIL, "config-unreadable", config, msg("the cluster file cannot be read"))
        return
    facts["nodes"] = _addresses(wanted.get("nodes"))
    yield _finding(
        Status.PASS, "config", config, msg("the cluster file names {nodes}", nodes=", ".join(facts["nodes"]))
    )
    access = _document(kubeconfig_of(config))
    state = _state(state_file_of(config))
    yield _judge_kubeconfig(kubeconfig_of(config), access, facts["nodes"])
    yield from _judge_state(state_file_of(config), state, facts)
    if access is not None and state:
        yield _same_authority(kubeconfig_of(config), access, state)


def _paths(config: Path) -> dict[str, Path]:
    return {"config": config, "kubeconfig": kubeconfig_of(config), "state": state_file_of(config)}


def _document(path: Path) -> dict[str, Any] | None:
    try:
        document = yaml.load(read_named(path, _LIMIT), yaml.CSafeLoader)
    except (OSError, yaml.YAMLError, RecursionError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _state(path: Path) -> dict[str, Any] | None:
    """The state file; None when there is none, empty when it is damaged."""
    try:
        document = json.loads(read_named(path, _LIMIT))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _addresses(nodes: Any) -> list[str]:
    entries = nodes if isinstance(nodes, list) else []
    return [str(node["address"]) for node in entries if isinstance(node, dict) and node.get("address")]


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _judge_kubeconfig(path: Path, access: dict[str, Any] | None, nodes: list[str]) -> Finding:
    if access is None:
        remedy = msg("rke v0.1 cannot go on without it; take it from a backup")
        return _finding(Status.FAIL, "kubeconfig-missing", path, msg("there is no readable kubeconfig"), remedy)
    server = str(_at(_first(access.get("clusters")), "cluster", "server") or "")
    if not any(f"//{node}:" in server or f"//[{node}]:" in server for node in nodes):
        title = msg("the kubeconfig leads to {server}, which is no node of the cluster file", server=server)
        return _finding(Status.FAIL, "kubeconfig-elsewhere", path, title, server=server)
    return _finding(Status.PASS, "kubeconfig", path, msg("the kubeconfig leads to {server}", server=server))


def _first(entries: Any) -> Any:
    return entries[0] if isinstance(entries, list) and entries else None


def _current(state: dict[str, Any], *keys: str) -> Any:
    """A value of the state that is deployed, else of the one that is wanted."""
    found = _at(state, "currentState", *keys)
    return found if found is not None else _at(state, "desiredState", *keys)


def _judge_state(path: Path, state: dict[str, Any] | None, facts: dict[str, Any]) -> Iterator[Finding]:
    if state is None:
        title = msg("there is no state file; right for rke v0.1, a lost cluster for v0.2 and newer")
        yield _finding(
            Status.WARN, "state-file-missing", path, title, msg("rke util get-state-file (v1.2.5 and newer)")
        )
        return
    if not state or _current(state, "rkeConfig") is None:
        title = msg("the state file is damaged")
        yield _finding(Status.FAIL, "state-file-damaged", path, title, msg("take it from a backup"))
        return
    facts["state_nodes"] = _addresses(_current(state, "rkeConfig", "nodes"))
    gone = [node for node in facts["state_nodes"] if node not in facts["nodes"]]
    if gone:
        title = msg("the cluster file lacks {nodes}; the next run would remove them", nodes=", ".join(gone))
        yield _finding(Status.WARN, "removes-nodes", path, title, nodes=gone)
    else:
        yield _finding(Status.PASS, "state-file", path, msg("the state file holds the same nodes"))


def _same_authority(path: Path, access: dict[str, Any], state: dict[str, Any]) -> Finding:
    """The kubeconfig's CA is the one of the state file, or the next run would meet a cluster that refuses it."""
    data = str(_at(_first(access.get("clusters")), "cluster", "certificate-authority-data") or "")
    try:
        shown = base64.b64decode(data).strip()
    except (binascii.Error, ValueError):
        shown = b""
    kept = str(_current(state, "certificatesBundle", "kube-ca", "certificatePEM") or "").strip().encode()
    if shown and shown == kept:
        return _finding(Status.PASS, "same-ca", path, msg("kubeconfig and state file have the same CA"))
    title = msg("the kubeconfig's CA is not that of the state file: they are of two clusters")
    return _finding(Status.FAIL, "other-ca", path, title, msg("bring the files of one cluster together"))
