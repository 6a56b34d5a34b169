"""Copies, a trial restore, hand-over and moving sessions, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.backup.copies import all_of
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from screens.backup_result import age
from screens.telling import message
from tests.screens.conftest import SIZES, User, begun, using


def result(home: Path, state: InstallState | None = None) -> None:
    """A session in which rke has run."""
    begun(home, state or InstallState(fqdn="rancher.example.com"))
    cluster = Home(home).session("prod").cluster_folder
    (cluster / "rancher-cluster.yml").write_text(
        "nodes:\n- address: 10.0.1.11\n  user: x\n  role: [etcd, controlplane, worker]\n"
    )
    (cluster / "kube_config_rancher-cluster.yml").write_text("apiVersion: v1\n")


async def done(user: User, text: str) -> None:
    """Until a worker's word stands on the screen."""
    for _ in range(400):
        await user.pilot.pause(0.02)
        if text in user.screen:
            return
    raise AssertionError(f"{text!r} did not come:\n{user.screen}")


@pytest.mark.parametrize("size", SIZES)
async def test_step_12_shows_what_must_be_kept_and_each_copys_age(home: Path, size: tuple[int, int]) -> None:
    result(home)
    async with using(home, "prod", size=size) as user:
        await user.app.go("backup-result")
        await user.pilot.pause()
        assert "none yet" in user.screen
        await user.press("b")
        await done(user, "just now")
        assert "result" in user.line_with("just now")
        assert "/opt/rke/etcd-snapshots" in user.screen or size[1] == 24
    assert len(all_of(Home(home).session("prod").backups_folder)) == 1


async def test_a_trial_restore_says_what_is_not_whole(home: Path) -> None:
    result(home)
    async with using(home, "prod", size=(120, 40)) as user:
        await user.app.go("backup-result")
        await user.press("less_than_sign")
        await done(user, "there is no backup yet")
        await user.press("b")
        await done(user, "just now")
        await user.press("less_than_sign")
        await done(user, "kubeconfig")
        assert "tried: not whole" in user.line_with("just now")


async def test_a_second_copy_goes_where_it_is_wanted(home: Path, tmp_path: Path) -> None:
    result(home)
    async with using(home, "prod", size=(120, 40)) as user:
        user.store.edit(
            "place",
            lambda state: state.model_copy(
                update={"copies": state.copies.model_copy(update={"to": str(tmp_path / "safe")})}
            ),
        )
        await user.app.go("backup-result")
        await user.press("b")
        await done(user, "verified in")
    assert len(list((tmp_path / "safe").iterdir())) == 1


async def test_a_passphrase_is_asked_twice_and_never_shown(home: Path, tmp_path: Path) -> None:
    result(home)
    async with using(home, "prod") as user:
        copies = {"to": str(tmp_path / "safe"), "encrypt": True}
        user.store.edit(
            "place", lambda state: state.model_copy(update={"copies": state.copies.model_copy(update=copies)})
        )
        await user.app.go("backup-result")
        await user.press("b")
        await user.type("hunter2canary")
        assert "hunter2" not in user.screen
        await user.press("enter")
        assert "once more" in user.screen
        await user.type("other")
        await user.press("enter")
        assert "not the same" in user.screen
        await user.press("escape")
    assert not (tmp_path / "safe").exists()


async def test_the_bundle_is_shown_and_written_only_when_that_is_agreed(home: Path) -> None:
    result(home)
    folder = home / "sessions" / "prod"
    async with using(home, "prod", size=(220, 40)) as user:
        await user.press("exclamation_mark")
        await done(user, "A bundle for whoever helps")
        assert "versions.json" in user.screen
        await user.press("down", "enter")
        assert "libraries" in user.screen or "rancher_tui" in user.screen
        await user.press("escape", "escape")
        assert not list(folder.glob("*bundle*"))
        await user.press("exclamation_mark")
        await done(user, "A bundle for whoever helps")
        await user.press("w")
        await done(user, "is written")
    assert len(list(folder.glob("prod-bundle-*.tar.gz"))) == 1


async def test_the_report_is_written_where_it_is_asked_for(home: Path) -> None:
    result(home)
    async with using(home, "prod", size=(220, 40)) as user:
        await user.press("number_sign", "enter")
        await done(user, "is written")
    assert (home / "sessions" / "prod" / "prod-report.md").read_text().startswith("# Install report")


async def test_sessions_are_copied_renamed_put_away_and_taken_in(home: Path) -> None:
    result(home)
    async with using(home, "nowhere", size=(220, 40)) as user:
        await user.press("down", "y")
        await user.press("enter")
        await done(user, "prod-2 is made")
        await user.press("home", "down")
        await user.press("at")
        await user.press("ctrl+u")
        await user.type("third")
        await user.press("enter")
        await done(user, "it is third now")
        names = sorted(session.name for session in Home(home).sessions())
        assert "third" in names and len(names) == 2
        await user.press("minus")
        assert "Archive the session third?" in user.screen and "takes it in again" in user.screen
        await user.press("escape")
        assert not (home / "archive").exists()
        await user.press("minus")
        await user.type("third")
        await user.press("enter")
        await done(user, "third is in")
        (file,) = (home / "archive").iterdir()
        assert file.name in user.screen
        await user.press("escape")
        await user.press("plus")
        await user.paste(str(file))
        await user.press("enter")
        await user.type("back")
        await user.press("enter")
        await done(user, "The twelve steps")
    assert "back" in [session.name for session in Home(home).sessions()]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, "in the future"), (3, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86_400, "1 day ago")],
)
def test_how_long_ago(seconds: float, told: str) -> None:
    assert age(seconds) == told


@pytest.mark.parametrize(
    ("kind", "sequence"),
    [
        ("", ""),
        ("bell", ""),
        ("osc9", "\x1b]9;rke ended\\x1b, 1\x07"),
        ("osc777", "\x1b]777;notify;prod;rke ended\\x1b, 1\x07"),
    ],
)
def test_messages_of_the_terminal(kind: str, sequence: str) -> None:
    assert message(kind, "prod", "rke ended\x1b; 1") == sequence
    wrapped = message("osc9", "prod", "x", in_tmux=True)
    assert wrapped == "\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\"
