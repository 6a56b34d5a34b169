"""What a form tells of a value that was just stored."""

from __future__ import annotations

from pathlib import Path

from rancher_tui import settings
from rancher_tui.install.state import InstallState, Node
from tests.screens.conftest import begun, using


async def test_the_last_line_says_what_enter_does_to_the_field_under_the_cursor(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "9", "enter")
        assert "enter next value" in user.lines[-1]
        await user.press("down")
        assert "enter edit" in user.lines[-1]
        await user.press("g", "1", "0", "enter")
        assert "enter yes or no" in user.lines[-1]


async def test_a_choice_that_changed_tells_both_values_and_the_way_back(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "9", "enter", "enter")
        assert "Rancher version: v2.0.8 → v2.0.7; u takes it back" in user.screen
        await user.press("u")
        assert user.state.rancher_version == "v2.0.8"
        await user.press("g", "1", "0", "enter", "space")
        assert "Recurring etcd snapshots: yes → no; u takes it back" in user.screen
        await user.press("f2", "ctrl+u", *"yes", "enter")
        assert "Recurring etcd snapshots: no → yes; u takes it back" in user.screen


async def test_a_choice_of_ones_own_is_told_without_what_would_move_the_terminal(home: Path) -> None:
    async with using(home, begun(home, InstallState(rancher_version="v2\x1b[2J"))) as user:
        await user.press("g", "9", "enter", "enter")
        told = user.line_with("→ v2.0.8")
        assert "\x1b" not in told
        assert "Rancher version: v2" in told


async def test_a_changed_choice_is_told_in_the_operators_language(home: Path) -> None:
    async with using(home, begun(home)) as user:
        settings.change(language="zh_CN")
        await user.app.going.anew()
        await user.press("g", "1", "0", "enter", "enter")
        told = user.line_with("→")
        assert "是 → 否" in told
        assert "yes" not in told


async def test_the_step_and_the_overview_name_the_rancher_version_that_would_be_installed(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "9", "enter", "enter", "c")
        await user.sees("9 Rancher version  done  Rancher v2.0.7 fits RKE")
        await user.press("escape")
        assert "Rancher v2.0.7 fits RKE" in user.line_with(" 9 Rancher version")


async def test_a_login_for_new_hosts_tells_how_those_that_are_there_get_it(home: Path) -> None:
    hosts = (Node(address="10.0.1.11"), Node(address="10.0.1.12"), Node(address="10.0.1.13", user="root"))
    async with using(home, begun(home, InstallState(nodes=hosts))) as user:
        await user.press("g", "1", "enter", "enter", *"ubuntu", "enter")
        assert "2 hosts have no user; F on step 6 fills the column" in user.screen


async def test_a_cell_that_was_being_typed_is_told_once_in_the_operators_words(home: Path) -> None:
    begun(home, InstallState(nodes=(Node(address="10.0.1.11", user="root"),)))
    async with using(home, "prod") as user:
        await user.press("g", "6", "enter", "right", "enter", "ctrl+u", *"ubun")
    async with using(home, "prod") as user:
        await user.sees("node 1: user was being typed when the session was left: ubun (was")
        await user.press("u")
        assert user.state.nodes[0].user == "root"
    async with using(home, "prod") as user:
        assert "was being typed" not in user.screen
