"""Prove over SSH that RKE will succeed on these nodes, before it runs: all at once, each up its own ladder."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Container, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.install.state import ROLES, Node
from rancher_tui.nodes.bastion import bastion_login
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.cross import judge_together
from rancher_tui.nodes.docker_api import ask_engine
from rancher_tui.nodes.expected import DEFAULT_SOCKET, Expected
from rancher_tui.nodes.findings import Scribe, subject_of
from rancher_tui.nodes.gather import Gathered, gather
from rancher_tui.nodes.judge_clean import judge_clean
from rancher_tui.nodes.judge_kernel import judge_kernel
from rancher_tui.nodes.judge_network import judge_network
from rancher_tui.nodes.judge_system import judge_system
from rancher_tui.nodes.ladder import Reached, judge_docker
from rancher_tui.nodes.learnt import learnt_of
from rancher_tui.nodes.workstation import judge_workstation
from rancher_tui.transport.ssh import ConnectSettings, Target, connect
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login


async def preflight(
    nodes: Sequence[Node],
    settings: ConnectSettings,
    *,
    facts: dict[str, Any],
    expected: Expected | None = None,
    numbers: Sequence[int] | None = None,
    only: Container[str] | None = None,
    cases: dict[int, Case] | None = None,
) -> AsyncIterator[Finding]:
    """Findings of every node as they come, then of the nodes together and of this machine.

    `facts["nodes"]` gets what was learnt, by subject. `numbers` are the rows of `nodes` in the node table, counted
    from 1, where only some are looked at; `only` limits what is told to these check ids (`N16`) and what is broken
    before them. `cases` gets what the nodes said, by row; those that are in it already are judged beside these.
    """
    look = _Look(settings, expected or Expected(), facts.setdefault("nodes", {}), {} if cases is None else cases)
    rows = list(zip(numbers or range(1, len(nodes) + 1), nodes, strict=True))
    async with rarely_collected(), aclosing(look.everything(rows)) as findings:
        async for finding in findings:
            if only is None or finding.evidence.get("id") in only or _blocks(finding):
                yield finding


@asynccontextmanager
async def rarely_collected() -> AsyncIterator[None]:
    """Rubbish is collected rarely meanwhile: with hundreds of connections it costs a sixth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


async def ladder(
    nodes: Sequence[Node],
    settings: ConnectSettings,
    *,
    facts: dict[str, Any],
    expected: Expected | None = None,
    numbers: Sequence[int] | None = None,
) -> AsyncIterator[Finding]:
    """The rungs alone, up to `docker ps` as that user: what step 6 of the guide asks."""
    findings = preflight(nodes, settings, facts=facts, expected=expected, numbers=numbers, only=_RUNGS)
    async for finding in findings:
        yield replace(finding, check="docker-ps", step=6)


_RUNGS = frozenset({"N01", "N04", "N09", "N10", "N13"})


def _blocks(finding: Finding) -> bool:
    """True for a broken rung, or no node at all: nothing else was looked at."""
    return finding.status is Status.FAIL and finding.code in {"no-nodes", *(rung.value for rung in Rung)}


@dataclass(slots=True)
class _Look:
    """One preflight: its settings, what it learnt, the cases it could gather (and those known before)."""

    settings: ConnectSettings
    expected: Expected
    learnt: dict[str, Any]
    cases: dict[int, Case] = field(default_factory=dict)
    bastion_told: bool = False
    """A bastion that forwards nothing is one red line, however many nodes are behind it."""

    async def everything(self, rows: Sequence[tuple[int, Node]]) -> AsyncGenerator[Finding, None]:
        """All findings; with a bastion that cannot be passed, only that."""
        if not rows:
            yield Scribe("nodes").bad(
                "no-nodes", "X01", msg("there are no nodes to look at"), msg("add hosts in step 6")
            )
            return
        try:
            async with bastion_login(self.settings) as through, aclosing(self._nodes(rows, through)) as findings:
                async for finding in findings:
                    yield finding
        except SshError as error:
            yield self._bastion_scribe().broken(error)
            return
        cases = [self.cases[number] for number in sorted(self.cases)]
        for finding in judge_together(cases):
            yield finding
        planes = [case.node.address for case in cases if "controlplane" in (case.node.roles or ROLES)]
        deadline, direct = self.settings.deadlines.connect, self.settings.bastion is None
        async for finding in judge_workstation([*dict.fromkeys(planes)], self.settings.folder, deadline, direct):
            yield finding

    def _bastion_scribe(self) -> Scribe:
        bastion = self.settings.bastion_target()
        assert bastion is not None
        return Scribe(f"bastion {bastion.address}", bastion)

    async def _nodes(
        self, rows: Sequence[tuple[int, Node]], through: Login | None
    ) -> AsyncGenerator[Finding, None]:
        """Every node in a task of its own, at most `at_once` at a time; findings in the order they come."""
        gate = asyncio.Semaphore(self.settings.at_once)
        queue: asyncio.Queue[Finding | None] = asyncio.Queue()

        async def one(number: int, node: Node) -> None:
            try:
                async with gate:
                    await self._examine(number, node, through, queue.put_nowait)
            finally:
                queue.put_nowait(None)

        tasks = [asyncio.create_task(one(number, node)) for number, node in rows]
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
        self, number: int, node: Node, through: Login | None, tell: Callable[[Finding], None]
    ) -> None:
        """One node up its ladder; the first broken rung ends it."""
        target = self.settings.target(node)
        scribe = Scribe(subject_of(number, node), target)
        socket = node.docker_socket or DEFAULT_SOCKET
        try:
            async with connect(target, self.settings, through) as login:
                tell(_logged_in(login, target, scribe))
                if self.expected.sha1_signatures and login.key and login.key.algorithm == "ssh-rsa":
                    tell(await _old_login(target, self.settings, through, scribe))
                async with _Asking(login, socket, self.settings, self.expected) as asking:
                    reached, quick = await asking.quick()
                    docker = list(judge_docker(reached, quick, socket, self.expected, scribe))
                    for finding in docker:
                        tell(finding)
                    case = _case(node, await asking.everything(), self.expected, scribe, login)
        except SshError as error:
            self.learnt[scribe.subject] = {"address": node.address, "port": target.port}
            if error.rung is Rung.FORWARDING_REFUSED and "through" in error.evidence:
                scribe = self._bastion_scribe()
                if self.bastion_told:
                    return
                self.bastion_told = True
            tell(scribe.broken(error))
            return
        self.cases[number] = case
        self.learnt[scribe.subject] = learnt_of(case, reached)
        for finding in _judge(case, any(finding.status is Status.FAIL for finding in docker)):
            tell(finding)


def _logged_in(login: Login, target: Target, scribe: Scribe) -> Finding:
    """A pass; but a key that needed its passphrase is one that RKE cannot use."""
    if login.key and login.key.encrypted:
        return scribe.broken(
            SshError(Rung.KEY_ENCRYPTED, path=login.key.source, error="opened with its passphrase")
        )
    return scribe.good("login", "N01", msg("logs in as {user}", user=target.user), server=login.banner.version)


async def _old_login(target: Target, settings: ConnectSettings, through: Login | None, scribe: Scribe) -> Finding:
    """Whether the server still takes the SHA-1 signatures that old RKE releases make with RSA keys."""
    try:
        async with connect(replace(target, signatures="ssh-rsa"), settings, through):
            return scribe.good("rsa-sha1", "N01", msg("the server takes the signatures of this RKE"))
    except SshError as error:
        if error.rung is not Rung.LOGIN_REFUSED:
            return scribe.broken(error)
        return scribe.bad(
            "rsa-sha1",
            "N01",
            msg("the server no longer takes the RSA signatures of this RKE"),
            msg("an ed25519 or ECDSA key; or in sshd_config: PubkeyAcceptedAlgorithms +ssh-rsa; or a newer RKE"),
            msg("OpenSSH 8.8 and later refuse SHA-1; this RKE signs with nothing newer"),
            **error.evidence,
        )


class _Asking:
    """The engine and the script, asked at once on one login; given up when left."""

    def __init__(self, login: Login, socket: str, settings: ConnectSettings, expected: Expected) -> None:
        deadlines = settings.deadlines
        self._quick: asyncio.Future[Gathered] = asyncio.get_running_loop().create_future()
        self._engine = asyncio.create_task(_reach(login, socket, deadlines.forward, expected.docker_api))
        self._script = asyncio.create_task(
            gather(
                login,
                socket,
                deadlines.command,
                deadlines.forward,
                fqdn=expected.fqdn,
                audit=expected.audit_folder,
                registry=expected.registry,
                early=self._quick.set_result,
            )
        )

    async def __aenter__(self) -> _Asking:
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = (self._engine, self._script)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._quick.cancel()

    async def quick(self) -> tuple[Reached, Gathered]:
        """The engine's answer and the facts that come quickly; SshError when the node runs nothing or is lost."""
        await asyncio.wait({self._script, self._quick}, return_when=asyncio.FIRST_COMPLETED)
        facts = self._quick.result() if self._quick.done() else self._script.result()
        reached, told = await self._engine
        return reached, facts.with_facts(told)

    async def everything(self) -> Gathered:
        """All facts, the slow ones too; SshError as above."""
        gathered = await self._script
        _, told = await self._engine
        return gathered.with_facts(told)


async def _reach(login: Login, socket: str, deadline: float, api: str) -> tuple[Reached, dict[str, str]]:
    """The engine through the forwarded socket, and what it tells of itself."""
    try:
        engine = await ask_engine(login, socket, deadline, api)
        return Reached(engine.ping, pinned=engine.pinned), engine.facts
    except TimeoutError:
        return Reached(), {}
    except SshError as error:
        if error.rung is Rung.CONNECTION_LOST:
            raise
        return Reached(error=error), {}


def _case(node: Node, gathered: Gathered, expected: Expected, scribe: Scribe, login: Login) -> Case:
    key = login.key
    return Case(
        node,
        gathered,
        expected,
        scribe,
        login.banner.version,
        key.mode if key else None,
        key.source if key else "",
        login.peer,
    )


def _judge(case: Case, docker_broken: bool) -> Iterator[Finding]:
    """Everything above the ladder; facts that need the engine are no news when it is the engine that fails."""
    if not case.gathered.complete:
        yield case.unseen("facts", "N01", msg("the node did not tell all in time"), "end")
    for judge in (judge_system, judge_kernel, judge_clean, judge_network):
        for finding in judge(case):
            unseen = finding.status is Status.UNKNOWN
            if unseen and (
                not case.gathered.complete or (docker_broken and finding.evidence.get("fact") in _OF_DOCKER)
            ):
                continue
            yield finding


_OF_DOCKER = {"docker-info", "containers", "docker-server"}
