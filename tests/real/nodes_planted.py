"""How each fault of nodes_faults.yml is planted: Debian's sshd with the fault, or a port of our own.

The engine is a stand-in that answers Docker's real client (see sshd.DockerSocket).
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.install.state import Bastion, Node
from rancher_tui.transport.ssh import ConnectSettings, Deadlines
from tests.real.healthy_host import healthy_path
from tests.real.sshd import DockerSocket, Port, Sshd, carry, make_key, relay, settings

Planted = tuple[Node, ConnectSettings]
Plant = Callable[[Path, ExitStack], Planted]
FAULTS: dict[str, Plant] = {}


def fault(name: str) -> Callable[[Plant], Plant]:
    """Register how a fault of the table is planted."""

    def register(plant: Plant) -> Plant:
        FAULTS[name] = plant
        return plant

    return register


def good(folder: Path, stack: ExitStack, *, docker: bool = True, **options: Any) -> Sshd:
    """A healthy node, but for the sshd options given."""
    server = stack.enter_context(Sshd(folder, path=healthy_path(folder / "programs"), **options))
    if docker:
        stack.enter_context(DockerSocket(folder / "docker.sock", containers=("web", "db")))
    return server


def with_options(name: str, **options: Any) -> None:
    """A fault that is nothing but sshd options."""

    @fault(name)
    def plant(folder: Path, stack: ExitStack) -> Planted:
        server = good(folder, stack, **options)
        return server.node(), server.settings()


with_options("none")
with_options("no-shell", ForceCommand="/usr/sbin/nologin")
with_options("no-sessions", MaxSessions="0")
with_options("one-session-only", MaxSessions="1")
with_options("forced-command", ForceCommand="echo this host runs nothing else")
with_options("files-only", ForceCommand="internal-sftp")
with_options("restricted-shell", ForceCommand='exec bash -r -c "$SSH_ORIGINAL_COMMAND"')
with_options(
    "login-says-3-mb-first",
    ForceCommand='head -c 3000000 /dev/zero | tr "\\\\0" x; echo; eval "$SSH_ORIGINAL_COMMAND"',
)
with_options("cut-after-login", ForceCommand="kill -9 $PPID")
with_options("cut-half-way", ForceCommand="head -c 200; echo; kill -9 $PPID")
with_options("noise-from-shell-start", ForceCommand='echo welcome; echo noise >&2; eval "$SSH_ORIGINAL_COMMAND"')
with_options("no-stream-local-forwarding", AllowStreamLocalForwarding="no")
with_options("no-forwarding-at-all", DisableForwarding="yes")
with_options("no-tcp-forwarding", AllowTcpForwarding="no")
with_options("no-common-cipher", Ciphers="3des-cbc")


@fault("command-hangs")
def command_hangs(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack, ForceCommand="sleep 60")
    return server.node(), server.settings(deadlines=Deadlines(command=1.5))


@fault("name-in-no-dns")
def name_in_no_dns(folder: Path, stack: ExitStack) -> Planted:
    return Node(address="no-such-host.invalid", user="x"), settings()


@fault("port-closed")
def port_closed(folder: Path, stack: ExitStack) -> Planted:
    """A port below those that the system hands out, so that nobody takes it meanwhile."""
    server = good(folder, stack)
    return server.node(port="1"), server.settings()


@fault("port-black-holed")
def port_black_holed(folder: Path, stack: ExitStack) -> Planted:
    """A listener whose queue is full: the kernel drops further packets."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    port = listener.getsockname()[1]
    for _ in range(4):
        filler = stack.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    return Node(address="127.0.0.1", port=str(port), user="x"), settings(deadlines=Deadlines(connect=1.0))


@fault("network-unreachable")
def network_unreachable(folder: Path, stack: ExitStack) -> Planted:
    return Node(address="255.255.255.255", user="x"), settings()


def port(name: str, behave: Callable[[socket.socket], None]) -> None:
    """A fault that is a port of our own."""

    @fault(name)
    def plant(folder: Path, stack: ExitStack) -> Planted:
        quick = Deadlines(connect=1.0, banner=1.0, login=1.0)
        return stack.enter_context(Port(behave)).node(), settings(deadlines=quick)


def endless(link: socket.socket) -> None:
    while True:
        link.sendall(b"\x1b]0;owned\x07 not yet\r\n" * 100)


def reset(link: socket.socket) -> None:
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    link.close()


def silent(link: socket.socket) -> None:
    link.recv(1)


def frozen(link: socket.socket) -> None:
    link.sendall(b"SSH-2.0-OpenSSH_8.0\r\n")
    while link.recv(4096):
        pass


def web(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    link.shutdown(socket.SHUT_WR)
    link.recv(4096)


def ssh1(link: socket.socket) -> None:
    link.sendall(b"SSH-1.5-OpenSSH_3.0\n")
    link.recv(4096)


port("silent-port", silent)
port("closes-at-once", lambda link: link.shutdown(socket.SHUT_RDWR))
port("resets-at-once", reset)
port("web-server", web)
port("endless-banner", endless)
port("ssh-version-1", ssh1)
port("frozen-after-banner", frozen)


def before_banner(name: str, text: bytes, delay: float) -> None:
    """A healthy node behind a port that speaks first, or late."""

    @fault(name)
    def plant(folder: Path, stack: ExitStack) -> Planted:
        server = good(folder, stack)
        known = server.known_hosts().read_text().split(" ", 1)[1]

        def behave(link: socket.socket) -> None:
            time.sleep(delay)
            link.sendall(text)
            carry(link, (server.address, server.port))

        front = stack.enter_context(Port(behave))
        trusted = folder / "front_known_hosts"
        trusted.write_text(f"[127.0.0.1]:{front.port} {known}")
        return server.node(port=str(front.port)), settings(known_hosts=[trusted])


before_banner("hostile-lines-before-banner", b"\x1b[2J\x1b]0;owned\x07\r\nNot SSH-2.0\r\n" * 20, 0)
before_banner("banner-late-but-in-time", b"", 1.0)
before_banner("banner-after-deadline", b"", 4.0)


@fault("link-300-ms")
def slow_link(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    front = stack.enter_context(relay((server.address, server.port), delay=0.15))
    trusted = folder / "front_known_hosts"
    trusted.write_text(f"[127.0.0.1]:{front.port} {server.known_hosts().read_text().split(' ', 1)[1]}")
    return server.node(port=str(front.port)), settings(known_hosts=[trusted])


@fault("max-startups")
def max_startups(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack, MaxStartups="1:100:1")

    def held() -> bool:
        """One login begun and never ended; refused itself while the server still counts an earlier one."""
        link = stack.enter_context(socket.create_connection((server.address, server.port)))
        return link.recv(100).startswith(b"SSH-")

    _wait_for(held)
    return server.node(), server.settings()


@fault("hostile-text-before-login")
def hostile_text(folder: Path, stack: ExitStack) -> Planted:
    text = folder / "issue"
    folder.mkdir(exist_ok=True)
    text.write_bytes(b"\x1b[2J\x1b]0;owned\x07[bold]markup[/bold]\xff\n" * 50)
    server = good(folder, stack, Banner=str(text))
    return server.node(), server.settings()


@fault("host-key-never-seen")
def never_seen(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    return server.node(), settings()


def another_key(name: str, kind: str) -> None:
    @fault(name)
    def plant(folder: Path, stack: ExitStack) -> Planted:
        server = good(folder, stack)
        before = make_key(folder / "before", kind=kind).with_suffix(".pub").read_text().split()
        trusted = folder / "old_known_hosts"
        trusted.write_text(f"[{server.address}]:{server.port} {before[0]} {before[1]}\n")
        return server.node(), settings(known_hosts=[trusted])


another_key("host-key-changed", "ed25519")
another_key("host-key-of-another-type", "ecdsa")


@fault("wrong-key")
def wrong_key(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    return server.node(ssh_key_path=str(make_key(folder / "stranger"))), server.settings()


@fault("unknown-user")
def unknown_user(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    return server.node(user="nobody-of-this-name"), server.settings()


@fault("no-user")
def no_user(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    return server.node(user=""), server.settings()


with_options("password-only", PubkeyAuthentication="no", PasswordAuthentication="yes")


def key_file(name: str, make: Callable[[Path], Path]) -> None:
    """A fault of the key's file on this machine."""

    @fault(name)
    def plant(folder: Path, stack: ExitStack) -> Planted:
        server = good(folder, stack)
        return server.node(ssh_key_path=str(make(folder))), server.settings()


def truncated(folder: Path) -> Path:
    whole = make_key(folder / "whole")
    cut = folder / "cut"
    cut.write_bytes(whole.read_bytes()[:180])
    return cut


key_file("key-file-missing", lambda folder: folder / "nowhere/id_rsa")
key_file("key-file-is-a-folder", lambda folder: folder)
key_file("key-with-passphrase", lambda folder: make_key(folder / "locked", passphrase="secret"))
key_file("public-key-given", lambda folder: make_key(folder / "pair").with_suffix(".pub"))
key_file("truncated-key", truncated)


@fault("agent-gone")
def agent_gone(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    _environment(stack, "SSH_AUTH_SOCK", str(folder / "no-agent"))
    return server.node(), server.settings(agent=True)


@fault("agent-without-keys")
def agent_without_keys(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    path = folder / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    stack.callback(agent.wait)
    stack.callback(agent.terminate)
    _wait_for(path.exists)
    _environment(stack, "SSH_AUTH_SOCK", str(path))
    return server.node(), server.settings(agent=True)


def _environment(stack: ExitStack, name: str, value: str) -> None:
    patch = pytest.MonkeyPatch()
    patch.setenv(name, value)
    stack.callback(patch.undo)


def _wait_for(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def docker(name: str, plant_socket: Callable[[Path, ExitStack], None]) -> None:
    """A fault of the engine behind the socket."""

    @fault(name)
    def plant(folder: Path, stack: ExitStack) -> Planted:
        server = good(folder, stack, docker=False)
        plant_socket(folder, stack)
        return server.node(), server.settings()


def dead_socket(folder: Path, stack: ExitStack) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / "docker.sock"))


def no_client(folder: Path) -> None:
    healthy_path(folder / "programs", without=("docker",))


def never_installed(folder: Path, stack: ExitStack) -> None:
    no_client(folder)


def not_for_this_user(folder: Path, stack: ExitStack) -> None:
    """A socket that cannot be opened; root may open any, so its client says what an ordinary user's would say."""
    dead_socket(folder, stack)
    denied = "permission denied while trying to connect to the Docker daemon socket"
    healthy_path(folder / "programs", docker=f"echo 'Got {denied}' >&2; exit 1")


def engine(**options: Any) -> Callable[[Path, ExitStack], None]:
    def plant_socket(folder: Path, stack: ExitStack) -> None:
        stack.enter_context(DockerSocket(folder / "docker.sock", **options))

    return plant_socket


def without_client(folder: Path, stack: ExitStack) -> None:
    no_client(folder)
    stack.enter_context(DockerSocket(folder / "docker.sock"))


docker("docker-socket-without-daemon", dead_socket)
docker("docker-socket-missing", lambda folder, stack: None)
docker("docker-never-installed", never_installed)
docker("docker-not-for-this-user", not_for_this_user)


@fault("docker-hangs")
def docker_hangs(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack, docker=False)
    stack.enter_context(DockerSocket(folder / "docker.sock", hung=True))
    return server.node(), server.settings(deadlines=Deadlines(forward=1.0))


docker("docker-answers-error", engine(status=500))
docker("docker-too-new", engine(version="28.2.2"))
docker("docker-client-missing", without_client)
docker("hostile-container-names", engine(containers=("\x1b[2Jowned", "[red]x[/red]", "a\nrt-0 = 0")))


@fault("bastion")
def bastion(folder: Path, stack: ExitStack) -> Planted:
    server = good(folder, stack)
    gate = stack.enter_context(Sshd(folder / "gate", "127.0.0.2"))
    trusted = folder / "both_known_hosts"
    trusted.write_text(server.known_hosts().read_text() + gate.known_hosts().read_text())
    row = gate.node()
    way = Bastion(address=row.address, port=row.port, user=row.user, ssh_key_path=row.ssh_key_path)
    return server.node(), settings(known_hosts=[trusted], bastion=way)
