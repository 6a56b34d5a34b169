"""The check of step 3: every vantage asked at once, the answers judged as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

from rancher_tui.dns import judge
from rancher_tui.dns.delegation import Delegation
from rancher_tui.dns.look import Origin, Seen
from rancher_tui.dns.names import BadNameError, shown, to_send
from rancher_tui.dns.names import expected as read_expected
from rancher_tui.dns.system import System, read_system
from rancher_tui.dns.vantages import Asking, Suffixed, fact
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.transport.name_servers import BadServerError, Server, parse_server

Result = Seen | Delegation | Suffixed | None


async def check(
    name: str,
    *,
    expected: Sequence[str],
    servers: Sequence[str],
    timeout: float,  # noqa: ASYNC109 - for one question, not for the whole
    facts: dict[str, Any],
    system: System | None = None,
    more: Sequence[Awaitable[Seen]] = (),
) -> AsyncIterator[Finding]:
    """Look `name` up from every vantage and compare with `expected` (addresses or names; none compares nothing).

    With `servers` (`ADDR` or `ADDR:PORT`) only those are asked. Without, this machine's resolvers, the servers of
    the zone's delegation, the hosts file and the search suffixes; `system` stands in for this machine's settings.
    `more` are further vantages, such as nodes. `timeout`, in seconds, is for one question to one server. `facts`
    is filled with `name`, `asked`, `expected`, `vantages` and, without `servers`, `delegation`.
    """
    facts |= {"name": name, "asked": "", "expected": list(expected), "vantages": []}
    under_way = _UnderWay(more)
    try:
        asking = Asking(to_send(name), read_expected(expected), timeout)
        facts["asked"] = shown(asking.name)
        if servers:
            named, strange = _read_servers(servers)
            for text, error in strange.items():
                yield _no_server(text, error)
            under_way.add(asking.server(server, text, Origin.NAMED) for server, text in named.items())
        else:
            if system is None:
                system = await asyncio.to_thread(read_system)
            under_way.add(asking.of_system(system, name))
        locate = system.locate if system is not None else Server
        async for finding in _judged(asking, under_way, locate, facts):
            yield finding
    except BadNameError as error:
        yield _bad_name(error)
    finally:
        await under_way.stop()


class _UnderWay:
    """Looks under way; what comes of them, in the order in which they end."""

    def __init__(self, first: Iterable[Awaitable[Result]]) -> None:
        self.tasks: list[asyncio.Future[Result]] = []
        self._made: dict[int, dict[str, Any]] = {}
        self.add(first)

    def add(self, looks: Iterable[Awaitable[Result]]) -> None:
        self.tasks += [asyncio.ensure_future(look) for look in looks]

    async def results(self) -> AsyncIterator[Result]:
        told: set[asyncio.Future[Result]] = set()
        while pending := [task for task in self.tasks if task not in told]:
            done, _pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                if task in done:
                    told.add(task)
                    yield task.result()

    def ended(self) -> list[Result]:
        """What has come so far, in the order in which it was asked for."""
        return [task.result() for task in self.tasks if task.done()]

    def seen(self) -> list[Seen]:
        """What the vantages have seen so far, in the order in which they were named, nodes last."""
        found = [result for result in self.ended() if isinstance(result, Seen)]
        return sorted(found, key=lambda seen: seen.origin is Origin.NODE)

    def facts(self, name: str) -> list[dict[str, Any]]:
        """The vantages as the facts hold them, those with a search suffix last."""
        longer = [result for result in self.ended() if isinstance(result, Suffixed)]
        pairs = [(name, seen) for seen in self.seen()] + [(other.name, other.seen) for other in longer]
        return [self._fact(asked, seen) for asked, seen in pairs]

    def _fact(self, name: str, seen: Seen) -> dict[str, Any]:
        """Made once for each vantage; the tasks keep what was seen alive."""
        if id(seen) not in self._made:
            self._made[id(seen)] = fact(name, seen)
        return self._made[id(seen)]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def _judged(
    asking: Asking, under_way: _UnderWay, locate: Callable[[str], Server], facts: dict[str, Any]
) -> AsyncIterator[Finding]:
    waiting: list[Seen] = []
    async for result in under_way.results():
        facts["vantages"] = under_way.facts(facts["asked"])
        match result:
            case Seen():
                target = judge.target(asking.expected, result)
                if target is None:
                    waiting.append(result)
                    continue
                for finding in judge.judge(result, asking.name, target):
                    yield finding
            case Delegation():
                facts["delegation"] = result.fact()
                for lost in result.lost:
                    yield _lost(lost, result)
                under_way.add(asking.of_delegation(result, locate))
            case Suffixed():
                for finding in _suffixed(result):
                    yield finding
    everyone = under_way.seen()
    for seen in waiting:
        target = judge.target(asking.expected, seen, everyone) or judge.Target(open=True)
        for finding in judge.judge(seen, asking.name, target):
            yield finding
    for expected in asking.expected.names:
        missing = judge.unresolved(expected, everyone)
        if missing is not None:
            yield missing
    for finding in judge.across(facts["name"], everyone):
        yield finding


def _read_servers(texts: Sequence[str]) -> tuple[dict[Server, str], dict[str, BadServerError]]:
    """The servers, each once under its first text, and the texts that are none."""
    named: dict[Server, str] = {}
    strange: dict[str, BadServerError] = {}
    for text in texts:
        try:
            named.setdefault(parse_server(text), text.strip())
        except BadServerError as error:
            strange[text] = error
    return named, strange


def _bad_name(error: BadNameError) -> Finding:
    return Finding(
        Status.FAIL,
        "bad-name",
        error.typed,
        msg("this name cannot be sent in a DNS question"),
        error.reason,
        msg("labels of 1 to 63 characters, joined by dots, 253 in all"),
        {},
        "dns",
        3,
    )


def _no_server(text: str, error: BadServerError) -> Finding:
    return Finding(
        Status.UNKNOWN,
        "unreachable",
        text,
        msg("not the address of a name server"),
        error.message,
        msg("write ADDR or ADDR:PORT, such as 10.0.0.53 or [2001:db8::53]:53"),
        {},
        "dns",
        3,
    )


def _lost(server: str, delegation: Delegation) -> Finding:
    return Finding(
        Status.FAIL,
        "lame-delegation",
        server,
        msg("the delegation names a server without an address"),
        msg("The parent of {zone} sends resolvers to {server}.", zone=delegation.zone, server=server),
        msg("give {server} an address record, or remove it from the delegation", server=server),
        {"zone": delegation.zone},
        "dns",
        3,
    )


def _suffixed(found: Suffixed) -> Iterator[Finding]:
    """Another name resolves: no fault of the vantage, but a trap."""
    addresses = ", ".join(found.seen.addresses[:4])
    evidence = {"name": found.name, "addresses": list(found.seen.addresses)}
    title = msg("{name} resolves to {addresses}", name=found.name, addresses=addresses)
    yield Finding(Status.PASS, "resolves", found.seen.vantage, title, evidence=evidence, check="dns", step=3)
    yield Finding(
        Status.WARN,
        "search-suffix",
        found.seen.vantage,
        msg("{name} resolves too", name=found.name),
        msg("Machines with this search suffix may be led to {addresses}.", addresses=addresses),
        msg("use the full name, and remove a wildcard record from the suffix's zone"),
        {"server": found.seen.server, **evidence},
        "dns",
        3,
    )
