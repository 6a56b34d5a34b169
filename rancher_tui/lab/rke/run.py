"""What all phases share: the cluster file, the hosts that answer, the log, the pace, the common Docker steps."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence

from rancher_tui.lab.rke.api import Api
from rancher_tui.lab.rke.config import ClusterConfig, HostConfig
from rancher_tui.lab.rke.dialer import DialError, DockerError, Host
from rancher_tui.lab.rke.facts import facts
from rancher_tui.lab.rke.log import FatalError, Log
from rancher_tui.lab.rke.pki import Bundle

_PULL_TIME = 4.0
_START_TIME = 0.3
_HEALTH_TIME = 0.5
_HEALTH_TRIES = 10
_LEAST_WAIT = 0.05


class Run:
    """One `rke` at work on a cluster."""

    def __init__(self, config: ClusterConfig, log: Log, pace: float, api_port: int) -> None:
        self.config = config
        self.log = log
        self._pace = pace
        self._api_port = api_port
        self.hosts: list[Host] = []
        self.skipped: list[HostConfig] = []
        self.bundle = Bundle({})
        self.api: Api | None = None
        self.is_new = True

    async def pause(self, seconds: float) -> None:
        """Let real seconds pass at the lab's pace."""
        await asyncio.sleep(self.scaled(seconds))

    async def try_later(self, seconds: float) -> None:
        """`pause` before another try: however quick the lab's pace, the other side gets its time."""
        await asyncio.sleep(max(_LEAST_WAIT, self.scaled(seconds)))

    def scaled(self, seconds: float) -> float:
        """Real seconds at the lab's pace."""
        return seconds * self._pace

    def having(self, *roles: str) -> list[Host]:
        """The connected hosts that have one of `roles`."""
        return [host for host in self.hosts if any(role in host.config.roles for role in roles)]

    async def dial(self) -> None:
        """Connect to the hosts one after another; those that fail are left out with a warning (RKE v0.1)."""
        for config in self.config.hosts:
            host = Host(config)
            self.log.info(f"[dialer] Setup tunnel for host [{host.address}]")
            try:
                await host.connect(agent=self.config.ssh_agent_auth)
            except DialError as error:
                self.log.warning(f"Failed to set up SSH tunneling for host [{host.address}]: {error}")
                self.skipped.append(config)
                continue
            self._judge_docker(host)
            self.hosts.append(host)
        for config in self.skipped:
            self.log.warning(f"Removing host [{config.address}] from node lists")
        if not self.having("etcd"):
            first = self.skipped[0] if self.skipped else None
            named = first.address if first and "etcd" in first.roles else ""
            raise FatalError(
                "Cluster must have at least one etcd plane host: "
                f"failed to connect to the following etcd host(s) [{named}]"
            )

    def _judge_docker(self, host: Host) -> None:
        version = str(host.info.get("ServerVersion", ""))
        accepted = facts()["docker"]
        if ".".join(str(int(part)) if part.isdigit() else part for part in version.split(".")[:2]) in {
            ".".join(str(int(part)) for part in item.split(".")[:2]) for item in accepted
        }:
            return
        words = f"Unsupported Docker version found [{version}], supported versions are [{' '.join(accepted)}]"
        if not self.config.ignore_docker_version:
            raise FatalError(words)
        self.log.warning(words)

    async def each(self, hosts: Iterable[Host], work: Callable[[Host], Awaitable[None]]) -> None:
        """Do the same on several hosts at once, in no order."""
        shuffled = list(hosts)
        random.shuffle(shuffled)
        async with asyncio.TaskGroup() as group:
            for host in shuffled:
                group.create_task(_awaited(work, host))

    async def have_image(self, host: Host, tag: str, image: str) -> None:
        """Pull an image that the host lacks."""
        if await host.has_image(image):
            return
        self.log.info(f"[{tag}] Pulling image [{image}] on host [{host.address}]")
        try:
            await host.pull(image)
        except DockerError as error:
            raise FatalError(f"Can't pull Docker image [{image}] for host [{host.address}]: {error}") from error
        await self.pause(_PULL_TIME * random.uniform(0.7, 1.3))  # noqa: S311 - timing, not a secret
        self.log.info(f"[{tag}] Successfully pulled image [{image}] on host [{host.address}]")

    async def start(
        self,
        host: Host,
        tag: str,
        name: str,
        image: str,
        command: Sequence[str] = (),
        environment: Sequence[str] = (),
        *,
        told: bool = True,
    ) -> None:
        """Start a container that does not run yet; one that has ended is made anew."""
        await self.have_image(host, tag, image)
        state = await host.running(name)
        if state:
            return
        if state is not None:
            await host.remove(name)
        try:
            await host.start(name, image, list(command), list(environment))
        except DockerError as error:
            raise FatalError(f"Failed to create [{name}] container on host [{host.address}]: {error}") from error
        await self.pause(_START_TIME * random.uniform(0.5, 1.5))  # noqa: S311 - timing, not a secret
        if told:
            self.log.info(f"[{tag}] Successfully started [{name}] container on host [{host.address}]")

    async def remove(self, host: Host, name: str) -> None:
        """Remove a container and say so."""
        await host.remove(name)
        await self.pause(0.1)
        self.log.info(f"[remove/{name}] Successfully removed container on host [{host.address}]")

    async def be_healthy(self, host: Host, service: str) -> None:
        """Wait until a service's container is healthy; FatalError after rke's ten tries."""
        self.log.info(f"[healthcheck] Start Healthcheck on service [{service}] on host [{host.address}]")
        await self.pause(_HEALTH_TIME)
        for _attempt in range(_HEALTH_TRIES):
            if await host.running(service):
                self.log.info(f"[healthcheck] service [{service}] on host [{host.address}] is healthy")
                return
            await self.try_later(_HEALTH_TIME)
        raise FatalError(
            f"Failed to verify healthcheck: Service [{service}] is not healthy on host [{host.address}]"
        )

    @property
    def api_address(self) -> str:
        """Where the first control plane host's API server is."""
        return f"https://{self.having('controlplane')[0].address}:{self._api_port}"

    def close(self) -> None:
        """End all connections."""
        for host in self.hosts:
            host.close()

    @property
    def images(self) -> dict[str, str]:
        """The images of the chosen Kubernetes version."""
        images: dict[str, str] = facts()["kubernetes"][self.config.kubernetes_version]
        return images

    @property
    def tools(self) -> str:
        """The image of rke's own helpers."""
        return str(facts()["tools"])


async def _awaited(work: Callable[[Host], Awaitable[None]], host: Host) -> None:
    await work(host)
