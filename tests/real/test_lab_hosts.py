"""The practice hosts as SSH clients see them: asyncssh, OpenSSH's own, and Docker's API through the forward."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from rancher_tui.lab.http import Request, Response, exchange
from tests.real.lab_world import World, until, world

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("hosts") / "lab") as made:
        yield made


async def docker(lab: World, path: str, number: int = 1) -> Response:
    async with lab.login(number) as connection:
        reader, writer = await connection.open_unix_connection(lab.state.nodes[number - 1].docker_socket)
        return await exchange(reader, writer, Request("GET", path, [("host", "docker")]))


async def test_a_command_s_output_errors_and_code_come_back(lab: World) -> None:
    done = await lab.run("echo out; echo err >&2; exit 7")
    assert (done.stdout, done.stderr, done.exit_status) == ("out\n", "err\n", 7)


async def test_a_script_on_standard_input_runs(lab: World) -> None:
    done = await lab.run("sh -s", input="name=world\necho hello $name\nexit 3\necho never\n")
    assert (done.stdout, done.exit_status) == ("hello world\n", 3)


async def test_a_large_input_comes_back_whole(lab: World) -> None:
    text = "x" * 300_000
    done = await lab.run("cat", input=text)
    assert done.stdout == text


async def test_a_command_ended_by_a_signal_says_so(lab: World) -> None:
    done = await lab.run("kill -9 $$")
    assert done.exit_signal is not None
    assert done.exit_signal[0] == "KILL"


async def test_each_host_answers_for_itself_and_not_for_the_machine(lab: World) -> None:
    seen = [
        (await lab.run("hostname; id -un; nproc; cat /etc/machine-id; uname -rm", number)).stdout
        for number in (1, 2, 3)
    ]
    lines = [str(text).splitlines() for text in seen]
    assert [line[0] for line in lines] == ["rancher-1", "rancher-2", "rancher-3"]
    assert all(line[1:3] == ["operator", "2"] and line[4] == "4.4.0-210-generic x86_64" for line in lines)
    assert len({line[3] for line in lines}) == 3
    assert Path("/etc/machine-id").read_text().strip() not in {line[3] for line in lines}


async def test_files_are_the_host_s_own_also_in_error_messages(lab: World) -> None:
    done = await lab.run(
        "head -1 /etc/os-release; ls -d /etc/kubernetes /var/lib/docker; awk '/MemTotal/{print $2}' /proc/meminfo"
    )
    assert str(done.stdout).splitlines() == ['NAME="Ubuntu"', "/var/lib/docker", "8175072"]
    assert done.stderr == "ls: cannot access '/etc/kubernetes': No such file or directory\n"


async def test_what_a_script_changes_is_the_host_s_and_never_the_machine_s(lab: World, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    done = await lab.run(
        f"rm -rf {victim}; mkdir -p {tmp_path}; touch {tmp_path}/made; echo x | tee {tmp_path}/said >/dev/null; "
        f"cp {tmp_path}/said {tmp_path}/copy; mv {tmp_path}/made {tmp_path}/moved; ls {tmp_path}; mktemp"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["victim"]
    *listed, temporary = str(done.stdout).splitlines()
    assert listed == ["copy", "moved", "said"]
    assert temporary.startswith(str(lab.folder))


async def test_the_name_server_s_answer_is_the_host_s_too(lab: World) -> None:
    done = await lab.run(f"getent ahostsv4 {lab.state.fqdn}; getent hosts nowhere.invalid; echo $?")
    lines = str(done.stdout).splitlines()
    assert lines[0].split()[0] == lab.state.balancer.address
    assert lines[-1] == "2"


async def test_programs_of_the_machine_are_out_of_reach(lab: World) -> None:
    done = await lab.run("command -v systemd-run mount perl; echo $PATH")
    assert str(done.stdout).splitlines() == [str(lab.folder / "hosts" / "rancher-1" / "bin")]


@pytest.mark.parametrize("change", [{"username": "root"}, {"client_keys": []}])
async def test_another_user_or_no_key_is_refused(lab: World, change: dict[str, Any]) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        async with lab.login(**change):
            pass


async def test_another_key_is_refused(lab: World) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        async with lab.login(client_keys=[asyncssh.generate_private_key("ssh-ed25519")]):
            pass


async def test_a_command_ends_with_its_connection(lab: World, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    async with lab.login() as connection:
        process = await connection.create_process(f"echo $$ > {marker}; exec sleep 600")

        async def started() -> bool:
            return marker.exists() and marker.read_text().strip().isdigit()

        await until(started)
        pid = int(marker.read_text())
        assert Path(f"/proc/{pid}").exists()
        connection.abort()
        process.close()

    async def ended() -> bool:
        return not Path(f"/proc/{pid}").exists()

    await until(ended)


async def test_docker_s_api_answers_through_the_forwarded_socket(lab: World) -> None:
    assert (await docker(lab, "/_ping")).body == b"OK"
    info = json.loads((await docker(lab, "/v1.24/info", 2)).body)
    assert (info["ServerVersion"], info["Name"]) == ("17.03.2-ce", "rancher-2")
    assert json.loads((await docker(lab, "/v1.24/containers/json")).body) == []
    too_new = await docker(lab, "/v1.40/info")
    assert too_new.status == 400
    assert b"client is newer than server" in too_new.body


async def test_no_other_socket_can_be_reached(lab: World, tmp_path: Path) -> None:
    async with lab.login() as connection:
        for path in (lab.state.nodes[1].docker_socket, str(tmp_path / "any"), "/run/dbus/system_bus_socket"):
            with pytest.raises(asyncssh.ChannelOpenError) as refused:
                await connection.open_unix_connection(path)
            assert refused.value.code == asyncssh.OPEN_CONNECT_FAILED


async def test_only_addresses_of_the_world_can_be_reached_by_tcp(lab: World) -> None:
    async with lab.login() as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", 22)
        reader, writer = await connection.open_connection(
            lab.state.balancer.address, int(lab.state.balancer.http_port)
        )
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 301 " in await reader.readline()


async def test_many_logins_at_once_are_served(lab: World) -> None:
    done = await asyncio.gather(*(lab.run("hostname", 1 + index % 3) for index in range(24)))
    assert {result.exit_status for result in done} == {0}


def test_openssh_logs_in_and_runs_a_command(lab: World, requires: Callable[..., None]) -> None:
    requires("ssh")
    node = lab.state.nodes[0]
    options = [
        "-F",
        "none",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "BatchMode=yes",
    ]
    command = [
        "ssh",
        *options,
        "-i",
        node.ssh_key_path,
        "-p",
        node.port,
        f"{node.user}@{node.address}",
        "docker ps -q; exit 5",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (5, "")


async def test_a_folder_with_an_odd_name_makes_no_difference(tmp_path: Path) -> None:
    with world(tmp_path / "la b's $x|[y].*\\") as lab:
        done = await lab.run(
            "cat /etc/hostname; ls -d /opt; df -P /opt; docker ps -q; id -Gn; curl -s x.invalid; echo $?"
        )
        assert str(done.stdout).splitlines()[:2] == ["rancher-1", "/opt"]
        assert str(done.stdout).splitlines()[-2:] == ["operator docker", "6"]
        assert done.stderr == ""
        assert (await docker(lab, "/_ping")).status == 200
        assert lab.rke("--version").stdout == "rke version v0.1.16\n"


async def test_an_unreachable_host_refuses_the_connection(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "host-unreachable") as lab:
        with pytest.raises(ConnectionRefusedError):
            async with lab.login(3):
                pass
        assert (await lab.run("true", 1)).exit_status == 0


async def test_a_wrong_key_is_refused_by_one_host(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "wrong-key") as lab:
        with pytest.raises(asyncssh.PermissionDenied):
            async with lab.login(2):
                pass
        assert (await lab.run("true", 1)).exit_status == 0


async def test_without_docker_access_neither_command_nor_forward_works(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "no-docker-access") as lab:
        done = await lab.run("docker ps", 2)
        assert done.exit_status == 1
        assert "permission denied" in str(done.stderr)
        assert (await lab.run("id -Gn", 2)).stdout == "operator\n"
        with pytest.raises(asyncssh.ChannelOpenError):
            await docker(lab, "/_ping", 2)
        assert (await docker(lab, "/_ping", 1)).status == 200
