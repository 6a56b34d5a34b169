"""Asking again until every vantage agrees: for a record that was just made or changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rancher_tui.dns.check import check
from rancher_tui.dns.system import System
from rancher_tui.finding import Report

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
) -> AsyncIterator[Round]:
    """Rounds until one is settled or `limit` seconds have passed; cancel to stop earlier.

    The next round begins after `interval` seconds, or sooner where a wrong answer runs out of a cache before.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    number = 0
    while True:
        number += 1
        facts: dict[str, Any] = {}
        found = check(name, expected=expected, servers=servers, timeout=timeout, facts=facts, system=system)
        report = Report("dns", tuple([finding async for finding in found]), facts, step=3)
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
