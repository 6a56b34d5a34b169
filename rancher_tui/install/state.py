"""InstallState: one install as plain, frozen data, the only truth that screens and commands share.

What the operator types is kept as typed: fields are text, the model checks shape only, and `rules` says what is
right. No I/O, no rules here. Paths of fields (`nodes.0.address`) are public: `rancher-tui set` takes them.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION: Final = 1

ROLES: Final = ("controlplane", "etcd", "worker")
TEMPLATES: Final = (
    "external-certificate",
    "external-recognized-ca",
    "ingress-certificate",
    "ingress-recognized-ca",
)
BALANCER_KINDS: Final = ("nginx", "haproxy", "alb", "traefik", "caddy", "envoy")


class Part(BaseModel):
    """A frozen part of the state. Models are built when first used, so that importing them is cheap."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Node(Part):
    """One row of the node table, as typed. Empty means RKE's default (reference: RKE's `nodes[]`)."""

    address: str = ""
    user: str = ""
    roles: tuple[str, ...] = ROLES
    port: str = "22"
    ssh_key_path: str = ""
    internal_address: str = ""
    hostname_override: str = ""
    docker_socket: str = ""
    ssh_key: str = ""
    """Reference to an inline private key (`secret:NAME`, `env:VAR`, `file:PATH`), never the key."""
    ssh_cert_path: str = ""
    ssh_cert: str = ""
    """Reference to an inline OpenSSH certificate."""
    labels: tuple[str, ...] = ()
    """`key=value` texts."""
    taints: tuple[str, ...] = ()
    """`key=value:effect` texts."""


class Balancer(Part):
    """The layer-7 load balancer: what it is, where clients reach it, where its certificate lies on it."""

    kind: str = "nginx"
    address: str = ""
    """IP address or name (an Amazon ALB has only a name)."""
    http_port: str = "80"
    https_port: str = "443"
    certificate_path: str = ""
    """On the load balancer; empty: where its kind usually has it. So is `key_path`."""
    key_path: str = ""
    node_port: str = "80"
    """Port of the ingress on every node."""


class Dns(Part):
    """Name servers to ask, each `ADDRESS` or `ADDRESS:PORT`; empty asks the system's own."""

    servers: tuple[str, ...] = ()


class Certificates(Part):
    """Paths on this machine, and the CA's normalised text (it is public). Keys are never read into the state."""

    chain_path: str = ""
    key_path: str = ""
    ca_path: str = ""
    ca_text: str = ""


class Rke(Part):
    """The RKE binary: its path (empty: session folder, then PATH) and the version it must have (empty: any)."""

    binary: str = ""
    version: str = ""
    quiet_limit: str = "300"
    """Seconds without a line after which a run counts as stalled."""


class Snapshots(Part):
    """Recurring etcd snapshots. `creation` and `retention` are Go durations (`6h`, `24h`)."""

    enabled: bool = True
    creation: str = "6h"
    retention: str = "24h"
    s3_bucket: str = ""
    s3_region: str = ""
    s3_endpoint: str = ""
    s3_folder: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    """Reference to a secret."""


class Audit(Part):
    """Rancher's API audit log (Rancher >= v2.0.7). Level 0 is off."""

    level: str = "0"
    max_age: str = "10"
    max_backup: str = "10"
    max_size: str = "100"
    host_path: str = "/var/log/rancher/auditlog"


class Proxy(Part):
    """HTTP proxy for the Rancher container. Addresses may hold a password only as a secret reference."""

    http: str = ""
    https: str = ""
    no_proxy: str = ""


class Registry(Part):
    """A private registry for system images; `password` is a reference to a secret."""

    url: str = ""
    user: str = ""
    password: str = ""
    is_default: bool = True


class Bastion(Part):
    """A host through which RKE reaches the nodes."""

    address: str = ""
    user: str = ""
    port: str = "22"
    ssh_key_path: str = ""
    ssh_key: str = ""
    """Reference to an inline private key, as a node's."""
    ssh_cert_path: str = ""
    ssh_cert: str = ""


class Options(Part):
    """What an operator may want beyond the guide; empty means RKE's or Rancher's default."""

    cluster_name: str = ""
    user: str = ""
    """Login on hosts that are added from now on; no key of the cluster file."""
    ssh_key_path: str = ""
    ssh_cert_path: str = ""
    ssh_agent_auth: bool = False
    ignore_docker_version: bool = False
    addon_job_timeout: str = "120"
    """Seconds; RKE's own default of 30 is too short for slow image pulls."""
    network_plugin: str = ""
    network_interface: str = ""
    cluster_cidr: str = ""
    service_cluster_ip_range: str = ""
    cluster_dns_server: str = ""
    authentication_sans: tuple[str, ...] = ()
    ingress_options: tuple[str, ...] = ()
    """`key=value` texts for the ingress controller's configuration map."""
    audit: Audit = Audit.model_construct()
    proxy: Proxy = Proxy.model_construct()
    registry: Registry = Registry.model_construct()
    bastion: Bastion = Bastion.model_construct()


class Notice(Part):
    """How the operator is told that a run ended; all of it is off until he turns it on."""

    bell: bool = False
    """The terminal's bell, while the screens are open."""
    terminal: str = ""
    """A message of the terminal: `osc9` or `osc777`; empty for none."""
    command: str = ""
    """A shell command, run with the run's facts in its environment, also when no screen is open."""


class Copies(Part):
    """Where a second copy of each backup goes: a folder or `sftp://USER@HOST[:PORT]/FOLDER`; empty for nowhere."""

    to: str = ""
    encrypt: bool = False
    """Encrypted with a passphrase that is asked for each time and never stored."""


class Cursor(Part):
    """Where the operator was: screen, row, column, scroll offset. Saved, but no edit."""

    screen: str = "overview"
    row: int = 0
    column: int = 0
    scroll: int = 0


class Splice(Part):
    """One difference: at `path`, `before` was replaced by `after`. For lists, `start` and slices of items."""

    path: tuple[str, ...]
    before: Any = None
    after: Any = None
    start: int = -1
    """Index of the first differing item of a list; -1 for a plain value."""


class Change(Part):
    """One edit of the history: its name, when it was made (RFC 3339, UTC) and its differences."""

    name: str
    time: str = ""
    splices: tuple[Splice, ...] = ()


class InstallState(Part):
    """Everything the operator entered for one install."""

    schema_version: int = SCHEMA_VERSION
    label: str = ""
    """Free text shown beside the session's name; `REHEARSAL` for a session of the lab."""
    template: str = ""
    nodes: tuple[Node, ...] = ()
    balancer: Balancer = Balancer.model_construct()
    dns: Dns = Dns.model_construct()
    fqdn: str = ""
    certificates: Certificates = Certificates.model_construct()
    rancher_version: str = "v2.0.8"
    rke: Rke = Rke.model_construct()
    kubernetes_version: str = ""
    etcd: Snapshots = Snapshots.model_construct()
    options: Options = Options.model_construct()
    copies: Copies = Copies.model_construct()
    notice: Notice = Notice.model_construct()
    cluster_file_source: str = ""
    """Text of a cluster file that was read in: its comments and keys that are not modelled survive an export."""
    cursor: Cursor = Cursor.model_construct()
    history: tuple[Change, ...] = ()
    future: tuple[Change, ...] = ()
    """Undone edits, the next one to redo last."""


META_FIELDS: Final = frozenset({"schema_version", "cursor", "history", "future"})
"""Fields that are not the operator's input: no edit, no undo, no report depends on them."""
