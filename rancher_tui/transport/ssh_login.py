"""What can be done with a login: run a command with bounds, reach a socket or a port from there."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rancher_tui.transport.ssh_dial import Banner
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_keys import PrivateKey

if TYPE_CHECKING:
    import asyncssh

LARGEST_OUTPUT = 1 << 20


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: output (cut at the limit), exit status (None when it ended otherwise), and whether it
    ended by itself within its deadline and limit. `sent` is the Unix time when its input went out, `arrivals` how
    many bytes of output had come at which Unix time."""

    stdout: bytes
    stderr: bytes
    exit_status: int | None
    complete: bool
    sent: float
    arrivals: tuple[tuple[int, float], ...]

    def heard(self, position: int) -> float | None:
        """The Unix time when the byte at `position` of the output had come."""
        return next((moment for count, moment in self.arrivals if count > position), None)


@dataclass(frozen=True, slots=True)
class Login:
    """An open connection to a server that took our key. `said` is the server's banner text before the login."""

    connection: asyncssh.SSHClientConnection = field(repr=False)
    name: str
    banner: Banner
    host_key: asyncssh.SSHKey | None
    key: PrivateKey | None
    said: str = ""

    async def run(
        self,
        command: str,
        given: bytes,
        deadline: float,
        limit: int = LARGEST_OUTPUT,
        watch: Callable[[bytearray], None] | None = None,
    ) -> Ran:
        """Run `command` with `given` on its standard input; at the deadline it is left with what it has said.

        `watch` is called with all of its output so far whenever there is more.

        SshError: `command-failed` where the server runs nothing, `connection-lost` where the connection ends.
        """
        import asyncssh

        try:
            async with asyncio.timeout(deadline):
                process = await self.connection.create_process(command, encoding=None)
        except TimeoutError:
            raise SshError(
                Rung.COMMAND_FAILED, command=command, error=f"no answer within {deadline:g} s"
            ) from None
        except asyncssh.ChannelOpenError as error:
            if self.lost:
                raise SshError(Rung.CONNECTION_LOST, command=command, error=error.reason) from None
            raise SshError(Rung.COMMAND_FAILED, command=command, error=error.reason) from None
        except (asyncssh.Error, OSError) as error:
            raise SshError(Rung.CONNECTION_LOST, command=command, error=str(error)) from None
        try:
            return await self._collect(process, command, given, deadline, limit, watch or _nobody)
        finally:
            process.close()

    async def _collect(
        self,
        process: asyncssh.SSHClientProcess[bytes],
        command: str,
        given: bytes,
        deadline: float,
        limit: int,
        watch: Callable[[bytearray], None],
    ) -> Ran:
        import asyncssh

        outputs = (bytearray(), bytearray())
        arrivals: list[tuple[int, float]] = []
        ended = False
        broken = ""
        sent = time.time()
        try:
            async with asyncio.timeout(deadline):
                with suppress(BrokenPipeError, ConnectionError):
                    process.stdin.write(given)
                    process.stdin.write_eof()
                async with asyncio.TaskGroup() as drains:
                    drains.create_task(_drain(process.stdout, outputs[0], limit, arrivals, watch))
                    drains.create_task(_drain(process.stderr, outputs[1], limit, [], _nobody))
                await process.wait_closed()
                ended = True
        except* (TimeoutError, _TooMuchError):
            ended = False
        except* (asyncssh.Error, OSError) as errors:
            broken = str(errors.exceptions[0])
        if broken or (ended and process.exit_status is None and process.exit_signal is None and self.lost):
            raise SshError(
                Rung.CONNECTION_LOST,
                command=command,
                error=broken or "the connection ended before the command did",
                received=bytes(outputs[0][:512]).decode("utf-8", "replace"),
            )
        status = process.exit_status
        status = status if status != -1 else None
        return Ran(bytes(outputs[0]), bytes(outputs[1]), status, ended, sent, tuple(arrivals))

    @property
    def peer(self) -> str:
        """The address that the connection really goes to; empty where it goes through another host."""
        name = self.connection.get_extra_info("peername")
        return str(name[0]) if isinstance(name, tuple) else ""

    @property
    def lost(self) -> bool:
        """True when the connection has ended."""
        return self.connection.is_closed()

    @asynccontextmanager
    async def unix_socket(
        self, path: str, deadline: float
    ) -> AsyncIterator[tuple[asyncssh.SSHReader[bytes], asyncssh.SSHWriter[bytes]]]:
        """A stream to the Unix socket `path` over there, forwarded as RKE does (direct-streamlocal@openssh.com).

        SshError: `forwarding-refused`, `forwarding-failed`, `connection-lost`.
        """
        import asyncssh

        try:
            async with asyncio.timeout(deadline):
                reader, writer = await self.connection.open_unix_connection(path)
        except TimeoutError:
            raise SshError(Rung.FORWARDING_FAILED, path=path, error=f"no answer within {deadline:g} s") from None
        except asyncssh.ChannelOpenError as error:
            raise self._forward_error(error, path=path) from None
        except (asyncssh.Error, OSError) as error:
            raise SshError(Rung.CONNECTION_LOST, path=path, error=str(error)) from None
        try:
            yield reader, writer
        finally:
            writer.channel.abort()

    def _forward_error(self, error: asyncssh.ChannelOpenError, **evidence: object) -> SshError:
        import asyncssh

        if self.lost:
            return SshError(Rung.CONNECTION_LOST, **evidence, error=error.reason)
        refused = (asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, asyncssh.OPEN_UNKNOWN_CHANNEL_TYPE)
        rung = Rung.FORWARDING_REFUSED if error.code in refused else Rung.FORWARDING_FAILED
        return SshError(rung, **evidence, error=error.reason, reason_code=error.code)

    async def socket_to(
        self, address: str, port: int, deadline: float
    ) -> tuple[socket.socket, asyncio.Task[None]]:
        """A local socket that ends at `address:port` as seen from there, and the task that carries its bytes.

        SshError of a name or TCP rung, or `forwarding-refused` where the server may not forward.
        """
        import asyncssh

        where = f"{address}:{port}"
        try:
            async with asyncio.timeout(deadline):
                reader, writer = await self.connection.open_connection(address, port)
        except TimeoutError:
            raise SshError(Rung.TCP_TIMEOUT, address=where, through=self.name, error="no answer") from None
        except asyncssh.ChannelOpenError as error:
            raise self._through_error(error, where) from None
        except (asyncssh.Error, OSError) as error:
            raise SshError(Rung.CONNECTION_LOST, through=self.name, error=str(error)) from None
        near, far = socket.socketpair()
        near.setblocking(False)
        return near, asyncio.create_task(_carry(far, reader, writer))

    def _through_error(self, error: asyncssh.ChannelOpenError, where: str) -> SshError:
        """What a bastion's refusal of a channel says about the host behind it (OpenSSH's words)."""
        evidence = {"address": where, "through": self.name, "error": error.reason}
        told = self._forward_error(error)
        if told.rung is not Rung.FORWARDING_FAILED:
            return SshError(told.rung, **evidence)
        words = error.reason.lower()
        for sign, rung in _THROUGH_WORDS.items():
            if sign in words:
                return SshError(rung, **evidence)
        return SshError(Rung.TCP_UNREACHABLE, **evidence)


_THROUGH_WORDS = {
    "refused": Rung.TCP_REFUSED,
    "timed out": Rung.TCP_TIMEOUT,
    "name or service": Rung.NAME_UNRESOLVED,
    "no address": Rung.NAME_UNRESOLVED,
    "name resolution": Rung.NAME_UNRESOLVED,
    "not known": Rung.NAME_UNRESOLVED,
}


def _nobody(_output: bytearray) -> None:
    """Watches nothing."""


class _TooMuchError(Exception):
    """A command says more than is wanted."""


async def _drain(
    reader: asyncssh.SSHReader[bytes],
    into: bytearray,
    limit: int,
    arrivals: list[tuple[int, float]],
    watch: Callable[[bytearray], None],
) -> None:
    """Read to the end, noting what came when; _TooMuchError at `limit` bytes."""
    while len(into) < limit:
        piece = await reader.read(min(65536, limit - len(into)))
        if not piece:
            return
        into += piece
        arrivals.append((len(into), time.time()))
        watch(into)
    raise _TooMuchError


async def _carry(far: socket.socket, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]) -> None:
    """Bytes both ways between a socket and a channel until either ends."""
    local_reader, local_writer = await asyncio.open_connection(sock=far)

    async def outward() -> None:
        while piece := await local_reader.read(65536):
            writer.write(piece)
            await writer.drain()

    async def inward() -> None:
        while piece := await reader.read(65536):
            local_writer.write(piece)
            await local_writer.drain()

    tasks = [asyncio.create_task(outward()), asyncio.create_task(inward())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        local_writer.close()
        writer.channel.abort()
