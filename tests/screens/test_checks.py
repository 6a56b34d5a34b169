"""Checks started from the screens: findings as they come, stopping, what broke off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import steps
from rancher_tui.install.state import InstallState
from rancher_tui.open_session import LocalInstall
from tests.screens.conftest import begun, using

STATE = InstallState(fqdn="rancher.example.com", rancher_version="v2.0.8")


def checking(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[LocalInstall, int], AsyncIterator[Finding]]
) -> None:
    monkeypatch.setattr(LocalInstall, "check", check)


async def test_findings_show_as_they_come_and_the_report_proves_the_step(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def check(install: LocalInstall, step: int) -> AsyncIterator[Finding]:
        found = Finding(
            Status.PASS, "fqdn-in-ingress", "fqdn", msg("it is the host of the Ingress"), check="fqdn", step=step
        )
        yield found
        await gate.wait()
        digest = steps.inputs_digest(install.store.state, "fqdn")
        install.session.save_report(Report("fqdn", (found,), digest=digest, step=step))

    checking(monkeypatch, check)
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "8", "enter", "c")
        await user.sees("it is the host of the Ingress")
        assert "checking 8 FQDN; x stops" in user.screen
        assert "checking" in user.lines[1]
        await user.press("c")
        assert "a check is under way" in user.screen
        await user.press("?", "q")
        assert "checking 8 FQDN; x stops (" in user.screen
        gate.set()
        await user.sees("1 passed")
        assert "done" in user.lines[1]
        await user.press("enter", "x", "enter")
        assert "stale" in user.lines[1]
        await user.press("u")
        assert "done" in user.lines[1]


async def test_x_stops_a_check(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def check(_install: LocalInstall, _step: int) -> AsyncIterator[Finding]:
        try:
            await asyncio.sleep(600)
            yield Finding(Status.PASS, "never", "", msg("never"))
        finally:
            ended.append("stopped")

    checking(monkeypatch, check)
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "8", "enter", "c")
        await user.sees("checking 8 FQDN")
        await user.press("x")
        await user.sees("stopped")
        assert ended == ["stopped"]
        await user.press("x")
        assert "nothing is under way" in user.screen


async def test_a_check_that_breaks_off_says_so_and_the_program_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(_install: LocalInstall, _step: int) -> AsyncIterator[Finding]:
        yield Finding(Status.PASS, "first", "", msg("first"))
        raise RuntimeError("[/etc/x] broke")

    checking(monkeypatch, check)
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "8", "enter", "c")
        await user.sees("a check broke off; 8: RuntimeError: [/etc/x] broke")
        await user.press("]")
        assert "9 Rancher version" in user.screen


async def test_on_the_overview_every_step_with_its_inputs_is_checked(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[int] = []

    async def check(install: LocalInstall, step: int) -> AsyncIterator[Finding]:
        checked.append(step)
        found = Finding(Status.WARN, "some", "thing", msg("a warning"), step=step)
        yield found
        name = steps.STEPS[step - 1].checks[0]
        digest = steps.inputs_digest(install.store.state, name)
        install.session.save_report(Report(name, (found,), digest=digest, step=step))

    checking(monkeypatch, check)
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "0", "enter", "c")
        await user.sees("3 warnings")
        assert checked == [4, 8, 9]
        judged = [finding for item in user.app.steps for finding in item.findings]
        assert f"{sum(finding.status is Status.WARN for finding in judged)} warnings" in user.screen


async def test_a_report_that_another_program_saved_is_taken_in(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "8", "enter")
        assert user.app.install is not None
        session = user.app.install.session  # type: ignore[attr-defined]
        found = Finding(Status.FAIL, "fqdn-not-in-ingress", "fqdn", msg("told by another program"), step=8)
        session.save_report(Report("fqdn", (found,), digest=steps.inputs_digest(user.state, "fqdn"), step=8))
        user.app._look()
        await user.pilot.pause()
        assert "told by another program" in user.screen
        assert "failed" in user.lines[1]


async def test_what_is_asked_for_while_a_check_runs_is_checked_after_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, checked = asyncio.Event(), list[int]()

    async def check(install: LocalInstall, step: int) -> AsyncIterator[Finding]:
        checked.append(step)
        yield Finding(Status.PASS, "seen", "x", msg("seen"), check="x", step=step)
        await gate.wait()

    checking(monkeypatch, check)
    async with using(home, begun(home, STATE)) as user:
        user.app.start_checks([8])
        await user.pilot.pause()
        user.app.start_checks([9])
        user.app.start_checks([9])
        gate.set()
        end = time.monotonic() + 15
        while checked != [8, 9]:
            assert time.monotonic() < end, checked
            await user.pilot.pause(0.02)
