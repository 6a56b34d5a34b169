"""Echo servers on the nodes for a rehearsal: started over an injected runner, gone when the connection is.

Nothing is written on a node. The server lives in the process that the connection holds: it ends when its standard
input does, and by itself after `life` seconds should the end of the connection never be told.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Final, Protocol

from rancher_tui.install.state import Node
from rancher_tui.transport.on_node import hold
from rancher_tui.transport.ssh import ConnectSettings

LIFE: Final = 1800.0
"""Seconds after which an echo server ends by itself."""

_START_LIMIT: Final = 30.0


class Process(Protocol):
    """A process on a node, held by its connection."""

    async def line(self) -> str:
        """The next line of its standard output without line end; empty at the end."""

    async def stop(self) -> None:
        """Close its standard input and wait for its end; no error when it is gone already."""


Opener = Callable[[int, str], Awaitable[Process]]
"""Starts a shell command line on the node of a row of the node table. OSError where the node cannot be reached."""


def over_ssh(nodes: Sequence[Node], settings: ConnectSettings) -> Opener:
    """An opener that logs in on the nodes of the table as RKE will."""

    async def open_on(row: int, command: str) -> Process:
        return await hold(nodes[row], settings, command)

    return open_on


@dataclass(frozen=True, slots=True)
class NotStarted:
    """Why there is no echo server on a node: `reason` is a code, `words` the node's own."""

    reason: str
    words: str


@dataclass(slots=True)
class Echoes:
    """The echo servers of one rehearsal. Use as an async context manager: leaving it stops them all."""

    open: Opener
    port: int
    life: float = LIFE
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    running: dict[int, Process] = field(default_factory=dict)

    async def __aenter__(self) -> Echoes:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await asyncio.gather(*(self.stop(row) for row in list(self.running)), return_exceptions=True)

    async def start(self, nodes: Sequence[tuple[int, Node]]) -> dict[int, NotStarted]:
        """Start one on every node at once; the rows where it did not come up, and why."""
        results = await asyncio.gather(*(self._start(row, node) for row, node in nodes))
        return {row: result for (row, _node), result in zip(nodes, results, strict=True) if result}

    async def stop(self, row: int) -> None:
        """Stop one; nothing happens where none runs."""
        process = self.running.pop(row, None)
        if process is not None:
            await process.stop()

    async def _start(self, row: int, node: Node) -> NotStarted | None:
        command = start_command(name_of(row, node), self.token, node, self.port, self.life)
        try:
            async with asyncio.timeout(_START_LIMIT):
                process = await self.open(row, command)
                self.running[row] = process
                said = await process.line()
        except TimeoutError:
            return NotStarted("node-timeout", "")
        except OSError as error:
            return NotStarted("node-unreachable", str(error))
        if said == "ready":
            return None
        await self.stop(row)
        return _reason(said)


def _reason(said: str) -> NotStarted:
    words = said.removeprefix("error ")
    if "in use" in words:
        return NotStarted("port-busy", words)
    if words == "no-python":
        return NotStarted("no-python", words)
    if "denied" in words or words == "not-permitted":
        return NotStarted("not-permitted", words)
    return NotStarted("echo-failed", words)


def name_of(row: int, node: Node) -> str:
    """How a node names itself in its answers."""
    return f"{row + 1} {node.hostname_override or node.address}"


def start_command(name: str, token: str, node: Node, port: int, life: float) -> str:
    """The shell command line that becomes the echo server.

    A port below 1024 needs root: by `sudo -n`, else by Docker, which a user of RKE may use. Its container sees the
    node's own Python through read-only mounts; its image is empty and removed at the end.
    """
    folder = resources.files("assets") / "balancer"
    code = (folder / "echo.python").read_text("utf-8")
    arguments = shlex.join([name, token, listening_address(node.address), str(port), str(life)])
    head = f"code={shlex.quote(code)}\nport={port}\nimage=rancher-tui-rehearsal:{token}\nset -- {arguments}\n"
    if node.docker_socket:
        head += f"export DOCKER_HOST={shlex.quote('unix://' + node.docker_socket)}\n"
    return head + (folder / "echo.sh").read_text("utf-8")


def listening_address(address: str) -> str:
    """Where the echo server listens: on every address, as the ingress does; on loopback only on the one named."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - the ingress listens there too, and only for the rehearsal's token
    if parsed.is_loopback:
        return address
    return "::" if parsed.version == 6 else "0.0.0.0"  # noqa: S104
