"""Commands and held processes on nodes over SSH, through the install's bastion where it has one.

Errors are OSError with the broken rung in words, so that callers need not know SSH.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rancher_tui.install.state import Node
from rancher_tui.transport.ssh import ConnectSettings, connect
from rancher_tui.transport.ssh_errors import SshError
from rancher_tui.transport.ssh_login import Login

if TYPE_CHECKING:
    import asyncssh

_STOP_LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command on a node."""

    exit_code: int
    output: str


Run = Callable[[str], Awaitable[Ran]]
"""Runs a shell command line on a node; OSError where the node cannot be reached."""


@asynccontextmanager
async def login_on(node: Node, settings: ConnectSettings) -> AsyncIterator[Login]:
    """A login on `node`, closed at the end. OSError names the broken rung."""
    async with AsyncExitStack() as stack:
        try:
            bastion = settings.bastion_target()
            through = await stack.enter_async_context(connect(bastion, settings)) if bastion else None
            login = await stack.enter_async_context(connect(settings.target(node), settings, through))
        except SshError as error:
            raise OSError(_words(error)) from error
        yield login


def _words(error: SshError) -> str:
    told = error.evidence.get("error") or ""
    return f"{error.rung.value}: {told}" if told else error.rung.value


def runner(node: Node, settings: ConnectSettings) -> Run:
    """A function that logs in on `node`, runs one command line and logs out again."""

    async def run(command: str) -> Ran:
        async with login_on(node, settings) as login:
            try:
                ran = await login.run(command, b"", settings.deadlines.command)
            except SshError as error:
                raise OSError(_words(error)) from error
        return Ran(-1 if ran.exit_status is None else ran.exit_status, ran.stdout.decode("utf-8", "replace"))

    return run


class HeldProcess:
    """A process on a node that lives as long as its connection: told to end by the end of its standard input."""

    def __init__(self, process: asyncssh.SSHClientProcess[str], stack: AsyncExitStack) -> None:
        self._process = process
        self._stack = stack

    async def line(self) -> str:
        """The next line of its standard output without line end; empty at the end."""
        return str(await self._process.stdout.readline()).rstrip("\r\n")

    async def stop(self) -> None:
        """Close its standard input, wait for its end, log out."""
        try:
            with suppress(OSError, TimeoutError):
                self._process.stdin.write_eof()
                async with asyncio.timeout(_STOP_LIMIT):
                    await self._process.wait_closed()
        finally:
            await self._stack.aclose()


async def hold(node: Node, settings: ConnectSettings, command: str) -> HeldProcess:
    """Start `command` on `node` and keep the connection; OSError where that fails."""
    import asyncssh

    async with AsyncExitStack() as stack:
        login = await stack.enter_async_context(login_on(node, settings))
        try:
            process = await login.connection.create_process(command, encoding="utf-8", errors="replace")
        except asyncssh.Error as error:
            raise OSError(f"command-failed: {error}") from error
        return HeldProcess(process, stack.pop_all())
    raise AssertionError("unreachable")
