"""The plan: in plain words, what a run will do to which host, and what of it needs a typed yes.

Facts: RKE removes nodes that left the cluster file and cleans their services; without its state (v0.2 and newer:
the .rkestate file, v0.1: the kubeconfig) it makes a new CA over the old cluster. A re-run reuses what is deployed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rancher_tui.files import sha256
from rancher_tui.i18n import Message, msg, msg_n
from rancher_tui.install.state import InstallState, Node
from rancher_tui.rke.runs import Run, runs

CONFIG = "rancher-cluster.yml"
_LOG_LIMIT = 16 << 20
_DEPLOYED_STATE = b"Successfully Deployed state file at"
_DEPLOYED_KUBECONFIG = b"Successfully Deployed local admin kubeconfig at"
_BUILT = (b"Finished building Kubernetes cluster successfully", b"Provisioning incomplete, host(s)")


@dataclass(frozen=True, slots=True)
class Needed:
    """What has to be agreed to by typing `code`, and why. `typed`: what is typed where it is not the code."""

    code: str
    message: Message
    typed: str = ""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What will be done, a line each, in order; `needs` is empty when nothing needs a typed yes."""

    verb: str
    lines: tuple[Message, ...]
    needs: tuple[Needed, ...]
    removed: tuple[str, ...] = ()
    """Addresses of nodes that RKE would remove from the cluster."""
    again: bool = False
    """True when an earlier run of this session built the cluster."""
    changed: bool = False
    """True when the cluster file differs from that of the last run that built the cluster."""

    def lacking(self, agreed: frozenset[str]) -> list[Needed]:
        """What is still to be agreed to."""
        return [need for need in self.needs if need.code not in agreed]


def plan(state: InstallState, session_folder: Path, *, verb: str = "up") -> RunPlan:
    """The plan for running `verb` (`up`, `remove`) on what the state says. Reads the session's earlier runs."""
    if verb == "remove":
        return _remove(state)
    cluster = session_folder / "cluster"
    earlier = [run for run in runs(session_folder) if "up" in run.record().get("argv", ())[1:]]
    logs = {run.id: _log(run) for run in earlier}
    built = [run for run in earlier if any(word in logs[run.id] for word in _BUILT)]
    last = built[-1] if built else None
    removed = _removed(state, last)
    changed = last is not None and _changed(cluster, last)
    needs = [*_removal(removed), *_lost_files(cluster, list(logs.values()))]
    lines = (
        *_beginning(last, bool(earlier), changed, _left(cluster)),
        *_hosts(state.nodes, removed, _known(last)),
        *_end(state),
    )
    return RunPlan(verb, lines, tuple(needs), tuple(removed), last is not None, changed)


def _log(run: Run) -> bytes:
    try:
        with run.log.open("rb") as file:
            return file.read(_LOG_LIMIT)
    except OSError:
        return b""


def _address(endpoint: str) -> str:
    return endpoint.rpartition(":")[0]


def _known(last: Run | None) -> list[str]:
    """The addresses of the last run that built; none where nothing was built."""
    return [] if last is None else [_address(host) for host in last.status().hosts]


def _of(node: Node) -> str:
    """A node's address as a run records it."""
    return node.address.strip().rstrip(".").lower()


def _removed(state: InstallState, last: Run | None) -> list[str]:
    present = {_of(node) for node in state.nodes}
    return [address for address in _known(last) if address not in present]


def _removal(removed: Sequence[str]) -> Iterator[Needed]:
    if removed:
        yield Needed(
            "removes-nodes",
            msg_n(
                "rke will remove {names} from the cluster and take its services down",
                "rke will remove {names} from the cluster and take their services down",
                len(removed),
                names=", ".join(removed),
            ),
        )


def _lost_files(cluster: Path, logs: Sequence[bytes]) -> Iterator[Needed]:
    """Files that an earlier run wrote and the next one needs."""
    state_file = cluster / f"{Path(CONFIG).stem}.rkestate"
    with_state = any(_DEPLOYED_STATE in log for log in logs)
    if with_state and not state_file.is_file():
        text = msg(
            "{name} is missing; rke would make a new CA over the old cluster, which breaks it",
            name=state_file.name,
        )
        yield Needed("state-file-missing", text)
    elif state_file.is_file() and not _is_json(state_file):
        yield Needed("state-file-damaged", msg("{name} is damaged; bring a copy back first", name=state_file.name))
    kubeconfig = cluster / f"kube_config_{CONFIG}"
    if not with_state and any(_DEPLOYED_KUBECONFIG in log for log in logs) and not kubeconfig.is_file():
        text = msg("{name} is missing; rke v0.1 would take the cluster for a new one", name=kubeconfig.name)
        yield Needed("kubeconfig-missing", text)


def _is_json(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def _changed(cluster: Path, last: Run) -> bool:
    try:
        return sha256(cluster / CONFIG) != last.status().config_digest
    except OSError:
        return False


def _left(cluster: Path) -> list[str]:
    """The files in the cluster's folder that only a run of rke leaves there."""
    names = (f"kube_config_{CONFIG}", f"{Path(CONFIG).stem}.rkestate")
    return [name for name in names if (cluster / name).is_file()]


def _beginning(last: Run | None, tried: bool, changed: bool, left: Sequence[str]) -> Iterator[Message]:
    if last is not None:
        yield msg("the cluster stands (run {run}): certificates are brought again, what runs is kept", run=last.id)
        if changed:
            yield msg("the cluster file has changed since; what changed is applied, add-ons are applied anew")
    elif tried:
        yield msg("an earlier run did not get to the end: rke goes on with what it left on the nodes")
    elif left:
        yield msg(
            "no first run: {names} of a cluster is here; rke goes on with that cluster, what runs is kept",
            names=", ".join(left),
        )
    else:
        yield msg("a first run: etcd, control plane and workers are set up as containers")


def _hosts(nodes: Sequence[Node], removed: Sequence[str], known: Sequence[str]) -> Iterator[Message]:
    for node in nodes:
        joins = bool(known) and _of(node) not in known
        line = (
            msg("{address} as {user}, joins the cluster: {services}")
            if joins
            else msg("{address} as {user}: {services}")
        )
        services = ", ".join(_services(node))
        yield replace(
            line, arguments={"address": node.address or "?", "user": node.user or "?", "services": services}
        )
    for address in removed:
        yield msg("{address}: leaves the cluster, its services are removed", address=address)


def _services(node: Node) -> Iterator[str]:
    """The containers that RKE runs for a node's roles."""
    if "etcd" in node.roles:
        yield "etcd"
    if "controlplane" in node.roles:
        yield from ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    yield from ("kubelet", "kube-proxy")
    if "controlplane" not in node.roles:
        yield "nginx-proxy"


def _end(state: InstallState) -> Iterator[Message]:
    yield msg("then network, DNS, metrics, ingress (ports 80 and 443 of every worker)")
    yield msg(
        "then Rancher {version} for {name}, by a job in the cluster",
        version=state.rancher_version,
        name=state.fqdn,
    )


def _remove(state: InstallState) -> RunPlan:
    """Tearing down: what is lost, and the name that has to be typed."""
    name = state.options.cluster_name or state.fqdn or "rancher"
    lines = [
        msg(
            "{address}: all containers of Kubernetes, /var/lib/etcd, /etc/kubernetes, /etc/cni",
            address=node.address,
        )
        for node in state.nodes
    ]
    lines.append(msg("the local kubeconfig and state file are removed too; a copy is kept first"))
    text = msg("this destroys the cluster {name} and all of its data", name=name)
    return RunPlan("remove", tuple(lines), (Needed("remove-cluster", text, name),))


def after_stop(session_folder: Path) -> list[Message]:
    """What a run that did not get to its end leaves behind, and what the next one reuses."""
    return [
        msg("the nodes keep every container that was started; nothing is rolled back"),
        msg("run again to finish: rke keeps etcd's data and the certificates, and starts what is missing"),
        msg("or remove, which takes all of it away"),
        *(
            [msg("the state file is needed for that: {path}", path=str(path))]
            if (path := session_folder / "cluster" / f"{Path(CONFIG).stem}.rkestate").exists()
            else []
        ),
    ]
