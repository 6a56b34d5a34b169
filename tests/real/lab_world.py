"""Practice worlds for tests, in a temporary folder, stopped afterwards, with plain clients for their parts."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import httpx
import yaml

from rancher_tui.install.state import InstallState
from rancher_tui.lab import session

PACE = 0.001
CLUSTER_FILE = "rancher-cluster.yml"


class World:
    """One lab and what an operator would have typed for it."""

    def __init__(self, folder: Path, state: InstallState, work: Path) -> None:
        """`work` is the folder in which rke runs."""
        self.folder = folder
        self.state = state
        self.work = work
        self.work.mkdir(exist_ok=True)

    def at(self, work: Path) -> World:
        """The same world for another cluster file."""
        return World(self.folder, self.state, work)

    def start(self, *faults: str) -> None:
        session.start(self.folder, faults=faults)

    def stop(self) -> None:
        session.stop(self.folder)

    @asynccontextmanager
    async def login(self, number: int = 1, **options: Any) -> AsyncIterator[asyncssh.SSHClientConnection]:
        """An SSH connection to the host of a row (from 1), as the operator."""
        node = self.state.nodes[number - 1]
        settings: dict[str, Any] = {
            "username": node.user,
            "client_keys": [node.ssh_key_path],
            "known_hosts": None,
            "config": None,
            "agent_path": None,
        }
        settings |= options
        async with asyncssh.connect(node.address, int(node.port), **settings) as connection:
            yield connection

    async def run(self, command: str, number: int = 1, **options: Any) -> asyncssh.SSHCompletedProcess:
        """A command on a host."""
        async with self.login(number) as connection:
            return await connection.run(command, **options)

    def cluster_file(self, fqdn: str | None = None, **top: Any) -> None:
        """Write the cluster file: the nodes, the add-on objects of the install, and `top`'s keys."""
        nodes = [
            {
                "address": node.address,
                "port": node.port,
                "user": node.user,
                "role": list(node.roles),
                "ssh_key_path": node.ssh_key_path,
                "hostname_override": node.hostname_override,
                "docker_socket": node.docker_socket,
            }
            for node in self.state.nodes
        ]
        objects = _objects(fqdn or self.state.fqdn, self.state.certificates.ca_text)
        addons = "".join(f"---\n{yaml.safe_dump(item)}" for item in objects)
        content = {"nodes": nodes, "services": {"etcd": {"snapshot": True}}, "addons": addons, **top}
        (self.work / CLUSTER_FILE).write_text(yaml.safe_dump(content))

    def rke(self, *arguments: str, limit: float = 30) -> subprocess.CompletedProcess[str]:
        """Run the lab's rke to its end."""
        return subprocess.run(
            [str(self.folder / "rke"), *arguments],
            cwd=self.work,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )

    def up(self) -> subprocess.CompletedProcess[str]:
        return self.rke("up", "--config", CLUSTER_FILE)

    def start_up(self) -> subprocess.Popen[str]:
        """Start `rke up`, its records in a file."""
        with self.log.open("w") as log:
            command = [str(self.folder / "rke"), "up", "--config", CLUSTER_FILE]
            return subprocess.Popen(command, cwd=self.work, stderr=log, text=True)

    @property
    def log(self) -> Path:
        return self.work / "rke.log"

    def kubeconfig(self) -> tuple[ssl.SSLContext, str]:
        """TLS settings and address of the API server by the kubeconfig that rke wrote."""
        loaded = yaml.safe_load((self.work / f"kube_config_{CLUSTER_FILE}").read_text())
        server = loaded["clusters"][0]["cluster"]
        user = loaded["users"][0]["user"]
        context = ssl.create_default_context(cadata=_text(server["certificate-authority-data"]))
        pair = self.work / "admin.pem"
        pair.write_text(_text(user["client-certificate-data"]) + _text(user["client-key-data"]))
        context.load_cert_chain(pair)
        return context, server["server"]

    async def kubernetes(self, path: str) -> httpx.Response:
        """What the API server answers the administrator."""
        context, server = self.kubeconfig()
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            return await client.get(f"{server}{path}")

    def client(self, *, http2: bool = False) -> httpx.AsyncClient:
        """A client that reaches the balancer under the FQDN and trusts the lab's CA alone."""
        context = ssl.create_default_context(cafile=self.state.certificates.ca_path)
        headers = {"host": f"{self.state.fqdn}:{self.state.balancer.https_port}"}
        transport = _Named(self.state.fqdn, verify=context, http2=http2)
        return httpx.AsyncClient(transport=transport, headers=headers, timeout=15)

    def url(self, path: str) -> str:
        return f"https://{self.state.balancer.address}:{self.state.balancer.https_port}{path}"

    async def visit(
        self, path: str, method: str = "GET", *, http2: bool = False, **options: Any
    ) -> httpx.Response:
        """What the balancer answers for the FQDN."""
        async with self.client(http2=http2) as client:
            return await client.request(method, self.url(path), **options)

    async def ingress(self, path: str, host: str, number: int = 1, **headers: str) -> httpx.Response:
        """What the ingress of a host answers."""
        node = self.state.nodes[number - 1]
        url = f"http://{node.address}:{self.state.balancer.node_port}{path}"
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(url, headers={"host": host, **headers})

    def pid(self) -> int:
        return int(json.loads((self.folder / "process.json").read_text())["pid"])


class _Named(httpx.AsyncHTTPTransport):
    """Says the FQDN in TLS whatever the address is."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(**options)
        self._name = name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": self._name}
        return await super().handle_async_request(request)


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def _objects(fqdn: str, ca: str) -> Iterator[dict[str, Any]]:
    """The add-on of the guide's template with a private CA, without its comments."""

    def item(kind: str, version: str, name: str, **rest: Any) -> dict[str, Any]:
        return {
            "kind": kind,
            "apiVersion": version,
            "metadata": {"name": name, "namespace": "cattle-system"},
            **rest,
        }

    yield item("Namespace", "v1", "cattle-system")
    yield item("ServiceAccount", "v1", "cattle-admin")
    yield item("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "cattle-crb")
    encoded = base64.b64encode(ca.encode()).decode()
    yield item("Secret", "v1", "cattle-keys-server", type="Opaque", data={"cacerts.pem": encoded})
    yield item("Service", "v1", "cattle-service", spec={"selector": {"app": "cattle"}, "ports": [{"port": 80}]})
    backend = {"backend": {"serviceName": "cattle-service", "servicePort": 80}}
    rules = [{"host": fqdn, "http": {"paths": [backend]}}]
    yield item("Ingress", "extensions/v1beta1", "cattle-ingress-http", spec={"rules": rules})
    pod = {
        "containers": [{"name": "cattle-server", "image": "rancher/rancher:v2.0.8"}],
        "volumes": [{"name": "keys", "secret": {"secretName": "cattle-keys-server"}}],
    }
    template = {"metadata": {"labels": {"app": "cattle"}}, "spec": pod}
    yield item("Deployment", "extensions/v1beta1", "cattle", spec={"replicas": 1, "template": template})


@contextmanager
def world(folder: Path, *faults: str, pace: float = PACE) -> Iterator[World]:
    """A running world, stopped in the end."""
    made = World(folder, session.create(folder, pace=pace), folder.parent / f"{folder.name}-cluster")
    made.start(*faults)
    try:
        yield made
    finally:
        made.stop()


async def until(true: Callable[[], Awaitable[bool]], limit: float = 10.0) -> None:
    """Wait for a condition; TimeoutError after `limit` seconds."""
    async with asyncio.timeout(limit):
        while not await true():
            await asyncio.sleep(0.02)
