"""Step 1 on terminals of several sizes: what fits, what gives way, what the keys are called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import steps
from rancher_tui.install.state import InstallState, Node
from tests.screens.conftest import begun, using
from tests.screens.sample import save_sample
from tests.screens.test_run_screen import until


def with_hosts(*addresses: str) -> InstallState:
    return InstallState(nodes=tuple(Node(address=address, user="rancher") for address in addresses))


@pytest.mark.parametrize("columns", [80, 100, 120])
async def test_every_group_of_checks_has_its_column(home: Path, columns: int) -> None:
    async with using(home, begun(home, with_hosts("192.168.100.200")), size=(columns, 30)) as user:
        await user.press("g", "1", "enter")
        for title in ("login", "docker", "system", "kernel", "net", "clean", "ports"):
            assert f"{title} " in f"{user.line_with('# address')} "
        user.line_with("192.168.100.200 ")


async def test_long_names_take_the_room_of_a_wide_terminal(home: Path) -> None:
    name = "rancher-node-with-a-long-name-01.frankfurt.example.com"
    async with using(home, begun(home, with_hosts(name)), size=(160, 40)) as user:
        await user.press("g", "1", "enter")
        user.line_with(f" {name} ")


async def test_enter_is_called_by_what_it_does_under_the_cursor(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", "1", "enter")
        assert "enter edit" in user.lines[-1]
        await user.press("n")
        assert "enter what was seen" in user.lines[-1]
        await user.press("enter")
        user.line_with("What is behind this cell")


async def test_the_problem_that_was_gone_to_is_marked_also_among_the_cells(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", "1", "enter", "n")
        assert user.line_with("the server refuses this key").startswith("▸")
        await user.press("g", "1", "enter", "N", "N", "n")
        marked = [line for line in user.lines[15:] if line.startswith("▸")]
        assert len(marked) == 1


async def test_fields_leave_room_for_hosts_and_findings_on_a_small_terminal(home: Path) -> None:
    save_sample(home)
    async with using(home, size=(80, 20)) as user:
        await user.press("g", "1", "enter")
        user.line_with("▾")
        user.line_with("10.0.1.11 ")
        user.line_with("the server refuses this key")
        await user.press("end")
        user.line_with("▴")


async def test_of_many_hosts_it_is_told_how_many_stand_how(home: Path) -> None:
    addresses = [f"10.0.1.{number}" for number in range(1, 21)]
    async with using(home, begun(home, with_hosts(*addresses))) as user:
        await user.press("g", "1", "enter")
        user.line_with("── 20 hosts ─")
        found = [
            Finding(
                Status.FAIL if number == 7 else Status.PASS, "login", f"node {number} 10.0.1.{number}", msg("seen")
            )
            for number in range(1, 16)
        ]
        digest = steps.inputs_digest(user.state, "preflight")
        user.app.reports = {"preflight": Report("preflight", tuple(found), digest=digest, step=1)}
        await user.pilot.pause()
        user.line_with("── 20 hosts: 1 fail, 14 pass ─")


async def test_while_hosts_are_looked_at_it_is_told_how_many_answered(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with using(home, begun(home, with_hosts("10.0.1.11", "10.0.1.12", "10.0.1.13"))) as user:
        goes_on = asyncio.Event()

        async def slow(_step: int) -> AsyncIterator[Finding]:
            yield Finding(Status.PASS, "login", "node 2 10.0.1.12", msg("logs in"))
            await goes_on.wait()

        monkeypatch.setattr(user.app.session, "check", slow)
        await user.press("g", "1", "enter", "p")
        await until(lambda: "1 of 3 hosts answered; the last by" in user.screen, "the count")
        goes_on.set()
        await until(lambda: "hosts answered" not in user.screen, "the end")


async def test_findings_that_have_no_room_show_that_they_go_on(home: Path) -> None:
    async with using(home, begun(home, with_hosts("10.0.1.11", "10.0.1.12", "10.0.1.13"))) as user:
        await user.press("g", "1", "enter")
        found = tuple(
            Finding(
                Status.FAIL,
                f"code-{number}",
                f"node {number} 10.0.1.1{number}",
                msg("a cause told at length " * 6),
            )
            for number in (1, 2, 3)
        )
        digest = steps.inputs_digest(user.state, "preflight")
        user.app.reports = {"preflight": Report("preflight", found, digest=digest, step=1)}
        await user.pilot.pause()
        assert user.lines[-3].endswith("▾")


async def test_many_hosts_are_summed_up_in_chinese_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    addresses = [f"10.0.1.{number}" for number in range(1, 21)]
    async with using(home, begun(home, with_hosts(*addresses))) as user:
        await user.press("g", "1", "enter")
        user.line_with("── 20 台主机 ─")


async def test_of_a_cell_behind_a_failed_login_the_reason_is_told(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", "1", "enter", "n", "right", "i")
        assert "the login failed, so this was not looked at" in user.screen
        assert "the server refuses this key" in user.screen
