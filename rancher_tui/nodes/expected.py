"""What the rest of the install expects of its nodes: filled in by whoever knows the other areas."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_CLUSTER_CIDR = "10.42.0.0/16"
DEFAULT_SERVICE_CIDR = "10.43.0.0/16"


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
    registry: str = "registry-1.docker.io"
    audit_folder: str = ""
    installed: bool = False

    @property
    def kubernetes_minor(self) -> int | None:
        """The minor version of Kubernetes 1.x, None when it is not known."""
        major, _, minor = self.kubernetes.removeprefix("v").partition(".")
        number = minor.partition(".")[0]
        return int(number) if major == "1" and number.isdigit() else None
