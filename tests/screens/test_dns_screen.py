"""The DNS screen: what every vantage answers, the record in its forms, and a watch that ends when all agree."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rrset
import pytest

from rancher_tui.install.state import Balancer, Dns, InstallState
from screens.dns import DnsScreen
from tests.screens.conftest import User, begun, using

RIGHT, WRONG = "203.0.113.10", "203.0.113.66"


class Zone(asyncio.DatagramProtocol):
    """One name server that gives `address` for rancher.example.com, with a TTL of five seconds."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked = 0
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        response = dns.message.make_response(query)
        name = query.question[0].name
        if name.to_text() == "rancher.example.com." and query.question[0].rdtype == 1:
            self.asked += 1
            response.answer.append(dns.rrset.from_text(name, 5, "IN", "A", self.address))
        self.transport.sendto(response.to_wire(), addr)


@contextlib.asynccontextmanager
async def zone(address: str) -> AsyncIterator[tuple[Zone, str]]:
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(lambda: Zone(address), ("127.0.0.1", 0))
    try:
        yield made, f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


def state(*servers: str) -> InstallState:
    return InstallState(fqdn="rancher.example.com", balancer=Balancer(address=RIGHT), dns=Dns(servers=servers))


async def seen(user: User, text: str, limit: float = 10.0) -> None:
    """Wait until the text is on the screen."""
    end = time.monotonic() + limit
    while text not in user.screen:
        assert time.monotonic() < end, f"{text!r} never came:\n{user.screen}"
        await user.pilot.pause(0.05)


def row(user: User, vantage: str) -> str:
    """The line of the table about a vantage."""
    head = next(number for number, line in enumerate(user.lines) if "TTL" in line and "vantage" in line)
    return next(line[line.index(vantage) :] for line in user.lines[head:] if vantage in line.split("nslookup")[0])


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next round follows at once."""
    monkeypatch.setattr("rancher_tui.dns.watch._pause", lambda _report, _interval: 0.2)


async def test_each_vantage_has_its_row_and_the_chosen_one_its_answer_as_nslookup_prints_it(home: Path) -> None:
    async with (
        zone(RIGHT) as (_good, one),
        zone(WRONG) as (_bad, other),
        using(home, begun(home, state(one, other)), size=(120, 40)) as user,
    ):
        await user.press("g", "3", "enter", "c")
        await seen(user, "not every vantage gives")
        assert RIGHT in row(user, one)
        assert "fail" in row(user, other)
        assert f"nslookup at {one}" in user.line_with(" TTL "), "beside the table"
        await user.press("greater_than_sign")
        assert f"nslookup at {other}" in user.screen
        assert f"Address: {WRONG}" in user.screen


async def test_the_record_is_shown_in_three_forms_and_written_as_one_of_them(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, state()), size=(80, 40)) as user:
        await user.press("g", "3", "enter")
        assert f"rancher.example.com. 300 IN A {RIGHT}" in user.screen
        assert f"Value: {RIGHT}" in user.screen
        assert '"Action": "UPSERT"' in user.screen
        await user.press("w", "ctrl+u")
        await user.paste(str(tmp_path / "change.json"))
        await user.press("enter")
        change = json.loads((tmp_path / "change.json").read_text())
        assert change["Changes"][0]["ResourceRecordSet"]["ResourceRecords"] == [{"Value": RIGHT}]


async def test_the_vantage_of_a_problem_is_chosen_and_its_answer_comes_into_view(home: Path) -> None:
    async with (
        zone(RIGHT) as (_good, one),
        zone(WRONG) as (_bad, other),
        using(home, begun(home, state(one, other))) as user,
    ):
        await user.press("g", "3", "enter", "c")
        await seen(user, "not every vantage gives")
        await user.press("n")
        assert row(user, other).startswith(other) and f"▸{other}" in user.screen
        await user.press("greater_than_sign", "greater_than_sign")
        assert f"nslookup at {other}" in user.screen
        assert f"Address: {WRONG}" in user.screen


async def test_a_watch_asks_until_the_answer_is_right_and_says_so_once(home: Path, brisk: None) -> None:
    async with zone(WRONG) as (server, place), using(home, begun(home, state(place))) as user:
        await user.press("g", "3", "enter", "equals_sign")
        await seen(user, "asks again in")
        await seen(user, "round 2")
        server.address = RIGHT
        await seen(user, "every vantage agrees")
        asked = server.asked
        await user.pilot.pause(0.5)
        assert server.asked == asked, "nobody asks any more"
        assert "3 DNS  done" in user.screen, "the last round is the step's report"


async def test_a_watch_stops_when_it_is_not_seen_or_not_wanted(home: Path, brisk: None) -> None:
    async with zone(WRONG) as (server, place), using(home, begun(home, state(place))) as user:
        for stop in (("equals_sign",), ("x",), ("right_square_bracket",)):
            await user.press("g", "3", "enter", "equals_sign")
            await seen(user, "asks again in")
            screen = user.app.frame
            assert isinstance(screen, DnsScreen)
            assert screen.watching
            await user.press(*stop)
            assert not screen.watching
            await user.pilot.pause(0.1)
            asked = server.asked
            await user.pilot.pause(0.4)
            assert server.asked == asked


async def test_the_ttl_of_an_old_answer_counts_down(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with zone(WRONG) as (_server, place), using(home, begun(home, state(place))) as user:
        await user.press("g", "3", "enter", "equals_sign")
        await seen(user, "asks again in")
        screen = user.app.frame
        assert isinstance(screen, DnsScreen)
        assert row(user, place).split()[2] in ("5", "4")
        screen._round_at -= 3
        screen._tick()
        await user.pilot.pause()
        assert row(user, place).split()[2] in ("2", "1")
