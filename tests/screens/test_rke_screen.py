"""Step 4 by keys: the binary that is found, what it said, what it installs."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.install.session import Home
from tests.screens.conftest import User, begun, using
from tests.screens.test_cluster_screens import whole

SCRIPT = "#!/bin/sh\necho rke version v0.1.16\n"


async def told(user: User, text: str) -> None:
    """Until it stands on the screen."""
    for _ in range(400):
        await user.pilot.pause(0.02)
        if text in user.screen:
            return
    raise AssertionError(f"{text!r} did not come:\n{user.screen}")


@pytest.mark.parametrize("width", [80, 120])
async def test_without_a_binary_the_screen_says_how_to_get_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    async with using(home, begun(home, whole()), size=(width, 24)) as user:
        await user.press("g", "4", "enter")
        assert "No rke was found" in user.screen
        assert "_ fetches a release" in user.screen


async def test_a_binary_that_is_found_is_named_then_what_it_said_and_what_it_carries(home: Path) -> None:
    begun(home, whole())
    program = Home(home).session("prod").path / "rke"
    program.write_text(SCRIPT)
    program.chmod(0o755)
    async with using(home, "prod") as user:
        await user.press("g", "4", "enter")
        assert "not run yet: c asks it for its version" in user.screen
        await user.press("c")
        await told(user, "rke version v0.1.16")
        assert "v1.11.6-rancher1-1" in user.line_with("Kubernetes unless named")
