"""Which field of the state stands at which key of a cluster file, for what is one value on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from rancher_tui import facts
from rancher_tui.install.state import InstallState

DEFAULT_PLUGIN: Final = "canal"
INTERFACE_OPTIONS: Final = {"canal": "canal_iface", "flannel": "flannel_iface"}
"""Plugins whose network interface can be chosen, and the key that chooses it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A field of the state (dotted), its key in the file, and how it is written.

    `kind`: `text`, `flag`, `int`, `list` (of texts) or `pairs` (`key=value` texts as a mapping).
    """

    field: str
    path: tuple[str, ...]
    kind: str = "text"


BINDINGS: Final = (
    Binding("kubernetes_version", ("kubernetes_version",)),
    Binding("options.cluster_name", ("cluster_name",)),
    Binding("options.ssh_key_path", ("ssh_key_path",)),
    Binding("options.ssh_cert_path", ("ssh_cert_path",)),
    Binding("options.ssh_agent_auth", ("ssh_agent_auth",), "flag"),
    Binding("options.ignore_docker_version", ("ignore_docker_version",), "flag"),
    Binding("options.addon_job_timeout", ("addon_job_timeout",), "int"),
    Binding("options.network_plugin", ("network", "plugin")),
    Binding("options.cluster_cidr", ("services", "kube-controller", "cluster_cidr")),
    Binding("options.service_cluster_ip_range", ("services", "kube-api", "service_cluster_ip_range")),
    Binding("options.cluster_dns_server", ("services", "kubelet", "cluster_dns_server")),
    Binding("options.authentication_sans", ("authentication", "sans"), "list"),
    Binding("options.ingress_options", ("ingress", "options"), "pairs"),
    Binding("options.bastion.address", ("bastion_host", "address")),
    Binding("options.bastion.user", ("bastion_host", "user")),
    Binding("options.bastion.port", ("bastion_host", "port"), "port"),
    Binding("options.bastion.ssh_key", ("bastion_host", "ssh_key")),
    Binding("options.bastion.ssh_key_path", ("bastion_host", "ssh_key_path")),
    Binding("options.bastion.ssh_cert", ("bastion_host", "ssh_cert")),
    Binding("options.bastion.ssh_cert_path", ("bastion_host", "ssh_cert_path")),
)

NODE_BINDINGS: Final = (
    Binding("address", ("address",)),
    Binding("port", ("port",), "port"),
    Binding("internal_address", ("internal_address",)),
    Binding("user", ("user",)),
    Binding("roles", ("role",), "list"),
    Binding("hostname_override", ("hostname_override",)),
    Binding("docker_socket", ("docker_socket",)),
    Binding("ssh_key", ("ssh_key",)),
    Binding("ssh_key_path", ("ssh_key_path",)),
    Binding("ssh_cert", ("ssh_cert",)),
    Binding("ssh_cert_path", ("ssh_cert_path",)),
    Binding("labels", ("labels",), "pairs"),
    Binding("taints", ("taints",), "taints"),
)
"""The fields of a node, in the order in which they are written."""


def reads_docker_override(rke: str) -> bool:
    """Whether this RKE reads ignore_docker_version from the file; from v1.1.3 on only the option counts."""
    return (facts.release(rke) or (0,)) < (1, 1, 3)


def field_value(part: Any, dotted: str) -> Any:
    """The value of a field by its dotted path."""
    return reduce(getattr, dotted.split("."), part)


def pairs_of(mapping: Any) -> tuple[str, ...]:
    """A mapping as `key=value` texts, in file order."""
    return tuple(f"{key}={value}" for key, value in mapping.items()) if isinstance(mapping, dict) else ()


def mapping_of(pairs: tuple[str, ...]) -> dict[str, str]:
    """`key=value` texts as a mapping; a text without `=` is a key with an empty value."""
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}


def taint_of(text: str) -> dict[str, str]:
    """A `key=value:effect` text as RKE's taint."""
    head, _, effect = text.rpartition(":")
    key, _, value = (head or effect).partition("=")
    taint = {"key": key, "value": value, "effect": effect if head else ""}
    return {name: part for name, part in taint.items() if part or name == "effect"}


def taint_text(taint: Any) -> str:
    """RKE's taint as a `key=value:effect` text."""
    part = taint if isinstance(taint, dict) else {}
    value = f"={part['value']}" if part.get("value") else ""
    return f"{part.get('key', '')}{value}:{part.get('effect', '')}"


def interface_key(state: InstallState) -> str:
    """The key of `network.options` that names the interface; empty for plugins that take none."""
    return INTERFACE_OPTIONS.get(state.options.network_plugin or DEFAULT_PLUGIN, "")
