"""Debian's sshd on loopback, one instance a fault, and what else a node's SSH port may turn out to be.

    with Sshd(folder, AllowStreamLocalForwarding="no") as server:
        node = server.node()

Servers listen on 127.0.0.x at ports of their own, log in the user who runs the tests by a key made for it, and are
gone at the end. `DockerSocket` is a stand-in that speaks enough of Docker's HTTP API for its real client.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from rancher_tui.install.state import Node
from rancher_tui.transport.ssh import ConnectSettings, Deadlines

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
needs_sshd = pytest.mark.skipif(not SSHD, reason="no sshd: apt install openssh-server")
needs_docker_client = pytest.mark.skipif(
    not shutil.which("docker"), reason="no docker client: apt install docker.io"
)
START_DEADLINE = 10.0


def free_port(address: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def make_key(path: Path, *, kind: str = "ed25519", passphrase: str = "", form: str = "OpenSSH") -> Path:
    """A key pair made by ssh-keygen, in OpenSSH's own form or PEM; the private key's path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = ["-m", "PEM"] if form == "PEM" else []
    command = ["ssh-keygen", "-q", "-t", kind, *shape, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


class Sshd:
    """One sshd. Keyword options are lines of sshd_config; `path_first` stands before the session's PATH."""

    def __init__(self, folder: Path, address: str = "127.0.0.1", *, path: str = "", **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.address = address
        self.port = free_port(address)
        self.host_key = folder / "host_key"
        self.key = folder / "client_key"
        self.options = options
        self.path = path
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sshd:
        if not self.host_key.exists():
            make_key(self.host_key)
        if not self.key.exists():
            make_key(self.key)
        shutil.copy(self.key.with_suffix(".pub"), self.folder / "authorized_keys")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and wait until the port answers."""
        lines = {
            "ListenAddress": f"{self.address}:{self.port}",
            "HostKey": str(self.host_key),
            "AuthorizedKeysFile": str(self.folder / "authorized_keys"),
            "PidFile": "none",
            "StrictModes": "no",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "MaxStartups": "500",
            "LogLevel": "VERBOSE",
            **({"SetEnv": f"PATH={self.path}"} if self.path else {}),
            **self.options,
        }
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        log = (self.folder / "sshd.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_for_port(self.address, self.port, self._process)

    def stop(self) -> None:
        """End the listener and its sessions."""
        if self._process:
            self._process.terminate()
            self._process.wait(START_DEADLINE)
            self._process = None

    def log(self) -> str:
        """What the server has logged."""
        return (self.folder / "sshd.log").read_text("utf-8", "replace")

    def known_hosts(self, name: str = "known_hosts") -> Path:
        """A known_hosts file with this server's true key."""
        kind, key = self.host_key.with_suffix(".pub").read_text().split()[:2]
        file = self.folder / name
        file.write_text(f"[{self.address}]:{self.port} {kind} {key}\n")
        return file

    def node(self, **fields: Any) -> Node:
        """This server as a row of the node table."""
        row = {
            "address": self.address,
            "port": str(self.port),
            "user": getpass.getuser(),
            "ssh_key_path": str(self.key),
            "docker_socket": str(self.folder / "docker.sock"),
        }
        return Node(**{**row, **fields})

    def settings(self, **fields: Any) -> ConnectSettings:
        """Settings that trust this server's key and nothing else."""
        return settings(**{"known_hosts": [self.known_hosts()], **fields})


def settings(**fields: Any) -> ConnectSettings:
    """Settings with short deadlines and without the known_hosts of whoever runs the tests."""
    short = Deadlines(connect=2.0, banner=2.0, login=4.0, command=6.0, forward=2.0)
    return ConnectSettings(**{"known_hosts": [], "deadlines": short, **fields})


def wait_for_port(address: str, port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    """Until the port takes a connection; an AssertionError at the deadline or when the process has ended."""
    ends = time.monotonic() + START_DEADLINE
    while time.monotonic() < ends:
        assert process is None or process.poll() is None, "the server ended at once"
        with contextlib.suppress(OSError), socket.create_connection((address, port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {address}:{port}")


class Port:
    """A TCP port of one's own making: `behave` gets each connection in a thread of its own."""

    def __init__(
        self, behave: Callable[[socket.socket], None], address: str = "127.0.0.1", backlog: int = 64
    ) -> None:
        self.address = address
        self._behave = behave
        self._listener = socket.create_server((address, 0), backlog=backlog)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._behave(connection)

    def __enter__(self) -> Port:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def node(self, **fields: Any) -> Node:
        """This port as a row of the node table."""
        return Node(**{"address": self.address, "port": str(self.port), "user": "somebody", **fields})


def relay(to: tuple[str, int], *, delay: float = 0.0, cut_after: int = 0) -> Port:
    """A port that passes bytes on to another, each way `delay` s late, cut after `cut_after` bytes of answer."""

    return Port(lambda near: carry(near, to, delay=delay, cut_after=cut_after))


def carry(near: socket.socket, to: tuple[str, int], *, delay: float = 0.0, cut_after: int = 0) -> None:
    """Join a connection to another port until either ends."""
    far = socket.create_connection(to)
    threading.Thread(target=_pump, args=(near, far, delay, 0), daemon=True).start()
    _pump(far, near, delay, cut_after)


def _pump(source: socket.socket, sink: socket.socket, delay: float, cut_after: int) -> None:
    """Bytes from `source` to `sink`, each `delay` seconds after it came, without holding back what follows."""
    waiting: list[tuple[float, bytes]] = []
    ready = threading.Condition()

    def deliver() -> None:
        passed = 0
        while True:
            with ready:
                while not waiting:
                    ready.wait()
                due, data = waiting.pop(0)
            time.sleep(max(0.0, due - time.monotonic()))
            with contextlib.suppress(OSError):
                sink.sendall(data)
            passed += len(data)
            if not data or (cut_after and passed >= cut_after):
                for side in (source, sink):
                    with contextlib.suppress(OSError):
                        side.shutdown(socket.SHUT_RDWR)
                return

    threading.Thread(target=deliver, daemon=True).start()
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        with ready:
            waiting.append((time.monotonic() + delay, data))
            ready.notify()
        if not data:
            return


class DockerSocket:
    """A Unix socket that answers as a Docker engine does, as far as its client asks."""

    def __init__(
        self,
        path: Path,
        *,
        version: str = "18.09.9",
        containers: tuple[str, ...] = (),
        status: int = 200,
        hung: bool = False,
    ) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        answers: dict[str, Any] = {
            "/_ping": "OK",
            "/version": {
                "Version": version,
                "ApiVersion": "1.39",
                "MinAPIVersion": "1.12",
                "Os": "linux",
                "Arch": "amd64",
            },
            "/info": {
                "ServerVersion": version,
                "Driver": "overlay2",
                "CgroupDriver": "cgroupfs",
                "DockerRootDir": "/var/lib/docker",
                "SecurityOptions": ["name=seccomp,profile=default"],
            },
            "/containers/json": [
                {
                    "Id": f"{index:064x}",
                    "Names": [f"/{name}"],
                    "Image": "busybox",
                    "State": "running",
                    "Command": "sh",
                }
                for index, name in enumerate(containers, 1)
            ],
        }

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version = f"Docker/{version} (linux)"
            sys_version = ""

            def do_GET(self) -> None:
                if hung:
                    threading.Event().wait(60)
                bare = self.path.split("?")[0]
                parts = bare.split("/")
                if len(parts) > 2 and parts[1].startswith("v1."):
                    bare = "/" + "/".join(parts[2:])
                answer = answers.get(bare)
                body = (
                    answer.encode()
                    if isinstance(answer, str)
                    else json.dumps({"message": "broken"} if answer is None else answer).encode()
                )
                self.send_response(status if answer is not None else 404)
                self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
                self.send_header("Api-Version", "1.39")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815 - the name is http.server's

            def log_message(self, *args: object) -> None:
                return

            def address_string(self) -> str:
                return "local"

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        self._server = Server(str(path), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> DockerSocket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
