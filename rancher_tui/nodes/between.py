"""The ways between nodes: RKE's TCP ports, and UDP 8472, which RKE never tests. It listens, so only when asked.

Every node gets a temporary agent over SSH: listeners on the ports that are free, probes to every other node.
Nothing outlives the channel (agent.py). Where a node has no Python, its TCP probes go through its SSH server.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from rancher_tui.finding import Finding
from rancher_tui.i18n import msg
from rancher_tui.install.state import ROLES, Node
from rancher_tui.nodes.agent import Agent, Place, agent
from rancher_tui.nodes.bastion import bastion_login
from rancher_tui.nodes.findings import Scribe, subject_of
from rancher_tui.nodes.judge_ports import Way, judge_ways
from rancher_tui.nodes.read import limits
from rancher_tui.transport.ssh import ConnectSettings, connect
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login

CHECK = "ports"
SSH = 22
MOST_TOLD = 5000
"""Ways up to which all are told; 20 nodes have about 3,000."""


@dataclass(slots=True)
class _Station:
    """A node that takes part: its login, its agent (None where it cannot run one), what it listens on."""

    number: int
    node: Node
    login: Login
    agent: Agent | None = None
    states: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return subject_of(self.number, self.node)

    @property
    def address(self) -> str:
        """Where other nodes reach it, as RKE does."""
        return self.node.internal_address or self.node.address


async def between(
    nodes: Sequence[Node],
    settings: ConnectSettings,
    *,
    facts: dict[str, Any],
    numbers: Sequence[int] | None = None,
    seconds: float = 5.0,
    ports: dict[str, list[int]] | None = None,
) -> AsyncIterator[Finding]:
    """Findings per receiving node; `facts["ports"]` gets every way: `from`, `to`, `protocol`, `port`, `result`,
    `good` (null where it could not be seen); of very many ways only those that are not good.

    `ports` by protocol replace those of a node's roles.
    """
    rows = list(zip(numbers or range(1, len(nodes) + 1), nodes, strict=True))
    if len(rows) < 2:
        yield Scribe("nodes", check=CHECK).unseen(
            "no-ways", "N40", msg("fewer than two nodes: there is no way to try"), msg("add hosts in step 6")
        )
        return
    async with AsyncExitStack() as stack:
        try:
            through = await stack.enter_async_context(bastion_login(settings))
        except SshError as error:
            bastion = settings.bastion_target()
            assert bastion is not None
            yield Scribe(f"bastion {bastion.address}", bastion, CHECK).broken(error)
            return
        stations: list[_Station] = []
        opened = await asyncio.gather(*(_open(stack, number, node, settings, through) for number, node in rows))
        for station in opened:
            if isinstance(station, Finding):
                yield station
            else:
                stations.append(station)
        token = secrets.token_hex(12)
        await asyncio.gather(*(_listen(each, token, seconds, ports) for each in stations))
        ways = [
            way
            for found in await asyncio.gather(
                *(_probe(each, stations, token, seconds, ports) for each in stations)
            )
            for way in found
        ]
    facts["ways"] = len(ways)
    facts["ports"] = [way.to_json() for way in ways if len(ways) <= MOST_TOLD or way.good is not True]
    for finding in judge_ways(ways, {each.subject: Scribe(each.subject, check=CHECK) for each in stations}):
        yield finding


async def _open(
    stack: AsyncExitStack, number: int, node: Node, settings: ConnectSettings, through: Login | None
) -> _Station | Finding:
    target = settings.target(node)
    own = await stack.enter_async_context(AsyncExitStack())
    try:
        login = await own.enter_async_context(connect(target, settings, through))
    except SshError as error:
        return Scribe(subject_of(number, node), target, CHECK).broken(error)
    try:
        return _Station(
            number, node, login, await own.enter_async_context(agent(login, settings.deadlines.command))
        )
    except SshError:
        return _Station(number, node, login)


def ports_of(node: Node, replaced: dict[str, list[int]] | None) -> list[tuple[str, int]]:
    """The ports at which a node's roles are reached by other nodes."""
    if replaced is not None:
        return [(protocol, port) for protocol, numbers in replaced.items() for port in numbers]
    roles = node.roles or ROLES
    by_role: dict[str, list[int]] = limits()["between"]["roles"]
    tcp = sorted({port for role in roles for port in by_role.get(role, [])})
    return [*(("tcp", port) for port in tcp), *(("udp", port) for port in limits()["between"]["udp"])]


async def _listen(station: _Station, token: str, seconds: float, ports: dict[str, list[int]] | None) -> None:
    wanted = ports_of(station.node, ports)
    places: list[Place] = [(protocol, station.address, port) for protocol, port in wanted]
    try:
        states = (
            await station.agent.listen(places, token, seconds + 10)
            if station.agent
            else ["no-agent"] * len(places)
        )
    except SshError:
        station.agent = None
        states = ["no-agent"] * len(places)
    station.states = dict(zip(wanted, states, strict=True))


async def _probe(
    station: _Station, stations: Sequence[_Station], token: str, seconds: float, ports: dict[str, list[int]] | None
) -> list[Way]:
    """What one node reaches of the others."""
    others = [each for each in stations if each is not station]
    wanted = [
        (other, *place) for other in others for place in [*ports_of(other.node, ports), ("tcp", _ssh_port(other))]
    ]
    places: list[Place] = [(protocol, other.address, port) for other, protocol, port in wanted]
    try:
        if station.agent is None:
            raise SshError(Rung.COMMAND_FAILED)
        answers = await station.agent.probe(places, token, seconds)
    except SshError:
        answers = list(await asyncio.gather(*(_through_ssh(station.login, place, seconds) for place in places)))
    return [
        Way(
            station.subject,
            other.subject,
            protocol,
            port,
            other.states.get((protocol, port), "ssh"),
            str(answer["result"]),
            int(answer.get("mtu", 0)),
            bool(answer.get("large")),
        )
        for (other, protocol, port), answer in zip(wanted, answers, strict=True)
    ]


def _ssh_port(station: _Station) -> int:
    return int(station.node.port or SSH)


async def _through_ssh(login: Login, place: Place, seconds: float) -> dict[str, Any]:
    """A TCP probe made by the node's SSH server."""
    protocol, address, port = place
    if protocol != "tcp":
        return {"result": "unseen"}
    try:
        link, task = await login.socket_to(address, port, seconds)
    except SshError as error:
        return {"result": _RESULTS.get(error.rung, "unseen")}
    link.close()
    task.cancel()
    return {"result": "other"}


_RESULTS = {Rung.TCP_REFUSED: "refused", Rung.TCP_TIMEOUT: "timeout", Rung.TCP_UNREACHABLE: "unreachable"}
