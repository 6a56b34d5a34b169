"""Prove over SSH that RKE will succeed on these nodes, before it runs: all at once, each up its own ladder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from typing import Any

from rancher_tui.finding import Finding
from rancher_tui.i18n import msg
from rancher_tui.install.state import Node
from rancher_tui.nodes.bastion import bastion_login
from rancher_tui.nodes.docker_api import ping
from rancher_tui.nodes.expected import DEFAULT_SOCKET, Expected
from rancher_tui.nodes.findings import Scribe, subject_of
from rancher_tui.nodes.gather import Gathered, gather
from rancher_tui.nodes.ladder import Reached, docker_version, judge_docker
from rancher_tui.transport.ssh import ConnectSettings, connect
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login


async def preflight(
    nodes: Sequence[Node],
    settings: ConnectSettings,
    *,
    facts: dict[str, Any],
    expected: Expected | None = None,
    numbers: Sequence[int] | None = None,
) -> AsyncIterator[Finding]:
    """Findings of every node as they come; `facts["nodes"]` gets what was learnt, by subject.

    `numbers` are the rows of `nodes` in the node table, counted from 1, where only some are looked at.
    """
    learnt: dict[str, Any] = facts.setdefault("nodes", {})
    rows = list(numbers or range(1, len(nodes) + 1))
    try:
        async with (
            bastion_login(settings) as through,
            aclosing(
                _all(list(zip(rows, nodes, strict=True)), settings, expected or Expected(), through, learnt)
            ) as findings,
        ):
            async for finding in findings:
                yield finding
    except SshError as error:
        bastion = settings.bastion_target()
        assert bastion is not None
        yield Scribe(f"bastion {bastion.address}", bastion).broken(error)


async def _all(
    nodes: Sequence[tuple[int, Node]],
    settings: ConnectSettings,
    expected: Expected,
    through: Login | None,
    learnt: dict[str, Any],
) -> AsyncGenerator[Finding, None]:
    """Every node in a task of its own, at most `settings.at_once` at a time; findings in the order they come."""
    gate = asyncio.Semaphore(settings.at_once)
    queue: asyncio.Queue[Finding | None] = asyncio.Queue()

    async def one(number: int, node: Node) -> None:
        try:
            async with gate:
                for finding in await _examine(number, node, settings, expected, through, learnt):
                    queue.put_nowait(finding)
        finally:
            queue.put_nowait(None)

    tasks = [asyncio.create_task(one(number, node)) for number, node in nodes]
    try:
        running = len(tasks)
        while running:
            finding = await queue.get()
            if finding is None:
                running -= 1
            else:
                yield finding
        for task in tasks:
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _examine(
    number: int,
    node: Node,
    settings: ConnectSettings,
    expected: Expected,
    through: Login | None,
    learnt: dict[str, Any],
) -> list[Finding]:
    """All findings of one node."""
    target = settings.target(node)
    subject = subject_of(number, node)
    scribe = Scribe(subject, target)
    learnt[subject] = {"address": node.address}
    socket = node.docker_socket or DEFAULT_SOCKET
    try:
        async with connect(target, settings, through) as login:
            reached, gathered = await _look(login, socket, settings, expected)
            findings = list(_judge(login, socket, reached, gathered, expected, scribe))
    except SshError as error:
        return [scribe.broken(error)]
    learnt[subject] |= {"docker_version": docker_version(reached, gathered)}
    return findings


async def _look(
    login: Login, socket: str, settings: ConnectSettings, expected: Expected
) -> tuple[Reached, Gathered]:
    """The forward and the scripts at once; SshError when the node runs nothing or the connection ends."""
    deadlines = settings.deadlines
    forward = asyncio.create_task(_reach(login, socket, deadlines.forward))
    try:
        gathered = await gather(
            login,
            socket,
            (),
            deadlines.command,
            fqdn=expected.fqdn,
            audit=expected.audit_folder,
            registry=expected.registry,
        )
        return await forward, gathered
    finally:
        forward.cancel()


async def _reach(login: Login, socket: str, deadline: float) -> Reached:
    try:
        return Reached(ping=await ping(login, socket, deadline))
    except TimeoutError:
        return Reached()
    except SshError as error:
        if error.rung is Rung.CONNECTION_LOST:
            raise
        return Reached(error=error)


def _judge(
    login: Login, socket: str, reached: Reached, gathered: Gathered, expected: Expected, scribe: Scribe
) -> Iterator[Finding]:
    if login.key and login.key.encrypted:
        assert scribe.target is not None
        yield scribe.broken(
            SshError(Rung.KEY_ENCRYPTED, path=login.key.source, error="opened with the passphrase")
        )
    else:
        yield scribe.good("login", "N01", msg("logs in as {user}", user=login.name), server=login.banner.version)
    yield from judge_docker(reached, gathered, socket, expected, scribe)
