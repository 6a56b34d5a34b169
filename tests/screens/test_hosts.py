"""Step 1 on terminals of several sizes: what fits, what gives way, what the keys are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.install.state import InstallState, Node
from tests.screens.conftest import begun, using
from tests.screens.sample import save_sample


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
