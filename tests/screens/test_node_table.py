"""The node table by keys."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from textual import events

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import rules, steps
from rancher_tui.install.state import InstallState, Node
from tests.screens.conftest import begun, using

THREE = "10.0.1.11\n10.0.1.12\n10.0.1.13\n"


def with_nodes(*addresses: str) -> InstallState:
    return InstallState(nodes=tuple(Node(address=address, user="rancher") for address in addresses))


async def test_three_pasted_addresses_become_a_valid_table_in_under_25_keystrokes(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "6", "enter")
        await user.paste(THREE)
        await user.press("right", "enter")
        await user.type("rancher")
        await user.press("enter", "F")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.12", "10.0.1.13"]
        assert {node.user for node in user.state.nodes} == {"rancher"}
        assert not rules.missing(user.state, 6)
        assert not [finding for finding in rules.findings(user.state, 6) if finding.status != "pass"]
        assert user.keystrokes < 25
        assert "3 etcd, 3 controlplane, 3 worker" in user.screen


async def test_escape_restores_and_enter_keeps(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11"))) as user:
        await user.press("g", "6", "enter", "enter", "backspace", "9")
        assert "EDIT" in user.lines[-1]
        await user.press("escape")
        assert user.state.nodes[0].address == "10.0.1.11"
        assert "MOVE" in user.lines[-1]
        await user.press("f2", "backspace", "9", "enter")
        assert user.state.nodes[0].address == "10.0.1.19"


async def test_tab_keeps_the_cell_and_stays_in_edit_and_shift_tab_goes_back(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11"))) as user:
        await user.press("g", "6", "enter", "enter", "backspace", "2", "tab", "x")
        assert "EDIT" in user.lines[-1]
        await user.press("shift+tab")
        assert "EDIT" in user.lines[-1]
        assert (user.state.nodes[0].address, user.state.nodes[0].user) == ("10.0.1.12", "rancherx")


async def test_a_digit_opens_the_cell_and_letters_are_commands_only_while_moving(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11"))) as user:
        await user.press("g", "6", "enter", "9", "d", "q", "enter")
        assert [node.address for node in user.state.nodes] == ["9dq"]
        await user.press("d")
        assert user.state.nodes == ()


async def test_rows_are_added_copied_moved_deleted_and_undone(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11", "10.0.1.12"))) as user:
        await user.press("g", "6", "enter", "a")
        await user.type("10.0.1.20")
        await user.press("enter")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.20", "10.0.1.12"]
        assert user.state.nodes[1].user == "rancher"
        await user.press("K")
        assert [node.address for node in user.state.nodes] == ["10.0.1.20", "10.0.1.11", "10.0.1.12"]
        await user.press("shift+down", "y")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.20", "", "10.0.1.12"]
        await user.press("delete")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.20", "10.0.1.12"]
        await user.press("u")
        assert len(user.state.nodes) == 4
        await user.press("ctrl+r")
        assert len(user.state.nodes) == 3


async def test_roles_are_toggled_cycled_and_typed(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11"))) as user:
        await user.press("g", "6", "enter", "E")
        assert user.state.nodes[0].roles == ("controlplane", "worker")
        await user.press("E", "r")
        assert user.state.nodes[0].roles == ("controlplane", "etcd")
        await user.press("right", "right", "enter", "ctrl+u", "w", "enter")
        assert list(user.state.nodes[0].roles) == ["worker"]


async def test_what_is_wrong_shows_at_the_cell_and_between_rows(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11", "10.0.1.11"))) as user:
        await user.press("g", "6", "enter")
        assert "the same as node 1; rke refuses the file" in user.screen
        assert "fail" in user.line_with(" 2 10.0.1.11")
        await user.press("n")
        assert user.app.frame is not None
        assert user.app.frame.cursor().row == 1


async def test_an_address_is_not_filled_down_and_the_reason_is_told(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11", "10.0.1.12"))) as user:
        await user.press("g", "6", "enter", "F")
        assert "one host's; it is not filled down" in user.screen
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.12"]


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("10.0.0.1 \r\n10.0.0.2\r\n", ["rancher", "rancher"]),
        ("address,user\n10.0.0.1,ubuntu\n10.0.0.2,centos\n", ["ubuntu", "centos"]),
        ("nodes:\n- address: 10.0.0.1\n  user: core\n- address: 10.0.0.2\n  user: core\n", ["core", "core"]),
        ("[rke]\n10.0.0.1 ansible_user=op\n10.0.0.2 ansible_user=op\n", ["op", "op"]),
    ],
)
async def test_pasted_hosts_follow_the_table_and_take_over_its_users(
    home: Path, text: str, users: list[str]
) -> None:
    async with using(home, begun(home, with_nodes("10.0.0.9"))) as user:
        await user.press("g", "6", "enter")
        await user.paste(text)
        assert [node.address for node in user.state.nodes] == ["10.0.0.9", "10.0.0.1", "10.0.0.2"]
        assert [node.user for node in user.state.nodes[1:]] == users
        await user.press("u")
        assert len(user.state.nodes) == 1


async def test_many_lines_pasted_while_a_cell_is_edited_become_rows(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "6", "enter", "a")
        await user.paste(THREE)
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.12", "10.0.1.13"]


async def test_a_thousand_nodes_answer_keys_at_once(home: Path) -> None:
    nodes = with_nodes(*(f"10.{index // 250}.{index % 250}.7" for index in range(1001)))
    async with using(home, begun(home, nodes)) as user:
        await user.press("g", "6", "enter")
        began = perf_counter()
        await user.press(*(["down"] * 20), "pagedown", "ctrl+end")
        assert (perf_counter() - began) / 22 < 0.1
        assert "1001" in user.screen


async def test_hostile_text_in_a_cell_is_shown_escaped(home: Path) -> None:
    async with using(home, begun(home, with_nodes("[/etc]\x1b[31m[bold]"))) as user:
        await user.press("g", "6", "enter")
        assert "[/etc]\\x1b[31" in user.screen


async def test_a_digit_in_an_empty_table_begins_the_first_row(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "6", "enter")
        await user.type("10.0.1.11")
        await user.press("enter")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11"]


async def test_a_row_says_whether_it_was_checked_and_whether_that_still_holds(home: Path) -> None:
    nodes = tuple(Node(address=f"10.0.1.{last}", user="rancher") for last in (11, 12))
    state = InstallState(nodes=nodes)
    name = begun(home, state)
    async with using(home, name) as user:
        await user.press("g", "6", "enter")
        assert user.line_with("10.0.1.11").rstrip().endswith("–")
        digests = steps.line_digests(state, "docker-ps")
        subjects = [f"node {row} {node.address}" for row, node in enumerate(nodes, 1)]
        found = tuple(Finding(Status.PASS, "docker-ps", subject, msg("docker ps works")) for subject in subjects)
        lines = {subject: {"digest": digest} for subject, digest in zip(subjects, digests, strict=True)}
        report = Report("docker-ps", found, {"lines": lines}, steps.inputs_digest(state, "docker-ps"), step=6)
        user.app.reports = {"docker-ps": report}
        await user.pilot.pause()
        assert [user.line_with(node.address).split()[-1] for node in nodes] == ["pass", "pass"]
        user.store.edit(
            "other user",
            lambda now: now.model_copy(update={"nodes": (nodes[0], Node(address="10.0.1.12", user="x"))}),
        )
        await user.pilot.pause()
        assert [user.line_with(node.address).split()[-1] for node in nodes] == ["pass", "stale"]


async def test_the_address_stays_beside_every_column(home: Path) -> None:
    state = InstallState(nodes=(Node(address="10.0.1.11", taints=("disk=ssd:NoSchedule",)),))
    async with using(home, begun(home, state)) as user:
        await user.press("g", "6", "enter", "end")
        assert "disk=ssd:NoSch" in user.line_with("10.0.1.11")
        await user.press("home")
        assert "~" in user.line_with("10.0.1.11") or "22" in user.line_with("10.0.1.11")


async def test_a_long_address_takes_the_room_of_a_wide_terminal(home: Path) -> None:
    name = "rancher-node-with-a-long-name-01.frankfurt.example.com"
    async with using(home, begun(home, with_nodes(name, "2001:db8:85a3::8a2e:370:7334")), size=(200, 40)) as user:
        await user.press("g", "6", "enter")
        user.line_with(name + " ")
        user.line_with("2001:db8:85a3::8a2e:370:7334 ")


async def test_the_cursor_goes_to_the_row_that_a_check_speaks_of(home: Path) -> None:
    name = begun(home, with_nodes("10.0.1.11", "10.0.1.12", "10.0.1.13"))
    async with using(home, name) as user:
        state = user.state
        refused = Finding(
            Status.FAIL, "login-refused", "node 3 10.0.1.13", msg("refused"), check="docker-ps", step=6
        )
        digest = steps.inputs_digest(state, "docker-ps")
        user.app.reports = {"docker-ps": Report("docker-ps", (refused,), digest=digest, step=6)}
        await user.press("g", "6", "enter", "n")
        assert user.line_with("10.0.1.13 ").startswith("▸")


async def test_ctrl_u_clears_the_whole_cell_wherever_the_cursor_is(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11"))) as user:
        await user.press("g", "6", "enter", "enter", "left", "left")
        assert "ctrl+u clear" in user.lines[-1]
        await user.press("ctrl+u", "9", "enter")
        assert user.state.nodes[0].address == "9"


async def test_the_box_for_pasted_lines_tells_what_it_makes_of_them_and_escape_closes_it(home: Path) -> None:
    async with using(home, begun(home, with_nodes("10.0.1.11"))) as user:
        await user.press("g", "6", "enter", "v")
        user.app.post_message(events.Paste("10.0.1.12\n10.0.1.13\n???\nno host here\n"))
        await user.pilot.pause()
        user.line_with("2 hosts pasted; line 3: no host: ???; 1 line more")
        await user.press("escape")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11"]
        await user.press("v", *"10", "full_stop", *"0", "full_stop", *"1", "full_stop", *"14")
        user.line_with("1 host pasted")
        await user.press("f2")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.14"]
