"""How the list of sessions, the overview, the hosts and the node table look in their main states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from rancher_tui.desks.hosts import HostDesk
from rancher_tui.desks.run import RunDesk
from rancher_tui.engine import LocalEngine, SessionLine
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.install import steps
from rancher_tui.install.lock import Holder
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from rancher_tui.open_session import LocalInstall
from rancher_tui.operations.node_offers import Offer
from screens.app import RancherApp
from screens.hosts import HostsScreen
from tests.snapshots import entering, proving
from tests.snapshots.conftest import Compare
from tests.snapshots.taking import at_two_sizes, taken

Patch = pytest.MonkeyPatch
Size = tuple[int, int]
EMPTY = InstallState()
PROVEN = tuple(
    Report(check, (proving.found(Status.PASS, check, "", f"proof of {check}"),))
    for step in steps.STEPS
    for check in step.checks
)
STATES: dict[str, tuple[InstallState, tuple[Report, ...], tuple[str, ...]]] = {
    "overview-fresh": (EMPTY, (), ()),
    "overview-failed": (entering.THREE, (entering.FAULTS, proving.DISAGREEING), ("down", "down")),
    "overview-done": (entering.THREE, PROVEN, ()),
    "hosts-none": (EMPTY, (), ("g", "1", "enter")),
    "hosts-unlooked": (entering.THREE, (), ("g", "1", "enter")),
    "hosts-well": (entering.THREE, (entering.ALL_WELL,), ("g", "1", "enter")),
    "hosts-faults": (entering.THREE, (entering.FAULTS,), ("g", "1", "enter", "n")),
    "hosts-one-cell": (entering.THREE, (entering.FAULTS,), ("g", "1", "enter", "n", "enter")),
    "hosts-200": (entering.MANY, (entering.OF_MANY,), ("g", "1", "enter", "n", "n")),
    "nodes-none": (EMPTY, (), ("g", "6", "enter")),
    "nodes-three": (entering.THREE, (entering.LOGINS,), ("g", "6", "enter", "down")),
    "nodes-problems": (entering.PROBLEMS, (), ("g", "6", "enter", "n", "n")),
    "nodes-to-the-right": (entering.PROBLEMS, (), ("g", "6", "enter", "end")),
    "nodes-200": (entering.MANY, (), ("g", "6", "enter", "ctrl+end")),
    "nodes-edited": (entering.THREE, (), ("g", "6", "enter", "down", "right", "enter", "2")),
    "nodes-pasting": (entering.THREE, (), ("g", "6", "enter", "v")),
}


def app(home: Path) -> RancherApp:
    return RancherApp(lambda: LocalEngine.of(home), "prod-rancher")


@at_two_sizes
@pytest.mark.parametrize("name", STATES)
def test_a_state(home: Path, snap_compare: Compare, name: str, size: Size) -> None:
    state, reports, keys = STATES[name]
    proving.begun(home, state, *reports)
    assert taken(snap_compare, app(home), keys, size)


@at_two_sizes
@pytest.mark.parametrize(
    ("keys", "sessions"),
    [
        ((), []),
        (("down",), entering.SESSIONS),
        (["down"] * 7, entering.SESSIONS),
        ((*["down"] * 4, "at"), entering.SESSIONS),
        (("minus",), entering.SESSIONS),
    ],
    ids=["none", "all", "a-damaged-one", "a-held-one-is-left", "archiving"],
)
def test_the_list(
    home: Path,
    snap_compare: Compare,
    monkeypatch: Patch,
    keys: Sequence[str],
    sessions: list[SessionLine],
    size: Size,
) -> None:
    monkeypatch.setattr(LocalEngine, "sessions", lambda _engine: sessions)
    monkeypatch.setattr(LocalEngine, "last", lambda _engine: "")
    monkeypatch.setattr(LocalEngine, "home", entering.PLACE)
    monkeypatch.setattr(LocalEngine, "archives", lambda _engine: entering.PLACE.replace("sessions", "archive"))
    monkeypatch.setattr("screens.widgets.session_list.moment", lambda _when, utc: "02:11 UTC")
    assert taken(snap_compare, RancherApp(lambda: LocalEngine.of(home)), keys, size)


@at_two_sizes
def test_the_overview_while_rke_runs(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    proving.begun(home, entering.THREE, *PROVEN[:11])
    live = SimpleNamespace(live=True, state="running", run="0001", argv=("rke", "up"), ended=None)
    monkeypatch.setattr(RunDesk, "status", lambda _desk, _run="": live)
    assert taken(snap_compare, app(home), (), size)


@at_two_sizes
def test_an_install_that_is_looked_on(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    proving.begun(home, entering.THREE)
    monkeypatch.setattr(Holder, "__str__", lambda _holder: entering.HOLDER)
    holding = Home(home).session("prod-rancher")
    holding.open()
    try:
        assert taken(snap_compare, app(home), (), size)
    finally:
        holding.close()


@at_two_sizes
def test_hosts_while_they_are_looked_at(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    proving.begun(home, entering.THREE)

    async def look(_install: LocalInstall, _step: int) -> AsyncIterator[Finding]:
        for finding in entering.FAULTS.findings[:5]:
            yield finding
        await asyncio.Event().wait()

    monkeypatch.setattr(LocalInstall, "check", look)
    monkeypatch.setattr(HostsScreen, "until", lambda _screen, _nodes: "02:13:09")
    monkeypatch.setattr("screens.checking.time", SimpleNamespace(monotonic=lambda: 1000.0))
    assert taken(snap_compare, app(home), ("g", "1", "enter", "p"), size, lambda shown: len(shown.live) == 5)


@at_two_sizes
def test_host_keys_before_they_are_trusted(
    home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size
) -> None:
    proving.begun(home, entering.THREE)

    async def keys(_desk: HostDesk) -> Sequence[Finding]:
        return entering.HOST_KEYS

    monkeypatch.setattr(HostDesk, "keys", keys)
    assert taken(snap_compare, app(home), ("g", "1", "enter", "k", *"yse", "enter"), size)


@at_two_sizes
def test_a_passphrase_that_was_wrong(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    proving.begun(home, entering.THREE)

    async def locked(_desk: HostDesk) -> list[str]:
        return ["~/.ssh/id_rsa"]

    monkeypatch.setattr(HostDesk, "locked", locked)
    keys = ("g", "1", "enter", "p", *"wrong", "enter")
    assert taken(snap_compare, app(home), keys, size, lambda shown: getattr(shown.screen, "_again", False), ("x",))


@at_two_sizes
def test_what_is_on_offer(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    proving.begun(home, entering.THREE)

    async def offers(_desk: HostDesk) -> list[Offer]:
        return entering.OFFERS

    monkeypatch.setattr(HostDesk, "offers", offers)
    assert taken(snap_compare, app(home), ("g", "6", "enter", "t", "down", "space"), size)
