"""What RKE's containers do to a practice host: files, ports, its API server, its node in the cluster."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rancher_tui.lab import cluster
from rancher_tui.lab.api_server import ApiServer
from rancher_tui.lab.docker_engine import Engine
from rancher_tui.lab.layout import LabHost, Settings, replace_text

CERTIFICATES = "etc/kubernetes/ssl"

_REGISTER_AFTER = 1.5
"""Real seconds from the kubelet's start to its node."""


class Machine:
    """One practice host behind its Docker engine."""

    def __init__(self, settings: Settings, host: LabHost, engine: Engine, store: cluster.Cluster) -> None:
        self.host = host
        self.engine = engine
        self.ingress_is_on = False
        self._ingress_changed = asyncio.Event()
        self._settings = settings
        self._store = store
        self._root = engine.folder / "root"
        self._api: ApiServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        engine.listeners.append(self._container_changed)

    async def resume(self) -> None:
        """Take up what ran when the world ended."""
        if self.engine.running("kube-apiserver"):
            await self._start_api()
        self.write_listening()

    @property
    def node_name(self) -> str | None:
        """The name under which the host's kubelet registers; None without one."""
        kubelet = self.engine.running("kubelet")
        if kubelet is None:
            return None
        words = kubelet["Config"].get("Cmd", [])
        named = [word.partition("=")[2] for word in words if word.startswith("--hostname-override=")]
        return named[0] if named else self.host.name

    def _container_changed(self, _engine: Engine, event: str, container: dict[str, Any]) -> None:
        name = container["Name"]
        if event == "started":
            self._started(name, container)
        elif name == "kube-apiserver" and self._api is not None:
            self._api.stop()
            self._api = None
        elif name == "kubelet":
            self._kubelet_gone()
        self.write_listening()

    def _started(self, name: str, container: dict[str, Any]) -> None:
        for folder in cluster.facts()["folders"].get(name, []):
            self._path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if name == "cert-deployer":
            self._write_certificates(container["Config"].get("Env", []))
        elif name == "kube-apiserver":
            self._spawn(self._start_api())
        elif name == "kubelet":
            self._spawn(self._register())
        elif name == "kube-cleaner":
            self._clean()
        if name in cluster.facts()["one_shot"]:
            self.engine.end(name)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _path(self, name: str) -> Path:
        return self._root / name.lstrip("/")

    def _write_certificates(self, environment: list[str]) -> None:
        """Every variable is a PEM file: KUBE_APISERVER_KEY becomes kube-apiserver-key.pem."""
        folder = self._root / CERTIFICATES
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for item in environment:
            name, _equals, value = item.partition("=")
            if value.startswith("-----BEGIN"):
                path = folder / f"{name.lower().replace('_', '-')}.pem"
                path.touch(mode=0o600)
                path.write_text(value)

    async def _start_api(self) -> None:
        if self._api is None:
            self._api = ApiServer(
                self._store, self.host.address, self._settings.api_port, self._root / CERTIFICATES
            )
            await self._api.start()

    def _clean(self) -> None:
        for name in cluster.facts()["cleaned"]:
            shutil.rmtree(self._path(name), ignore_errors=True)

    @property
    def has_etcd_data(self) -> bool:
        """True when an etcd has kept the cluster here."""
        return self._path("/var/lib/etcd").exists()

    async def _register(self) -> None:
        await asyncio.sleep(_REGISTER_AFTER * self._settings.pace)
        name = self.node_name
        if name is None:
            return
        before = self._store.get("nodes", "", name)
        ready = before is None or any(
            item["type"] == "Ready" and item["reason"] != "NetworkNotReady"
            for item in before["status"]["conditions"]
        )
        node = before or {"metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}}}
        node["spec"] = node.get("spec") or {}
        node["status"] = self._node_status(name, ready=before is not None and ready)
        self._store.put("nodes", node)

    def _node_status(self, name: str, *, ready: bool) -> dict[str, Any]:
        info = self.engine.about["info"]
        return {
            "addresses": [
                {"type": "InternalIP", "address": self.host.address},
                {"type": "Hostname", "address": name},
            ],
            "capacity": {"cpu": str(info["NCPU"]), "memory": "8175072Ki", "pods": "110"},
            "conditions": [*_healthy(), ready_condition(ready=ready)],
            "nodeInfo": {
                "kubeletVersion": cluster.facts()["version"]["gitVersion"],
                "containerRuntimeVersion": f"docker://{info['ServerVersion']}",
                "osImage": info["OperatingSystem"],
                "kernelVersion": info["KernelVersion"],
                "architecture": "amd64",
                "operatingSystem": "linux",
            },
        }

    def _kubelet_gone(self) -> None:
        self.engine.drop_containers(lambda name: name.startswith("k8s_"))
        self.set_ingress(on=False)
        for node in list(self._store.list("nodes")):
            addresses = [item["address"] for item in node["status"]["addresses"]]
            if self.host.address in addresses:
                unknown = {**ready_condition(ready=False), "status": "Unknown", "reason": "NodeStatusUnknown"}
                node["status"]["conditions"] = [unknown]
                self._store.put("nodes", node)

    def set_ingress(self, *, on: bool) -> None:
        """Have the ingress controller here, or not."""
        self.ingress_is_on = on
        self._ingress_changed.set()
        self.write_listening()

    async def ingress_changed(self) -> None:
        """Wait until the ingress controller comes or goes."""
        await self._ingress_changed.wait()
        self._ingress_changed.clear()

    def write_listening(self) -> None:
        """Say on which ports the host listens, for its `ss`."""
        ports = cluster.facts()["ports"]
        lines = [f"tcp {self.host.ssh_port}"]
        for container in self.engine.containers:
            if container["Running"]:
                lines += [f"tcp {port}" for port in ports.get(container["Name"], [])]
        if self.ingress_is_on:
            lines += [f"tcp {self._settings.ingress_port}", "tcp 443", "tcp 10254", "tcp 9099", "udp 8472"]
        replace_text(self.engine.folder / "listening", "\n".join(lines) + "\n")


def _healthy() -> Iterator[dict[str, str]]:
    for kind in ("OutOfDisk", "MemoryPressure", "DiskPressure", "PIDPressure"):
        yield {
            "type": kind,
            "status": "False",
            "reason": "KubeletHasSufficient",
            "lastHeartbeatTime": cluster.now(),
        }


def ready_condition(*, ready: bool) -> dict[str, str]:
    """A node's Ready condition; not ready means that its network plug-in is still missing."""
    return {
        "type": "Ready",
        "status": "True" if ready else "False",
        "reason": "KubeletReady" if ready else "NetworkNotReady",
        "message": "kubelet is posting ready status"
        if ready
        else "network plugin is not ready: cni config uninitialized",
        "lastHeartbeatTime": cluster.now(),
        "lastTransitionTime": cluster.now(),
    }
