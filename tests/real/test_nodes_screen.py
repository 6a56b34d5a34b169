"""Step 1 as an operator uses it: the matrix fills in, cells tell, hosts are looked at again, trusted, cleared."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.install.state import InstallState, Node
from tests.real.healthy_host import healthy_path
from tests.real.sshd import DockerSocket, Sshd, make_key, needs_docker_client, needs_sshd
from tests.real.test_nodes_commands import LEFT
from tests.screens.conftest import User, begun, home, using

__all__ = ["home"]
pytestmark = [pytest.mark.real, needs_sshd, needs_docker_client]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the known_hosts nor the SSH configuration of whoever runs the tests."""
    monkeypatch.setattr("rancher_tui.transport.ssh.operator_known_hosts", list)
    monkeypatch.setenv("HOME", str(tmp_path))


def healthy(folder: Path, address: str, stack: ExitStack, *, passphrase: str = "", **programs: Any) -> Sshd:
    """A node with an identity of its own."""
    last = address.rpartition(".")[2].zfill(2)
    own = {"hostname": f"echo node{last}", **programs}
    server = Sshd(folder, address, path=healthy_path(folder / "programs", **own))
    make_key(server.key, passphrase=passphrase)
    stack.enter_context(server)
    stack.enter_context(DockerSocket(folder / "docker.sock"))
    return server


async def on_step_1(user: User) -> None:
    await user.press("g", "1", "enter")
    await user.pilot.pause()


async def trust(user: User) -> None:
    await user.press("k")
    await user.sees("Trust")
    await user.type("yes")
    await user.press("enter")
    await user.sees("trusted now")


async def down_to_the_hosts(user: User) -> None:
    for _ in range(12):
        if user.app.screen.focused is not None and user.app.screen.focused.id == "matrix":
            return
        await user.press("down")
    raise AssertionError(user.screen)


def cells(user: User, address: str) -> list[str]:
    """The words of a host's row in the matrix, from its first group on."""
    row = re.compile(rf".\s+\d+ {re.escape(address)} +(.*)")
    found = next((match for line in user.lines if (match := row.fullmatch(line))), None)
    assert found, user.screen
    return found[1].split()


async def test_keys_are_trusted_and_the_matrix_fills_in(home: Path, tmp_path: Path, stack: ExitStack) -> None:
    one = healthy(tmp_path / "one", "127.0.0.21", stack)
    nodes = (one.node(), Node(address="127.0.0.22", port="1", user="x", ssh_key_path=str(one.key)))
    async with using(home, begun(home, InstallState(nodes=nodes))) as user:
        await on_step_1(user)
        await user.press("p")
        await user.sees("2 fails")
        assert cells(user, "127.0.0.21")[:2] == ["fail", "–"]
        await trust(user)
        await user.press("p")
        await user.sees("1 fail,")
        told = cells(user, "127.0.0.21")
        assert "fail" not in told and told[0] == "pass" and told[5] == "pass" and told[7].startswith("18.09.9")
        assert cells(user, "127.0.0.22")[:3] == ["fail", "–", "–"]
        assert "refuses connections to port 1" in user.screen
        await down_to_the_hosts(user)
        await user.press("home", "down", "enter")
        await user.sees("What to do")
        assert "systemctl status sshd" in user.screen and "Connection refused" in user.screen


async def test_what_failed_is_looked_at_again_alone(home: Path, tmp_path: Path, stack: ExitStack) -> None:
    one = healthy(tmp_path / "one", "127.0.0.21", stack)
    two = healthy(tmp_path / "two", "127.0.0.22", stack, timedatectl="sleep 2; echo 'NTP synchronized: yes'")
    state = InstallState(nodes=(one.node(), two.node(docker_socket="/nowhere.sock")))
    async with using(home, begun(home, state)) as user:
        await on_step_1(user)
        await trust(user)
        await user.press("p")
        await user.sees("x stops")
        await user.sees("1 fail,")
        assert cells(user, "127.0.0.22")[1] == "fail"
        user.store.edit("mended", lambda now: now.model_copy(update={"nodes": (one.node(), two.node())}))
        await user.pilot.pause()
        assert cells(user, "127.0.0.22")[:2] == ["stale", "stale"]
        assert "stale" not in cells(user, "127.0.0.21")
        assert "node 2 changed" in user.screen
        one.stop()
        await user.press("A")
        await user.sees("looking again at 2")
        await user.sees("passed", gone="looking again")
        assert cells(user, "127.0.0.22")[:2] == ["pass", "pass"]
        assert "done" in user.lines[1]
        await down_to_the_hosts(user)
        await user.press("ctrl+home", "home", "H")
        await user.sees("1 fail", gone="looking again")
        assert cells(user, "127.0.0.21")[0] == "fail" and cells(user, "127.0.0.22")[0] == "pass"


async def test_a_look_is_stopped_and_the_last_report_stays(home: Path, tmp_path: Path, stack: ExitStack) -> None:
    one = healthy(tmp_path / "one", "127.0.0.21", stack, timedatectl="sleep 5")
    async with using(home, begun(home, InstallState(nodes=(one.node(),)))) as user:
        await on_step_1(user)
        await user.press("p")
        await user.sees("1 fail")
        await trust(user)
        await user.press("p")
        await user.sees("docker ps works")
        assert "…" in cells(user, "127.0.0.21"), "what takes seconds is waited for"
        await user.press("x")
        await user.sees("stopped")
        await user.sees("is not known yet")
        assert cells(user, "127.0.0.21")[0] == "fail"


async def test_a_passphrase_is_asked_once_and_never_shown_or_stored(
    home: Path, tmp_path: Path, stack: ExitStack
) -> None:
    one = healthy(tmp_path / "one", "127.0.0.21", stack, passphrase="sesame")
    async with using(home, begun(home, InstallState(nodes=(one.node(),)))) as user:
        await on_step_1(user)
        await trust(user)
        await user.press("p")
        await user.sees("The passphrase of")
        await user.type("sesame")
        assert "sesame" not in user.screen
        await user.press("enter")
        await user.sees("1 fail,")
        assert "has a passphrase" in user.screen
        assert cells(user, "127.0.0.21")[1] == "pass"
        await user.press("p")
        await user.sees("1 fail,", gone="x stops")
    for file in home.rglob("*"):
        assert not file.is_file() or b"sesame" not in file.read_bytes()


async def test_what_is_on_offer_is_taken_over_only_by_choice(home: Path, tmp_path: Path, stack: ExitStack) -> None:
    one = healthy(tmp_path / "one", "127.0.0.21", stack)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text("Host 127.0.0.21\n  User deploy\n  ProxyJump gate@192.0.2.9:2222\n")
    async with using(home, begun(home, InstallState(nodes=(one.node(),)))) as user:
        await on_step_1(user)
        await trust(user)
        await user.press("p")
        await user.sees("passed")
        assert user.state.nodes == (one.node(),), "nothing is taken by itself"
        await user.press("t")
        await user.sees("Take over into the node table?")
        for told in (
            "node 1, internal: 192.0.2.11",
            "node 1, hostname: node21",
            "-> deploy",
            "Bastion address: 192.0.2.9",
        ):
            assert told in user.screen
        await user.press("escape", "t")
        await user.sees("Take over into the node table?")
        await user.press("a", "down", "down", "down", "space")
        chosen = user.line_with("[x]")
        await user.press("enter")
        await user.sees("1 taken over")
        assert "node 1, hostname" in chosen
        assert user.state.nodes == (one.node(hostname_override="node21"),)
        await user.press("u")
        assert user.state.nodes == (one.node(),)


@pytest.mark.skipif(os.geteuid() != 0, reason="the plan is for root")
async def test_leftovers_are_cleared_after_the_hosts_name_was_typed(
    home: Path, tmp_path: Path, stack: ExitStack
) -> None:
    log = tmp_path / "log"
    recorded: dict[str, Any] = {name: f'echo "{name} $*" >> {log}' for name in ("rm", "cp", "diff")}
    one = healthy(tmp_path / "one", "127.0.0.21", stack, ls=LEFT, **recorded)
    async with using(home, begun(home, InstallState(nodes=(one.node(hostname_override="node-a"),)))) as user:
        await on_step_1(user)
        await trust(user)
        await user.press("p")
        await user.sees("1 fail,")
        await down_to_the_hosts(user)
        await user.press("l")
        await user.sees("Clear this host?")
        assert "snapshots of the old cluster" in user.screen
        (script,) = home.rglob("cleanup/node-1.sh")
        assert "rm -rf --one-file-system /etc/kubernetes" in script.read_text()
        await user.type("127.0.0.21")
        await user.press("enter")
        assert "another word" in user.screen and not log.exists()
        await user.press("ctrl+u")
        await user.type("node-a")
        await user.press("enter")
        await user.sees("1 passed")
        assert [line.split()[0] for line in log.read_text().splitlines()] == ["cp", "diff", "rm", "rm"]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".json"])
async def test_the_report_is_written(
    home: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    nodes = (Node(address="127.0.0.1", port="1", user="x", ssh_key_path="/nowhere"),)
    async with using(home, begun(home, InstallState(nodes=nodes))) as user:
        await on_step_1(user)
        await user.press("p")
        await user.sees("1 fail,")
        await user.press("w")
        await user.sees("Write the report to which file?")
        await user.press("ctrl+u")
        await user.type("report.pdf")
        await user.press("enter")
        await user.sees("must end in")
        await user.press("ctrl+u")
        await user.paste(f"report{suffix}")
        await user.press("enter")
        await user.sees("is written")
    assert "tcp-refused" in (tmp_path / f"report{suffix}").read_text()
