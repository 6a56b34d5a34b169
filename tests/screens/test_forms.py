"""Forms by keys: choices, lists, secrets, what is wrong beside its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.install.secrets import Secrets
from rancher_tui.install.state import InstallState, Node
from tests.screens.conftest import begun, using


async def test_enter_and_space_go_through_choices_and_f2_takes_any_text(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "2", "enter", "space")
        assert user.state.balancer.kind == "haproxy"
        await user.press("enter")
        assert user.state.balancer.kind == "alb"
        await user.press("u", "f2", "ctrl+u", "f", "5", "enter")
        assert user.state.balancer.kind == "f5"
        assert "f5: no such kind" in user.screen
        assert "fail" in user.line_with("Kind")
        await user.press("u", "u")
        assert user.state.balancer.kind == "nginx"


async def test_a_yes_is_toggled_and_a_list_is_split_at_commas(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "1", "0", "enter", "space")
        assert user.state.etcd.enabled is False
        await user.press("g", "3", "enter", "down", "down", "enter")
        await user.type("10.0.0.53,10.0.0.54")
        await user.press("enter")
        assert user.state.dns.servers == ("10.0.0.53", "10.0.0.54")
        await user.press("enter", "ctrl+u")
        await user.paste("10.0.0.1\n10.0.0.2\n")
        assert user.state.dns.servers == ("10.0.0.1", "10.0.0.2")


async def test_what_is_no_yes_stays_in_its_field_with_a_reason(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "1", "0", "enter", "enter")
        assert user.state.etcd.enabled is False
        await user.press("f2", "b", "tab")
        assert "etcd snapshots: yes or no, not 'nob'" in user.screen
        assert "EDIT" in user.screen
        await user.press("backspace", "backspace", "backspace", "y", "e", "s", "enter")
        assert user.state.etcd.enabled is True
        assert "yes or no, not" not in user.screen


async def test_a_password_is_hidden_while_typed_and_kept_apart_from_the_state(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "8", "enter", "o")
        form = user.app.screen.query_one("#form")
        row = next(row for row, field in enumerate(form.fields) if field.path == "options.registry.password")  # type: ignore[attr-defined]
        await user.press(*(["down"] * row), "enter")
        await user.type("hunter2")
        assert "hunter2" not in user.screen
        assert "•••••••" in user.screen
        await user.press("enter")
        assert user.state.options.registry.password == "secret:options.registry.password"
        assert "hunter2" not in user.screen
    folder = home / "sessions" / "prod"
    assert Secrets(folder / "secrets.json").resolve("secret:options.registry.password") == "hunter2"
    assert "hunter2" not in (folder / "install.json").read_text()
    assert "hunter2" not in (folder / "journal.jsonl").read_text()


async def test_what_is_typed_is_kept_as_typed_and_judged(home: Path) -> None:
    async with using(home, begun(home, InstallState())) as user:
        await user.press("g", "8", "enter", "enter")
        await user.type("Rancher.Example.COM ")
        await user.press("enter")
        assert user.state.fqdn == "Rancher.Example.COM "
        assert "there is white space in the name" in user.screen
        await user.press("?")
        assert "The name that users and agents will call" in user.screen


async def test_hosts_are_added_from_the_first_step_and_the_overview(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("a")
        await user.type("10.0.1.11")
        await user.press("enter", "g", "1", "enter", "a")
        await user.type("10.0.1.12")
        await user.press("enter")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11", "10.0.1.12"]


async def test_a_file_named_from_the_shells_folder_is_kept_with_its_whole_path(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tls.crt").write_text("")
    async with using(home, begun(home, InstallState())) as user:
        await user.press("g", "7", "enter", "enter", *"tls.crt", "enter")
        assert user.state.certificates.chain_path == str(tmp_path / "tls.crt")
        assert "tls.crt" in user.line_with("Certificate chain")
        await user.press("down", "enter", *"gone.key", "enter")
        assert user.state.certificates.key_path == "gone.key", "what is not there stays as typed"


async def test_an_undo_names_the_field_by_its_title(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "2", "enter", "space", "u")
        assert "undone: Kind" in user.screen


async def test_one_cursor_is_shown_whichever_part_has_the_keys(home: Path) -> None:
    state = InstallState(nodes=(Node(address="10.0.1.11", user="u"), Node(address="10.0.1.12", user="u")))
    async with using(home, begun(home, state)) as user:
        await user.press("g", "1", "enter")
        for _ in range(8):
            await user.press("down")
            assert sum("▸" in line[:4] for line in user.lines[2:16]) == 1, user.screen


async def test_a_field_that_names_a_file_which_is_not_there_says_so_at_once(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, InstallState())) as user:
        await user.press("g", "1", "enter", "down", "enter", *str(tmp_path / "id_rsa"), "enter")
        assert "id_rsa  warn" in user.line_with("SSH key for all")
        assert "there is no file" in user.screen
        (tmp_path / "id_rsa").write_text("")
        await user.press("g", "4", "enter", "g", "1", "enter")
        assert "there is no file" not in user.screen
