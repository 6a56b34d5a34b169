"""The cluster file as RKE v0.1 reads and judges it: the same order, the same words.

Only what a rehearsal needs is decoded (assets/lab/rke.yml); unknown keys are ignored, as rke ignores them.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rancher_tui.lab.rke.facts import facts
from rancher_tui.lab.rke.log import FatalError

ROLES = ("controlplane", "worker", "etcd")
_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_SUBDOMAIN_RULE = (
    "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end "
    f"with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)


class PanicError(Exception):
    """rke itself falls over: a Go panic, exit code 2."""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """One of `nodes`."""

    address: str
    port: str
    user: str
    roles: tuple[str, ...]
    hostname: str
    docker_socket: str
    ssh_key: str
    ssh_key_path: str
    internal_address: str


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """What the stand-in needs of a cluster file, with rke's defaults filled in."""

    path: Path
    hosts: tuple[HostConfig, ...]
    kubernetes_version: str
    addons: str
    addons_include: tuple[str, ...]
    addon_job_timeout: int
    network_plugin: str
    ingress_provider: str
    ignore_docker_version: bool
    ssh_agent_auth: bool
    snapshot: bool
    service_range: str
    cluster_name: str = "local"
    raw: dict[str, Any] = field(default_factory=dict)

    def having(self, role: str) -> tuple[HostConfig, ...]:
        """The hosts of one role, in the file's order."""
        return tuple(host for host in self.hosts if role in host.roles)


def read(name: str) -> bytes:
    """The file's bytes; FatalError when there is none."""
    path = Path(name)
    shown = path if path.is_absolute() else Path.cwd() / path
    try:
        return path.read_bytes()
    except OSError as error:
        words = (error.strerror or "").lower()
        raise FatalError(
            f"Failed to resolve cluster file: Can not find cluster configuration file: open {shown}: {words}"
        ) from error


def parse(data: bytes) -> dict[str, Any]:
    """The decoded file (UTF-8, or UTF-16 with a mark); FatalError with Go's words for bad YAML or a wrong type."""
    try:
        node = next(iter(yaml.compose_all(data, yaml.CSafeLoader)), None)
    except yaml.MarkedYAMLError as error:
        raise _unparsed(f"{_place(error)}{error.problem}") from error
    except RecursionError as error:
        raise _unparsed("exceeded max depth of 10000") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unparsed("control characters are not allowed") from error
    problems: list[str] = []
    loaded = _decode(node, facts()["cluster_file"], "", problems) if node is not None else None
    if problems:
        raise _unparsed("unmarshal errors:\n  " + "\n  ".join(problems))
    return loaded if isinstance(loaded, dict) else {}


def _unparsed(words: str) -> FatalError:
    return FatalError(f"Failed to parse cluster file: yaml: {words}")


def _place(error: yaml.MarkedYAMLError) -> str:
    """`line N: ` as Go's yaml counts: a scanner's line from 1, a parser's from 0, none for the first."""
    line = 0
    if error.problem_mark is not None and error.problem_mark.line:
        line = error.problem_mark.line + isinstance(error, yaml.scanner.ScannerError)
    elif error.context_mark is not None and error.context_mark.line:
        line = error.context_mark.line
    elif isinstance(error, yaml.scanner.ScannerError):
        line = 1
    return f"line {line}: " if line else ""


def _mismatch(node: yaml.Node, wanted: Any, path: str) -> str:
    tag = node.tag.replace("tag:yaml.org,2002:", "!!")
    value = ""
    if isinstance(node, yaml.ScalarNode):
        value = f" `{node.value[:7]}...`" if len(node.value) > 10 else f" `{node.value}`"
    kind = wanted
    if isinstance(wanted, list):
        kind = f"[]{wanted[0] if isinstance(wanted[0], str) else facts()['go_types'][path]}"
    elif isinstance(wanted, dict):
        kind = facts()["go_types"][path]
    return f"line {node.start_mark.line + 1}: cannot unmarshal {tag}{value} into {kind}"


def _decode(node: yaml.Node, wanted: Any, path: str, problems: list[str]) -> Any:
    """A node as the wanted type; a null gives None, a mismatch None and a problem."""
    if node.tag.endswith(":null"):
        return None
    if wanted == "any":
        return True
    if isinstance(wanted, dict) and isinstance(node, yaml.MappingNode):
        return _decode_map(node, wanted, path, problems)
    if isinstance(wanted, list) and isinstance(node, yaml.SequenceNode):
        return [_decode(item, wanted[0], path, problems) for item in node.value]
    if isinstance(node, yaml.ScalarNode) and isinstance(wanted, str):
        scalar = {"string": _text, "bool": _boolean, "int": _integer}[wanted](node)
        if scalar is not None:
            return scalar
    problems.append(_mismatch(node, wanted, path))
    return None


def _decode_map(node: yaml.MappingNode, wanted: dict[str, Any], path: str, problems: list[str]) -> dict[str, Any]:
    decoded: dict[str, Any] = {}
    for key, value in node.value:
        if key.tag.endswith(":merge"):
            parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for part in parts:
                if not isinstance(part, yaml.MappingNode):
                    raise _unparsed("map merge requires map or sequence of maps as the value")
                if part is not node:
                    decoded = {**_decode_map(part, wanted, path, problems), **decoded}
        elif not isinstance(key, yaml.ScalarNode):
            problems.append(_mismatch(key, "string", path))
        elif key.value in wanted:
            below = f"{path}.{key.value}".lstrip(".")
            decoded[key.value] = _decode(value, wanted[key.value], below, problems)
    return decoded


def _text(node: yaml.ScalarNode) -> str:
    return str(node.value)


def _boolean(node: yaml.ScalarNode) -> bool | None:
    return node.value.lower() in ("true", "yes", "on", "y") if node.tag.endswith(":bool") else None


def _integer(node: yaml.ScalarNode) -> int | None:
    try:
        if node.tag.endswith(":int"):
            return int(node.value.replace("_", ""), 0)
        return int(float(node.value)) if node.tag.endswith(":float") else None
    except (ValueError, OverflowError):
        return None


def judge(decoded: dict[str, Any], path: Path) -> ClusterConfig:
    """The cluster that a decoded file describes; FatalError where rke refuses it, in rke's order."""
    services = decoded.get("services") or {}
    etcd = services.get("etcd") or {}
    api = services.get("kube-api") or {}
    version = decoded.get("kubernetes_version") or ""
    config = ClusterConfig(
        path=path,
        hosts=tuple(_host(item or {}, decoded.get("ssh_key_path") or "") for item in decoded.get("nodes") or []),
        kubernetes_version=version if version in facts()["kubernetes"] else facts()["default_kubernetes"],
        addons=decoded.get("addons") or "",
        addons_include=tuple(item for item in decoded.get("addons_include") or [] if item),
        addon_job_timeout=decoded.get("addon_job_timeout") or 30,
        network_plugin=(decoded.get("network") or {}).get("plugin") or "canal",
        ingress_provider=(decoded.get("ingress") or {}).get("provider") or "nginx",
        ignore_docker_version=bool(decoded.get("ignore_docker_version")),
        ssh_agent_auth=bool(decoded.get("ssh_agent_auth")),
        snapshot=bool(etcd.get("snapshot")),
        service_range=api.get("service_cluster_ip_range") or "10.43.0.0/16",
        cluster_name=decoded.get("cluster_name") or "local",
        raw=decoded,
    )
    _classify(config)
    _validate(config, etcd)
    return config


def _host(item: dict[str, Any], common_key_path: str) -> HostConfig:
    address = item.get("address") or ""
    key_path = item.get("ssh_key_path") or common_key_path or "~/.ssh/id_rsa"
    if len(key_path) < 2:
        raise PanicError(f"runtime error: slice bounds out of range [:2] with length {len(key_path)}")
    return HostConfig(
        address=address,
        port=item.get("port") or "22",
        user=item.get("user") or "",
        roles=tuple(role or "" for role in item.get("role") or []),
        hostname=(item.get("hostname_override") or address).lower(),
        docker_socket=item.get("docker_socket") or "/var/run/docker.sock",
        ssh_key=item.get("ssh_key") or "",
        ssh_key_path=str(Path(key_path).expanduser()) if key_path.startswith("~/") else key_path,
        internal_address=item.get("internal_address") or address,
    )


def _classify(config: ClusterConfig) -> None:
    for host in config.hosts:
        for role in host.roles:
            if role not in ROLES:
                raise FatalError(
                    "Failed to classify hosts from config file: "
                    f"Failed to recognize host [{host.address}] role {role}"
                )


def _refuse(words: str) -> FatalError:
    return FatalError(f"Failed to validate cluster: {words}")


def _validate(config: ClusterConfig, etcd: dict[str, Any]) -> None:
    if not config.having("etcd") and not etcd.get("external_urls"):
        raise _refuse(
            "Cluster must have at least one etcd plane host: please specify one or more etcd in cluster config"
        )
    if config.having("etcd") and etcd.get("external_urls"):
        raise _refuse("Cluster can't have both internal and external etcd")
    seen: set[str] = set()
    for host in config.hosts:
        for name in dict.fromkeys((host.address, host.hostname)):
            if name in seen:
                raise _refuse(f"Cluster can't have duplicate node: {name}")
            seen.add(name)
    for number, host in enumerate(config.hosts, 1):
        _validate_host(number, host)
    strategy = (config.raw.get("authentication") or {}).get("strategy") or "x509"
    if strategy != "x509":
        raise _refuse(f"Authentication strategy [{strategy}] is not supported")
    if config.network_plugin not in ("flannel", "calico", "canal", "weave"):
        raise _refuse(f"Network plugin [{config.network_plugin}] is not supported")
    if config.ingress_provider not in ("nginx", "none"):
        raise _refuse(f"Ingress controller {config.ingress_provider} is incorrect")
    try:
        ipaddress.ip_network(config.service_range, strict=False)
    except ValueError as error:
        raise FatalError(
            "Failed to get Kubernetes Service IP: Failed to get kubernetes service IP from Kube API option "
            f"[service_cluster_ip_range]: invalid CIDR address: {config.service_range}"
        ) from error


def _validate_host(number: int, host: HostConfig) -> None:
    if not host.address:
        raise _refuse(f"Address for host ({number}) is not provided")
    if not host.user:
        raise _refuse(f"User for host ({number}) is not provided")
    if not host.roles:
        raise _refuse(f"Role for host ({number}) is not provided")
    if len(host.hostname) > 253 or not re.fullmatch(_SUBDOMAIN, host.hostname):
        raise _refuse(f"Hostname_override [{host.hostname}] for host ({number}) is not valid: [{_SUBDOMAIN_RULE}]")
