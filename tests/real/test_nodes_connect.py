"""Logging in as RKE will: host keys, keys, passphrases, agents, on real SSH servers."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import ExitStack, aclosing
from pathlib import Path

import pytest

from rancher_tui.finding import Finding, Status
from rancher_tui.install.state import Bastion, InstallState, Node
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.host_keys import pin, scan
from rancher_tui.nodes.preflight import ladder, preflight
from rancher_tui.nodes.workstation import judge_workstation
from rancher_tui.transport.ssh import ConnectSettings, connect
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_known import Trust
from tests.real.healthy_host import healthy_path
from tests.real.sshd import DockerSocket, Sshd, make_key, needs_docker_client, needs_sshd, settings

pytestmark = [pytest.mark.real, needs_sshd]


async def logs_in(node: Node, way: ConnectSettings) -> str:
    """What `whoami` says over there."""
    async with connect(way.target(node), way) as login:
        return (await login.run("id -un", b"", 5)).stdout.decode().strip()


async def refused(node: Node, way: ConnectSettings) -> Rung:
    with pytest.raises(SshError) as caught:
        await logs_in(node, way)
    return caught.value.rung


async def test_a_new_key_is_shown_pinned_and_then_known(server: Sshd, tmp_path: Path) -> None:
    pins = tmp_path / "known_hosts"
    node = server.node()
    (state,) = await scan([node], settings(pins=pins))
    shown = subprocess.run(["ssh-keygen", "-lf", str(server.host_key)], capture_output=True, text=True).stdout
    assert state.trust is Trust.UNKNOWN
    assert state.fingerprint in shown
    assert await refused(node, settings(pins=pins)) is Rung.HOST_KEY_UNKNOWN
    assert pin(pins, [state]) == 1
    assert stat.S_IMODE(pins.stat().st_mode) == 0o600
    assert (await scan([node], settings(pins=pins)))[0].trust is Trust.KNOWN
    assert await logs_in(node, settings(pins=pins)) == node.user


async def test_openssh_itself_reads_the_pins(server: Sshd, tmp_path: Path) -> None:
    pins = tmp_path / "known_hosts"
    pin(pins, await scan([server.node()], settings()))
    options = ["-o", f"UserKnownHostsFile={pins}", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"]
    options += ["-F", "none", "-i", str(server.key), "-p", str(server.port)]
    ran = subprocess.run(["ssh", *options, f"{server.node().user}@{server.address}", "true"], capture_output=True)
    assert ran.returncode == 0, ran.stderr


async def test_a_changed_key_stops_its_node_and_is_not_pinned_over_the_operators_own_file(
    server: Sshd, tmp_path: Path
) -> None:
    known = server.known_hosts()
    server.stop()
    server.host_key = make_key(tmp_path / "another")
    server.start()
    (state,) = await scan([server.node()], settings(known_hosts=[known]))
    assert (state.trust, state.source) == (Trust.CHANGED, str(known))
    assert len(state.known) == 1
    pins = tmp_path / "pins"
    assert pin(pins, [state]) == 0
    assert not pins.exists()
    assert await refused(server.node(), settings(known_hosts=[known], pins=pins)) is Rung.HOST_KEY_CHANGED


async def test_a_pinned_key_that_changed_may_be_pinned_anew(server: Sshd, tmp_path: Path) -> None:
    pins = tmp_path / "pins"
    pin(pins, await scan([server.node()], settings(pins=pins)))
    server.stop()
    server.host_key = make_key(tmp_path / "another")
    server.start()
    (state,) = await scan([server.node()], settings(pins=pins))
    assert state.trust is Trust.CHANGED
    assert pin(pins, [state]) == 0, "a changed key is no new key"
    assert pin(pins, [state], replace_changed=True) == 1
    assert len(pins.read_text().splitlines()) == 1
    assert await logs_in(server.node(), settings(pins=pins))


async def test_hashed_revoked_and_broken_lines_of_known_hosts(server: Sshd, tmp_path: Path) -> None:
    hashed = tmp_path / "hashed"
    hashed.write_text("@unknown-marker x\nnot a line\n" + server.known_hosts().read_text())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(hashed)], capture_output=True)
    hashed.write_text("garbage\n" + hashed.read_text())
    assert await logs_in(server.node(), settings(known_hosts=[hashed]))
    revoked = tmp_path / "revoked"
    revoked.write_text("@revoked " + server.known_hosts().read_text() + server.known_hosts().read_text())
    assert await refused(server.node(), settings(known_hosts=[revoked])) is Rung.HOST_KEY_CHANGED


async def test_a_host_certificate_of_a_known_authority(server: Sshd, tmp_path: Path) -> None:
    authority = make_key(tmp_path / "authority")
    public = server.host_key.with_suffix(".pub")
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "host", "-h", "-n", server.address, str(public)]
    subprocess.run(sign, check=True)
    server.stop()
    server.options["HostCertificate"] = str(server.folder / "host_key-cert.pub")
    server.start()
    known = tmp_path / "known"
    known.write_text(f"@cert-authority [{server.address}]:* {authority.with_suffix('.pub').read_text()}")
    assert await logs_in(server.node(), settings(known_hosts=[known]))
    assert (await scan([server.node()], settings(known_hosts=[known])))[0].trust is Trust.KNOWN


async def test_a_users_certificate(server: Sshd, tmp_path: Path) -> None:
    authority, key = make_key(tmp_path / "authority"), make_key(tmp_path / "signed")
    user = server.node().user
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "user", "-n", user, str(key.with_suffix(".pub"))]
    subprocess.run(sign, check=True)
    server.stop()
    server.options["TrustedUserCAKeys"] = str(authority.with_suffix(".pub"))
    server.start()
    node = server.node(ssh_key_path=str(key))
    assert await refused(node, server.settings()) is Rung.LOGIN_REFUSED
    signed = node.model_copy(update={"ssh_cert_path": str(tmp_path / "signed-cert.pub")})
    assert await logs_in(signed, server.settings())
    for wrong in (tmp_path / "nowhere", key.with_suffix(".pub")):
        broken = node.model_copy(update={"ssh_cert_path": str(wrong)})
        assert await refused(broken, server.settings()) in (Rung.KEY_MISSING, Rung.KEY_NOT_PRIVATE)
    inline = node.model_copy(
        update={"ssh_cert": f"file:{tmp_path / 'signed-cert.pub'}", "ssh_cert_path": "/nowhere"}
    )
    assert await logs_in(inline, server.settings())
    assert await logs_in(node, server.settings(certificate_path=str(tmp_path / "signed-cert.pub")))
    no_certificate = node.model_copy(update={"ssh_cert": f"file:{key.with_suffix('.pub')}"})
    assert await refused(no_certificate, server.settings()) is Rung.KEY_NOT_PRIVATE
    assert (
        await refused(node.model_copy(update={"ssh_cert": "secret:gone"}), server.settings()) is Rung.KEY_MISSING
    )


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
async def test_every_kind_of_key(kind: str, server: Sshd, tmp_path: Path) -> None:
    key = make_key(tmp_path / kind, kind=kind)
    with (server.folder / "authorized_keys").open("a") as file:
        file.write(key.with_suffix(".pub").read_text())
    assert await logs_in(server.node(ssh_key_path=str(key)), server.settings())


async def test_an_old_pem_key_and_one_given_inline(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "old"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", str(key)], check=True)
    with (server.folder / "authorized_keys").open("a") as file:
        file.write(key.with_suffix(".pub").read_text())
    assert b"BEGIN RSA PRIVATE KEY" in key.read_bytes()
    assert await logs_in(server.node(ssh_key_path=str(key)), server.settings())
    monkeypatch.setenv("NODE_KEY", key.read_text().rstrip("\n"))
    assert await logs_in(server.node(ssh_key_path="/nowhere", ssh_key="env:NODE_KEY"), server.settings())
    assert await refused(server.node(ssh_key="secret:gone"), server.settings()) is Rung.KEY_MISSING


async def test_paths_of_keys_as_rke_reads_them(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/k").write_bytes(server.key.read_bytes())
    monkeypatch.setenv("HOME", str(home))
    assert await logs_in(server.node(ssh_key_path="~/.ssh/k"), server.settings())
    assert await logs_in(server.node(ssh_key_path=".ssh/k"), server.settings(folder=home))
    assert await logs_in(server.node(ssh_key_path=""), server.settings(key_path="~/.ssh/k"))
    assert await refused(server.node(ssh_key_path="$HOME/.ssh/k"), server.settings()) is Rung.KEY_MISSING
    assert await refused(server.node(ssh_key_path="~other/k"), server.settings()) is Rung.KEY_MISSING


@needs_docker_client
@pytest.mark.parametrize("form", ["PEM", "OpenSSH"])
async def test_a_passphrase_opens_the_key_for_us_but_not_for_rke(server: Sshd, tmp_path: Path, form: str) -> None:
    if form == "OpenSSH":
        pytest.importorskip("bcrypt", reason="keys in OpenSSH's own form are opened with the package bcrypt")
    locked = make_key(tmp_path / "locked", kind="rsa", passphrase="open sesame", form=form)
    with (server.folder / "authorized_keys").open("a") as file:
        file.write(locked.with_suffix(".pub").read_text())
    node = server.node(ssh_key_path=str(locked))
    assert await refused(node, server.settings()) is Rung.KEY_ENCRYPTED
    assert await refused(node, server.settings(passphrases={str(locked): "wrong"})) is Rung.KEY_ENCRYPTED
    way = server.settings(passphrases={str(locked): "open sesame"})
    assert await logs_in(node, way)
    with DockerSocket(server.folder / "docker.sock"):
        findings = [found async for found in ladder([node], way, facts={})]
    assert {found.code for found in findings if found.bad} == {"key-encrypted"}
    assert "docker-ps" in {found.code for found in findings}
    assert "open sesame" not in repr(way) + repr(findings)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    ends = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < ends
        time.sleep(0.02)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield path
    process.terminate()
    process.wait()


async def test_the_agent_alone_is_used_where_it_is_asked_for(server: Sshd, agent: Path) -> None:
    subprocess.run(["ssh-add", "-q", str(server.key)], check=True, env={**os.environ, "SSH_AUTH_SOCK": str(agent)})
    node = server.node(ssh_key_path="/nowhere")
    assert await refused(node, server.settings()) is Rung.KEY_MISSING
    assert await logs_in(node, server.settings(agent=True))


async def test_without_an_agent_socket_the_key_is_used_after_all(
    server: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert await logs_in(server.node(), server.settings(agent=True))


async def test_the_operators_ssh_config_plays_no_part(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text("Host *\n  Port 1\n  User nobody-of-this-name\n  ProxyCommand false\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await logs_in(server.node(), server.settings())


def test_settings_come_from_the_install() -> None:
    bastion = Bastion(address="gate", user="x")
    state = InstallState()
    options = state.options.model_copy(update={"ssh_key_path": "~/k", "ssh_agent_auth": True, "bastion": bastion})
    way = ConnectSettings.of(state.model_copy(update={"options": options}))
    target = way.target(Node(address="n", user="u", port=""))
    assert (target.key_path, target.agent, target.port) == ("~/k", True, "22")
    gate = way.bastion_target()
    assert gate is not None
    assert (gate.address, gate.key_path) == ("gate", "~/k")
    assert ConnectSettings.of(InstallState()).bastion_target() is None


@needs_docker_client
async def test_old_rke_needs_a_server_that_takes_its_signatures(tmp_path: Path, stack: ExitStack) -> None:
    async def codes(folder: Path, **options: str) -> set[str]:
        opened = Sshd(folder, **options)
        make_key(opened.key, kind="rsa")
        stack.enter_context(opened)
        stack.enter_context(DockerSocket(folder / "docker.sock"))
        expected = Expected(sha1_signatures=True, registry="")
        return {
            found.code
            async for found in ladder([opened.node()], opened.settings(), facts={}, expected=expected)
            if found.status is Status.FAIL
        }

    assert await codes(tmp_path / "new") == {"rsa-sha1"}
    assert await codes(tmp_path / "old", PubkeyAcceptedAlgorithms="+ssh-rsa") == set()


async def test_one_slow_node_does_not_hold_back_the_others(server: Sshd, tmp_path: Path, stack: ExitStack) -> None:
    slow = stack.enter_context(Sshd(tmp_path / "slow", "127.0.0.3", ForceCommand="sleep 60"))
    known = tmp_path / "known"
    known.write_text(server.known_hosts().read_text() + slow.known_hosts().read_text())
    findings = ladder([slow.node(), server.node()], settings(known_hosts=[known]), facts={})
    first: list[Finding] = []
    async with aclosing(_generator(findings)) as told:
        async for found in told:
            if found.code in ("docker-not-running", "docker-missing"):
                first.append(found)
                break
    assert [found.subject for found in first] == ["node 2 127.0.0.1"]


async def _generator(findings: AsyncIterator[Finding]) -> AsyncGenerator[Finding, None]:
    async for found in findings:
        yield found


async def test_no_nodes_at_all_is_no_pass() -> None:
    findings = [found async for found in preflight([], settings(), facts={})]
    assert [(found.code, found.status.value) for found in findings] == [("no-nodes", "fail")]


async def test_the_way_to_the_api_port_is_tried_from_here(tmp_path: Path, stack: ExitStack) -> None:
    """A refusal is well, since nothing listens there yet; silence is not."""
    hole = stack.enter_context(socket.create_server(("127.201.7.9", 6443), backlog=0))
    for _ in range(4):
        filler = stack.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(hole.getsockname())

    async def status(addresses: list[str]) -> Status:
        found = {each.code: each async for each in judge_workstation(addresses, tmp_path, 0.5, direct=True)}
        return found["api-port"].status

    assert await status(["127.201.7.8"]) is Status.PASS
    assert await status(["127.201.7.8", "127.201.7.9"]) is Status.WARN


@needs_docker_client
async def test_the_rungs_are_told_before_what_takes_seconds(tmp_path: Path, stack: ExitStack) -> None:
    path = healthy_path(tmp_path / "programs", curl="sleep 2; echo 401")
    server = stack.enter_context(Sshd(tmp_path / "server", path=path))
    stack.enter_context(DockerSocket(server.folder / "docker.sock"))
    told: dict[str, float] = {}
    async for found in preflight([server.node()], server.settings(), facts={}, expected=Expected()):
        told[found.code] = time.monotonic()
    assert told["registry-from-node"] - told["docker-ps"] > 1.0


@needs_docker_client
async def test_endless_output_is_cut_and_told_once(tmp_path: Path, stack: ExitStack) -> None:
    path = healthy_path(tmp_path / "programs", docker="while :; do printf '%01000d' 0; done")
    server = stack.enter_context(Sshd(tmp_path / "server", path=path))
    stack.enter_context(DockerSocket(server.folder / "docker.sock"))
    findings = [found async for found in preflight([server.node()], server.settings(), facts={})]
    assert [(found.code, found.status.value) for found in findings if found.bad] == [("facts", "unknown")]
    assert max(len(str(found.evidence)) for found in findings) < 10_000


async def test_given_up_half_way_nothing_is_left_running(server: Sshd, tmp_path: Path, stack: ExitStack) -> None:
    slow = stack.enter_context(Sshd(tmp_path / "slow", "127.0.0.3", ForceCommand="sleep 60"))
    before = asyncio.all_tasks()

    async def look() -> None:
        async for _ in preflight([slow.node()], slow.settings(), facts={}):
            pass

    task = asyncio.create_task(look())
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ends = time.monotonic() + 5
    while asyncio.all_tasks() - before:
        assert time.monotonic() < ends, asyncio.all_tasks() - before
        await asyncio.sleep(0.05)
