"""Asking again until every vantage agrees: for a record that was just made or changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rancher_tui.dns.check import check
from rancher_tui.dns.look import Seen
from rancher_tui.dns.system import System
from rancher_tui.finding import Finding, Report

_MINIMUM: Final = 2.0
_USUAL: Final = 10.0


@dataclass(frozen=True, slots=True)
class Round:
    """One look from all vantages. `next_in` is None in the last round, else the seconds until the next begins."""

    number: int
    report: Report
    next_in: float | None

    @property
    def settled(self) -> bool:
        """True when every vantage gives the expected answer and all give the same."""
        return self.report.ok


async def watch(
    name: str,
    *,
    expected: Sequence[str],
    servers: Sequence[str],
    timeout: float = 5.0,  # noqa: ASYNC109 - for one question, not for the whole
    interval: float = _USUAL,
    limit: float = 3600.0,
    system: System | None = None,
    more: Callable[[], Sequence[Awaitable[Seen]]] = tuple,
) -> AsyncIterator[Finding | Round]:
    """Each round's findings as they come, then the round; until one is settled or `limit` seconds have passed.

    Cancel to stop earlier. The next round begins after `interval` seconds, or sooner where a wrong answer runs out
    of a cache before. `more` gives the further vantages of a round, as for `check`.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    number = 0
    while True:
        number += 1
        facts: dict[str, Any] = {}
        findings: list[Finding] = []
        looks = more()
        async for finding in check(
            name, expected=expected, servers=servers, timeout=timeout, facts=facts, system=system, more=looks
        ):
            findings.append(finding)
            yield finding
        report = Report("dns", tuple(findings), facts, step=3)
        pause = _pause(report, interval)
        last = report.ok or "bad-name" in report.codes() or loop.time() + pause >= end
        yield Round(number, report, None if last else pause)
        if last:
            return
        await asyncio.sleep(pause)


def _pause(report: Report, interval: float) -> float:
    bad = {finding.subject for finding in report.findings if finding.bad}
    ttls = [
        vantage["ttl"]
        for vantage in report.facts["vantages"]
        if vantage["vantage"] in bad and vantage["ttl"] is not None
    ]
    soonest = min([*ttls, interval])
    return max(_MINIMUM, float(soonest)) if interval >= _MINIMUM else interval
