"""What is being done shows where the step's standing is: on the overview, beside it, in the header."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.screens.conftest import begun, using
from tests.screens.sample import save_sample
from tests.screens.test_run_screen import ended, run_of, until


async def test_a_live_run_is_running_everywhere_and_not_ready(home: Path) -> None:
    begun(home)
    end = home / "end"
    run = run_of(home, then=f"while [ ! -e {end} ]; do sleep 0.05; done")
    async with using(home, "prod", size=(120, 40)) as user:
        await until(lambda: "rke runs" in user.lines[0], "the header's word")
        assert "running" in user.line_with("11 Run RKE")
        user.line_with("Now: 11 Run RKE  g 11 enter goes there")
        await user.press("]")
        assert "running" in user.line_with("11 Run RKE")
        end.touch()
        await ended(run)
        await until(lambda: "rke runs" not in user.lines[0], "the end in the header")
        assert "running" not in user.line_with("11 Run RKE")


async def test_a_step_that_is_checked_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_sample(home)
    async with using(home) as user:
        goes_on = asyncio.Event()

        async def slow(_step: int):  # type: ignore[no-untyped-def]
            await goes_on.wait()
            return
            yield

        monkeypatch.setattr(user.app.session, "check", slow)
        await user.press("g", "3", "enter", "c")
        user.line_with("3 DNS  checking")
        await user.press("escape")
        assert "checking" in user.line_with("3 DNS ")
        goes_on.set()
        await until(lambda: "failed" in user.line_with("3 DNS "), "the end of the check")


async def test_the_next_step_names_the_keys_that_go_there(home: Path) -> None:
    begun(home)
    async with using(home) as user:
        user.line_with("Next: 1 Provision hosts  enter opens it")
        await user.press("down")
        user.line_with("Next: 1 Provision hosts  g 1 enter goes there")
        await user.press("g", "1", "enter")
        user.line_with("1 Provision hosts  todo")
