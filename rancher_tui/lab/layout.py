"""A lab's folder and its settings: where everything lies, and which addresses and ports the world uses.

Addresses and ports are chosen once, when the lab is created, and kept, so that a world that is started again is
the same world. Everything below the folder is private to its owner (folders 0700, files 0600).
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rancher_tui.files import write_atomic

PREFERRED_PORTS = {"ssh": 2222, "http": 8080, "https": 8443, "dns": 5353, "ingress": 8081, "api": 6443}
"""RKE's API servers always listen on 6443; another port is taken only where the machine has none to give."""
_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class LabHost:
    """One practice host: its name, its loopback address and the port of its SSH server."""

    name: str
    address: str
    ssh_port: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The world's settings, `world.json` in its folder."""

    fqdn: str
    user: str
    hosts: tuple[LabHost, ...]
    balancer_address: str
    http_port: int
    https_port: int
    name_server_address: str
    dns_port: int
    ingress_port: int
    api_port: int
    elsewhere: str
    """The address that the name server gives when it lies; nothing listens there."""
    pace: float = 0.1
    """Lab seconds for one real second."""
    life_hours: float = 12.0
    """After this time the world ends by itself."""
    faults: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The zone of the name server: the FQDN without its first label."""
        return self.fqdn.partition(".")[2]

    def to_json(self) -> dict[str, Any]:
        """The settings as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Settings:
        """The settings that `to_json` gave; KeyError or TypeError if it is none."""
        hosts = tuple(LabHost(**host) for host in record["hosts"])
        return cls(**{**record, "hosts": hosts, "faults": tuple(record["faults"])})


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of one lab."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "world.json"

    @property
    def process(self) -> Path:
        """Who serves this lab: pid, start ticks and boot id."""
        return self.folder / "process.json"

    @property
    def log(self) -> Path:
        return self.folder / "world.log"

    @property
    def lock(self) -> Path:
        """Held by the process that serves this lab."""
        return self.folder / "world.lock"

    @property
    def run_lock(self) -> Path:
        """Held by the rke stand-in while it works."""
        return self.folder / "run.lock"

    @property
    def rke(self) -> Path:
        return self.folder / "rke"

    @property
    def user_key(self) -> Path:
        return self.folder / "keys" / "operator"

    @property
    def chain(self) -> Path:
        return self.folder / "certificates" / "chain.pem"

    @property
    def chain_key(self) -> Path:
        return self.folder / "certificates" / "privkey.pem"

    @property
    def ca(self) -> Path:
        return self.folder / "certificates" / "cacerts.pem"

    @property
    def names(self) -> Path:
        """What the hosts' resolver answers: lines `ADDRESS NAME`, as in /etc/hosts."""
        return self.folder / "names"

    @property
    def cluster(self) -> Path:
        """The Kubernetes objects: the lab's etcd."""
        return self.folder / "cluster.json"

    def host(self, name: str) -> Path:
        """The folder of one practice host."""
        return self.folder / "hosts" / name

    def host_key(self, name: str) -> Path:
        """The private SSH host key of one practice host."""
        return self.folder / "keys" / f"host_{name}"

    def read_settings(self) -> Settings:
        """The settings; OSError, ValueError, KeyError or TypeError when there are none that can be read."""
        return Settings.from_json(json.loads(self.settings.read_text()))

    def write_settings(self, settings: Settings) -> None:
        """Store the settings."""
        write_atomic(self.settings, json.dumps(settings.to_json(), indent=2).encode())


def replace_text(path: Path, content: str) -> None:
    """Replace a small file (0600) at once, not waiting for the disk: a lab need not survive a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(content)
    temporary.replace(path)


def _bindable(address: str, port: int, *, datagrams: bool = False) -> bool:
    kind = socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _port(preferred: int, addresses: list[str]) -> int | None:
    """The preferred port or one near it that is free for TCP and UDP on all `addresses`."""
    for port in range(preferred, preferred + 40):
        if all(_bindable(item, port) and _bindable(item, port, datagrams=True) for item in addresses):
            return port
    return None


def choose_settings(fqdn: str, user: str, host_names: tuple[str, ...], **others: Any) -> Settings:
    """Settings with addresses of a 127.x.y.0/24 of their own and ports that are free there now.

    OSError when the machine has no free loopback addresses (another system than Linux).
    """
    for _attempt in range(_ATTEMPTS):
        network = f"127.{64 + secrets.randbelow(64)}.{1 + secrets.randbelow(250)}"
        nodes = [f"{network}.{11 + index}" for index in range(len(host_names))]
        balancer, server = f"{network}.10", f"{network}.53"
        where = {"http": [balancer], "https": [balancer], "dns": [server]}
        where |= dict.fromkeys(("ssh", "ingress", "api"), nodes)
        ports = {use: _port(PREFERRED_PORTS[use], addresses) for use, addresses in where.items()}
        found = {use: port for use, port in ports.items() if port is not None}
        if len(found) < len(ports):
            continue
        hosts = tuple(
            LabHost(name, address, found["ssh"]) for name, address in zip(host_names, nodes, strict=True)
        )
        settings = Settings(
            fqdn=fqdn,
            user=user,
            hosts=hosts,
            balancer_address=balancer,
            http_port=found["http"],
            https_port=found["https"],
            name_server_address=server,
            dns_port=found["dns"],
            ingress_port=found["ingress"],
            api_port=found["api"],
            elsewhere=f"{network}.99",
        )
        return replace(settings, **others)
    raise OSError("no free loopback addresses for the lab")
