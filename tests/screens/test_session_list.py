"""The list of sessions: each with what matters most of it, and all that is known of the one under the cursor."""

from __future__ import annotations

import json
from pathlib import Path

from rancher_tui.engine import LocalEngine
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from tests.screens.conftest import User, begun, using
from tests.screens.sample import save_sample
from tests.unit.test_commands_rke import standing


def damage(home: Path, name: str) -> None:
    begun(home, name=name)
    folder = home / "sessions" / name
    (folder / "install.json").write_text("{")
    for earlier in folder.iterdir():
        if "install." in earlier.name and earlier.name != "install.json":
            earlier.unlink()


def make_newer(home: Path, name: str) -> None:
    begun(home, name=name)
    path = home / "sessions" / name / "install.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))


async def at_the_list(user: User, name: str) -> None:
    """The list, the cursor on that session."""
    if "Sessions" not in user.lines[1]:
        await user.press("escape")
    await user.press("home")
    for _row in range(20):
        if user.line_with("▸").split()[1] == name:
            return
        await user.press("down")
    raise AssertionError(user.screen)


async def test_the_first_start_says_how_to_begin_and_how_to_leave(home: Path) -> None:
    async with using(home) as user:
        user.line_with("Nothing real is touched")
        user.line_with("a begins an install of your own")
        assert "q leave" in user.lines[-1]
        await user.press("y")
        user.line_with("no session yet; enter opens the rehearsal, a begins one")


async def test_the_gravest_of_each_session_stands_in_its_row(home: Path) -> None:
    save_sample(home)
    damage(home, "broken")
    make_newer(home, "newer")
    begun(home, InstallState(label="生产", fqdn="rancher.example.com"), name="cn")
    async with using(home, size=(80, 24)) as user:
        await at_the_list(user, "cn")
        assert "damaged" in user.line_with(" broken ")
        assert "newer program" in user.line_with(" newer ")
        assert "3/12   4 failed" in user.line_with(" prod-rancher ")
        user.line_with("cn  生产  rancher.example.com · 0 of 12 done")


async def test_a_damaged_session_is_told_in_full_and_what_can_be_done(home: Path) -> None:
    damage(home, "broken")
    async with using(home) as user:
        await at_the_list(user, "broken")
        assert "no earlier generation can be read" in " ".join(user.screen.split())
        user.line_with("+ takes a backup or an archive of it in again; d deletes what is left.")


async def test_a_damaged_state_with_an_earlier_one_says_which_is_loaded(home: Path) -> None:
    begun(home, InstallState(fqdn="rancher.example.com"))
    (home / "sessions" / "prod" / "install.json").write_text("{")
    async with using(home, "none") as user:
        await at_the_list(user, "prod")
        assert "earlier state" in user.line_with(" prod ")
        assert "is loaded instead, and nothing is thrown away" in " ".join(user.screen.split())


async def test_a_session_that_is_held_says_by_whom_and_is_left_alone(home: Path) -> None:
    begun(home)
    session = Home(home).session("prod")
    session.open()
    try:
        async with using(home) as user:
            await at_the_list(user, "prod")
            assert "held elsewhere" in user.line_with(" prod ")
            user.line_with("enter looks on, T there takes it over")
            for key in ("@", "-", "d"):
                await user.press(key)
                user.line_with("prod is held by")
    finally:
        session.close()


async def test_a_path_that_is_not_there_is_told_before_a_name_is_asked(home: Path) -> None:
    async with using(home) as user:
        await user.press("+")
        await user.type("/nowhere")
        await user.press("enter")
        user.line_with("/nowhere: there is no such file or folder")


async def test_a_list_longer_than_the_terminal_shows_that_it_goes_on(home: Path) -> None:
    engine = LocalEngine.of(home)
    for number in range(30):
        begun(home, name=f"session-{number:02}")
    assert len(engine.sessions()) == 30
    async with using(home) as user:
        await user.press("escape")
        user.line_with("▾")
        await user.press("end")
        assert "▴" in user.screen and "▾" not in user.screen
        assert user.line_with("▸").split()[1].startswith("session-")


async def test_a_cluster_that_stands_is_taken_in_and_what_was_verified_is_told(home: Path, tmp_path: Path) -> None:
    config = standing(tmp_path)
    async with using(home) as user:
        await user.press("+")
        await user.type(str(config))
        await user.press("enter")
        await user.type("old")
        await user.press("enter")
        await user.sees("Adopted")
        user.line_with("pass     the cluster file names 10.0.0.1")
        await user.press("escape")
        user.line_with("old")
    assert Home(home).session("old").cluster_file.read_bytes() == config.read_bytes()


async def test_a_file_that_is_no_cluster_file_makes_no_session(home: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("- buy milk\n")
    async with using(home) as user:
        await user.press("+")
        await user.type(str(tmp_path / "notes.txt"))
        await user.press("enter")
        await user.type("old")
        await user.press("enter")
        await user.sees("no cluster file that can be read")
    assert not (home / "sessions" / "old").exists()
