"""The lab's SSH hosts: one asyncssh server each, on its own loopback address.

A host takes the operator's key only, runs commands with /bin/sh on its stand-in programs, and forwards its Docker
socket to its own `Engine`. Nothing of the machine's own is forwarded: of TCP only the world's addresses.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh

from rancher_tui.lab import http
from rancher_tui.lab.docker_engine import Engine
from rancher_tui.lab.layout import LabHost, Place, Settings
from rancher_tui.lab.stand_ins import SOCKET, SOCKET_NAME

BANNER = "OpenSSH_7.2p2"
_CHUNK = 65536


def run_is_on(lock: Path) -> bool:
    """True while the rke stand-in works, which it shows by holding `lock`."""
    with suppress(OSError), lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class _Login(asyncssh.SSHServer):
    """One connection to a host."""

    def __init__(self, server: HostServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        if self._server.drops_during_runs and run_is_on(self._server.place.run_lock):
            conn.abort()

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._server.knows(username, key)

    def unix_connection_requested(self, dest_path: str) -> Callable[[Any, Any], Awaitable[None]]:
        if dest_path not in self._server.sockets or not self._server.docker_access:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "open failed")
        return self._server.docker_connection

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        if dest_host not in self._server.reachable:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Connection refused")
        return True


class HostServer:
    """One practice host's SSH server."""

    def __init__(self, place: Place, settings: Settings, host: LabHost, engine: Engine) -> None:
        self.place = place
        self.host = host
        self.docker_access = True
        self.drops_during_runs = False
        self.takes_the_key = True
        self.reachable = {settings.balancer_address, *(other.address for other in settings.hosts)}
        self._engine = engine
        self._user = settings.user
        self._folder = place.host(host.name)
        self.sockets = {SOCKET, SOCKET.replace("/var/run", "/run"), str(self._folder / SOCKET_NAME)}
        self._key = asyncssh.read_public_key(place.user_key.with_suffix(".pub"))
        self._listener: asyncssh.SSHAcceptor | None = None

    def knows(self, username: str, key: asyncssh.SSHKey) -> bool:
        """True for the operator's user and key."""
        return self.takes_the_key and username == self._user and key == self._key

    async def start(self) -> None:
        """Listen; OSError when the address is taken."""
        self._listener = await asyncssh.create_server(
            lambda: _Login(self),
            self.host.address,
            self.host.ssh_port,
            server_host_keys=[str(self.place.host_key(self.host.name))],
            process_factory=self._run,
            encoding=None,
            server_version=BANNER,
            allow_pty=False,
            agent_forwarding=False,
            reuse_address=True,
        )

    async def docker_connection(self, reader: Any, writer: Any) -> None:
        """Serve the Docker API on a forwarded stream."""
        await http.serve(reader, writer, self._engine.handle)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": str(self._folder / "bin"),
            "HOME": str(self._folder / "root" / "home" / self._user),
            "TMPDIR": str(self._folder / "root" / "tmp"),
            "USER": self._user,
            "LOGNAME": self._user,
            "SHELL": "/bin/sh",
            "LC_ALL": "C",
        }

    async def _run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """Run one command, or a shell that reads standard input; it ends with its channel."""
        environment = self._environment()
        command = process.command
        child = await asyncio.create_subprocess_exec(
            "/bin/sh",
            *(["-c", command] if command is not None else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            cwd=environment["HOME"],
            start_new_session=True,
        )
        work = asyncio.create_task(_attend(process, child))
        closed = asyncio.create_task(process.wait_closed())
        try:
            await asyncio.wait({work, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            closed.cancel()
            await asyncio.gather(work, closed, return_exceptions=True)
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                await child.wait()


async def _attend(process: asyncssh.SSHServerProcess[bytes], child: asyncio.subprocess.Process) -> None:
    """Carry a command's input and output until it has ended and said all; then tell its end."""
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise RuntimeError("pipes were asked for")
    feeding = asyncio.create_task(_feed(process, child.stdin))
    try:
        await asyncio.gather(_copy(child.stdout, process.stdout), _copy(child.stderr, process.stderr))
        code = await child.wait()
    finally:
        feeding.cancel()
    if code < 0:
        process.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))
    else:
        process.exit(code)


async def _feed(process: asyncssh.SSHServerProcess[bytes], pipe: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncssh.Error):
        while data := await process.stdin.read(_CHUNK):
            pipe.write(data)
            await pipe.drain()
        pipe.close()


async def _copy(pipe: asyncio.StreamReader, channel: asyncssh.SSHWriter[bytes]) -> None:
    with suppress(OSError, asyncssh.Error):
        while data := await pipe.read(_CHUNK):
            channel.write(data)
            await channel.drain()
