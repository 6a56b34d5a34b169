"""The cluster's certificates as RKE makes them, and the kubeconfig that it writes."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from rancher_tui.lab import authority
from rancher_tui.lab.rke.config import ClusterConfig, HostConfig

_ADMIN = "kube-admin"
_ADMIN_GROUP = "system:masters"
_KUBECONFIG_MODE = 0o640
"""RKE up to v1.2.7."""


@dataclass(slots=True)
class Bundle:
    """Certificates and keys by rke's names (`kube-ca`, `kube-apiserver`, `kube-admin`, …)."""

    pairs: dict[str, authority.Pair]

    def environment(self, names: Sequence[str] | None = None) -> list[str]:
        """The bundle as variables of the container that deploys it."""
        variables = []
        for name, pair in self.pairs.items():
            if names is None or name in names:
                variable = name.upper().replace("-", "_").replace(".", "_")
                variables += [f"{variable}={pair.pem}", f"{variable}_KEY={pair.key_pem}"]
        return variables

    def as_secret(self) -> dict[str, str]:
        """The bundle as a Kubernetes secret's data."""
        texts = {}
        for name, pair in self.pairs.items():
            texts[name] = _encoded(pair.pem)
            texts[f"{name}-key"] = _encoded(pair.key_pem)
        return texts

    @classmethod
    def from_secret(cls, data: dict[str, str]) -> Bundle:
        """The bundle that `as_secret` gave."""
        texts = {name: base64.b64decode(value).decode() for name, value in data.items()}
        names = [name for name in texts if not name.endswith("-key")]
        return cls({name: authority.Pair.from_pem(texts[name], texts[f"{name}-key"]) for name in names})


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def etcd_name(host: HostConfig) -> str:
    """The name of an etcd host's certificate (RKE v0.1)."""
    return f"etcd-{host.internal_address}"


def make_ca() -> authority.Pair:
    """The cluster's own CA."""
    return authority.make_root("kube-ca")


def make_api_server(ca: authority.Pair, config: ClusterConfig) -> authority.Pair:
    """The API server's certificate, for every control plane host and the service's names."""
    hosts = [name for host in config.hosts for name in (host.address, host.hostname)]
    names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "127.0.0.1", "10.43.0.1"]
    return authority.make_server(ca, "kube-apiserver", list(dict.fromkeys([*hosts, *names])))


def make_component(ca: authority.Pair, name: str) -> authority.Pair:
    """A component's client certificate."""
    return authority.make_client(ca, f"system:{name}", "system:nodes" if name == "node" else "")


def make_admin(ca: authority.Pair) -> authority.Pair:
    """The operator's client certificate."""
    return authority.make_client(ca, _ADMIN, _ADMIN_GROUP)


def kubeconfig_path(config: ClusterConfig) -> Path:
    """`kube_config_` before the cluster file's name, beside it."""
    return config.path.with_name(f"kube_config_{config.path.name}")


def write_kubeconfig(config: ClusterConfig, bundle: Bundle, server: str) -> None:
    """Write the operator's kubeconfig over an existing one, as rke does: in place. `server` is an https URL."""
    admin = bundle.pairs["kube-admin"]
    name = config.cluster_name
    user = f"{_ADMIN}-{name}"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "cluster": {
                    "api-version": "v1",
                    "certificate-authority-data": _encoded(bundle.pairs["kube-ca"].pem),
                    "server": server,
                },
                "name": name,
            }
        ],
        "contexts": [{"context": {"cluster": name, "user": user}, "name": name}],
        "current-context": name,
        "users": [
            {
                "name": user,
                "user": {
                    "client-certificate-data": _encoded(admin.pem),
                    "client-key-data": _encoded(admin.key_pem),
                },
            }
        ],
    }
    path = kubeconfig_path(config)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _KUBECONFIG_MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write(yaml.safe_dump(content, sort_keys=False))
    path.chmod(_KUBECONFIG_MODE)
