"""What the rest of the install expects of its nodes: filled in by whoever knows the other areas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rancher_tui.install.state import InstallState

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_CLUSTER_CIDR = "10.42.0.0/16"
DEFAULT_SERVICE_CIDR = "10.43.0.0/16"
DEFAULT_REGISTRY = "registry-1.docker.io"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Expected:
    """`docker_versions` are those that RKE takes (`17.03`, compared by major and minor; empty: not judged);
    `kubernetes` is `major.minor` or empty. `docker_api` is the API version that RKE speaks (`1.24` up to RKE v1.2,
    empty where it negotiates). `sha1_signatures` is true for RKE releases that sign RSA with SHA-1 only,
    `installed` where this very cluster already stands on the nodes."""

    docker_versions: tuple[str, ...] = ()
    ignore_docker_version: bool = False
    docker_api: str = ""
    kubernetes: str = ""
    sha1_signatures: bool = False
    fqdn: str = ""
    balancer_addresses: tuple[str, ...] = ()
    cluster_cidr: str = DEFAULT_CLUSTER_CIDR
    service_cidr: str = DEFAULT_SERVICE_CIDR
    registry: str = DEFAULT_REGISTRY
    audit_folder: str = ""
    installed: bool = False

    @classmethod
    def of(cls, state: InstallState, *, rke: str = "", **known: Any) -> Expected:
        """What an install's state tells; `rke` is the release that will run, `known` are other fields.

        RKE before v1.3.0 speaks Docker's API 1.24 only (source), and was built before Go's SSH client learnt to
        sign with anything newer than SHA-1 (2022).
        """
        options = state.options
        release = _pair(rke or state.rke.version)
        old = release is not None and release < (1, 3)
        kubernetes = _pair(state.kubernetes_version)
        fqdn = state.fqdn.strip()
        told: dict[str, Any] = {
            "ignore_docker_version": options.ignore_docker_version,
            "docker_api": "1.24" if old else "",
            "sha1_signatures": old,
            "kubernetes": f"{kubernetes[0]}.{kubernetes[1]}" if kubernetes else "",
            "fqdn": fqdn if _NAME.fullmatch(fqdn) else "",
            "balancer_addresses": tuple(filter(_IPV4.fullmatch, [state.balancer.address.strip()])),
            "cluster_cidr": options.cluster_cidr.strip() or DEFAULT_CLUSTER_CIDR,
            "service_cidr": options.service_cluster_ip_range.strip() or DEFAULT_SERVICE_CIDR,
            "registry": options.registry.url.strip().partition("/")[0] or DEFAULT_REGISTRY,
            "audit_folder": options.audit.host_path if options.audit.level.strip() not in ("", "0") else "",
        }
        return cls(**{**told, **known})

    @property
    def kubernetes_minor(self) -> int | None:
        """The minor version of Kubernetes 1.x, None when it is not known."""
        major, _, minor = self.kubernetes.removeprefix("v").partition(".")
        number = minor.partition(".")[0]
        return int(number) if major == "1" and number.isdigit() else None


def _pair(version: str) -> tuple[int, int] | None:
    """Major and minor of a release's name."""
    match = re.match(r"v?(\d{1,4})\.(\d{1,4})", version.strip())
    return (int(match[1]), int(match[2])) if match else None
