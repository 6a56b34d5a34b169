"""The run understood by keys: regular expressions, warnings said at once, silence extended, lines copied, fetching."""

from __future__ import annotations

from pathlib import Path

from rancher_tui.install.state import Balancer, Certificates, InstallState, Node
from tests.screens.conftest import begun, using
from tests.screens.test_run_screen import ended, opened, run_of, until

DROPPED = (
    'time="2026-11-23T07:00:00Z" level=info msg="Building Kubernetes cluster"\n'
    'time="2026-11-23T07:00:01Z" level=warning msg="Failed to set up SSH tunneling for host [10.0.1.12]: Can\'t'
    " retrieve Docker Info: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon"
    ' running?"\n'
)
REMOVED = 'time="2026-11-23T07:00:02Z" level=warning msg="Removing host [10.0.1.12] from node lists"'


async def test_a_regular_expression_is_sought_and_a_wrong_one_refused(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("home", "/")
        await user.type("/image 1[3-5]/")
        await user.press("enter")
        await until(lambda: "Pulling image 13 " in user.line_with("▸"), "the first hit")
        assert "3 lines" in user.screen
        await user.press(",")
        await until(lambda: "Pulling image 15 " in user.line_with("▸"), "the last hit")
        await user.press("&")
        await user.type("/(/")
        await user.press("enter")
        assert "no regular expression" in user.screen


async def test_a_host_that_is_dropped_is_said_at_once_with_stop_one_key_away(home: Path, tmp_path: Path) -> None:
    begun(home)
    more = tmp_path / "more"
    run = run_of(home, DROPPED, f"while [ ! -e {more} ]; do sleep 0.05; done; echo '{REMOVED}'; sleep 600")
    async with using(home) as user:
        await opened(user, "Failed to set up")
        assert "rke goes on without" not in user.screen
        more.touch()
        await until(lambda: "rke goes on without 10.0.1.12; x stops it now" in user.screen, "the word about it")
        await user.press("x")
        await user.type("stop")
        await user.press("enter")
        await ended(run)


async def test_what_misleads_is_put_right_beside_the_line_and_can_be_tested(home: Path) -> None:
    begun(home)
    await ended(run_of(home, DROPPED))
    async with using(home) as user:
        await opened(user, "Failed to set up")
        await user.press("n")
        assert "refuses the connection to its SSH port" in user.screen
        assert "' tests it now" in user.screen


async def test_silence_is_called_a_stall_later_when_it_is_extended(home: Path) -> None:
    begun(home)
    run = run_of(home, then="sleep 600")
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("right_parenthesis")
        assert "after 600 s" in user.screen
        assert user.state.rke.quiet_limit == "600"
        await user.press("x")
        await user.type("stop")
        await user.press("enter")
        await ended(run)


async def test_what_is_shown_is_copied_to_a_file_and_offered_to_the_clipboard(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home, size=(160, 40)) as user:
        await opened(user, "Finished building")
        await user.press("L", "Y")
        await until(lambda: "does not say whether it took them" in user.screen, "the word about it")
        (copy,) = (home / "sessions" / "prod" / "copied").iterdir()
        assert b"Failed to set up SSH" in copy.read_bytes()
        assert "Failed to set up SSH" in user.app.clipboard


async def test_a_release_that_cannot_be_had_leaves_the_binary_as_it_was(home: Path) -> None:
    begun(home)
    async with using(home) as user:
        await user.press("g", "4", "enter", "underscore")
        await user.press("ctrl+u")
        await user.type("0.1.16")
        await user.press("enter")
        assert "is called as v0.1.16 is" in user.screen
        await user.press("ctrl+u")
        await user.type("vx http://127.0.0.1:9")
        await user.press("enter")
        await until(lambda: "vx is no version of rke" in user.screen, "the refusal")
        assert user.state.rke.binary == ""


async def test_a_cluster_is_removed_only_after_its_name_was_typed(home: Path) -> None:
    node = Node(address="10.0.1.11", user="rke", ssh_key_path="~/.ssh/id_rsa")
    state = InstallState(
        fqdn="rancher.example.com",
        rancher_version="v2.0.8",
        nodes=(node,),
        template="external-recognized-ca",
        balancer=Balancer(address="203.0.113.9"),
        certificates=Certificates(chain_path="/x"),
    )
    begun(home, state)
    (home / "sessions" / "prod" / "rke").write_text("#!/bin/sh\n")
    async with using(home) as user:
        await user.press("e")
        await until(lambda: "exported" in user.screen or "written" in user.screen, "the export")
        await user.press("g", "1", "1", "enter", "left_curly_bracket")
        assert "all of its data" in user.screen
        await user.type("yes")
        await user.press("enter")
        assert "that is another word" in user.screen
        assert not list((home / "sessions" / "prod" / "runs").glob("*"))
