"""From a name to a socket whose other end has said that it speaks SSH: resolve, connect, look at the banner."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import re
import select
import socket
import threading
import time
from dataclasses import dataclass

from rancher_tui.transport.ssh_errors import Rung, SshError

LARGEST_PREAMBLE = 16384
_PEEK_PAUSE = 0.02
_ADDRESS = re.compile(r"[^\s,*?!|\[\]#@/<>'\"\\]{1,255}")
_TURNED_AWAY = (b"Exceeded MaxStartups", b"Not allowed at this time", b"Too many")
"""What OpenSSH says before its banner when it has too many connections."""

Resolved = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


@dataclass(frozen=True, slots=True)
class Banner:
    """What the server said first: its version line, the lines before it, and the seconds since the dial."""

    version: str
    preamble: str
    seconds: float


def check_target(address: str, port: str) -> int:
    """The port as a number; SshError (`bad-target`) when address or port cannot be dialled at all."""
    if not _ADDRESS.fullmatch(address):
        raise SshError(Rung.BAD_TARGET, field="address", value=address)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SshError(Rung.BAD_TARGET, field="port", value=port)
    return int(port)


async def resolve(address: str, port: int) -> list[Resolved]:
    """The socket addresses of `address`, as the system's resolver orders them; SshError (`name-unresolved`)."""
    try:
        literal = ipaddress.ip_address(address)
    except ValueError:
        return await _ask_system(address, port)
    if literal.version == 4:
        return [(socket.AF_INET, (address, port))]
    return [(socket.AF_INET6, (address, port, 0, 0))]


async def _ask_system(name: str, port: int) -> list[Resolved]:
    """getaddrinfo in a thread of its own, which a hung name server cannot make others wait for."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Resolved]] = loop.create_future()

    def deliver(result: list[Resolved] | BaseException) -> None:
        if answer.done():
            return
        if isinstance(result, BaseException):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    def ask() -> None:
        result: list[Resolved] | BaseException
        try:
            entries = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            result = [(entry[0], entry[4]) for entry in entries]  # type: ignore[misc]
        except (OSError, UnicodeError) as error:
            result = SshError(Rung.NAME_UNRESOLVED, name=name, error=str(error))
        try:
            loop.call_soon_threadsafe(deliver, result)
        except RuntimeError:
            return

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    return await answer


async def dial(address: str, port: int, deadline: float) -> socket.socket:
    """A connected TCP socket within `deadline` seconds, each address of the name tried in order.

    SshError of a name or TCP rung; the error of the first address is the one told.
    """
    ends = time.monotonic() + deadline
    try:
        async with asyncio.timeout(deadline):
            addresses = await resolve(address, port)
    except TimeoutError:
        raise SshError(Rung.NAME_UNRESOLVED, name=address, error="no answer", seconds=deadline) from None
    first: SshError | None = None
    for left, (family, target) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        share = max(0.05, (ends - time.monotonic()) / left)
        try:
            return await _dial_one(family, target, share)
        except SshError as error:
            first = first or error
    raise first or SshError(Rung.NAME_UNRESOLVED, name=address, error="no address")


async def _dial_one(family: socket.AddressFamily, target: tuple[object, ...], seconds: float) -> socket.socket:
    where = f"{target[0]}:{target[1]}"
    try:
        link = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise SshError(Rung.TCP_UNREACHABLE, address=where, error=str(error)) from None
    link.setblocking(False)
    try:
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(link, target)
    except TimeoutError:
        link.close()
        raise SshError(Rung.TCP_TIMEOUT, address=where, error="no answer", seconds=round(seconds, 3)) from None
    except OSError as error:
        link.close()
        raise _tcp_error(error, where) from None
    except BaseException:
        link.close()
        raise
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _tcp_error(error: OSError, where: str) -> SshError:
    said = os.strerror(error.errno) if error.errno else str(error)
    if error.errno == errno.ECONNREFUSED:
        return SshError(Rung.TCP_REFUSED, address=where, error=said)
    if error.errno == errno.ECONNRESET:
        return SshError(Rung.NO_BANNER, address=where, error=said)
    if error.errno == errno.ETIMEDOUT:
        return SshError(Rung.TCP_TIMEOUT, address=where, error=said)
    return SshError(Rung.TCP_UNREACHABLE, address=where, error=said)


async def look_at_banner(link: socket.socket, deadline: float, began: float) -> Banner:
    """The server's first lines, left unread in `link`; `began` is the dial's monotonic time."""
    seen = b""
    try:
        async with asyncio.timeout(deadline):
            while True:
                await _readable(link)
                complete = _closed(link)
                before, seen = seen, link.recv(LARGEST_PREAMBLE, socket.MSG_PEEK)
                banner = _banner(seen, began)
                if banner:
                    return banner
                if complete:
                    raise _no_ssh(seen, "closed the connection")
                if seen == before:
                    await asyncio.sleep(_PEEK_PAUSE)
    except TimeoutError:
        raise _no_ssh(seen, f"nothing more within {deadline:g} s") from None
    except OSError as error:
        raise _no_ssh(seen, error.strerror or str(error)) from None


def _banner(seen: bytes, began: float) -> Banner | None:
    """The banner in `seen`, None while it is not complete; SshError (`not-ssh`) when it can be none any more."""
    lines = seen.split(b"\n")
    for index, line in enumerate(lines[:-1]):
        if line.startswith(b"SSH-"):
            version = line.rstrip(b"\r")
            if not version.startswith((b"SSH-2.0-", b"SSH-1.99-")):
                raise SshError(Rung.NOT_SSH, received=_text(seen), error="SSH version 1")
            preamble = _text(b"\n".join(lines[:index]))
            return Banner(_text(version), preamble, time.monotonic() - began)
    if len(seen) >= LARGEST_PREAMBLE:
        raise SshError(Rung.NOT_SSH, received=_text(seen[:512]), error="no SSH banner in its first 16 KiB")
    return None


def _no_ssh(seen: bytes, said: str) -> SshError:
    """Silence is no banner, and so is OpenSSH's own word that it is too busy; anything else said is not SSH."""
    if not seen.strip() or seen.lstrip().startswith(_TURNED_AWAY) or b"SSH-".startswith(seen[:4]):
        return SshError(Rung.NO_BANNER, received=_text(seen[:512]), error=said)
    return SshError(Rung.NOT_SSH, received=_text(seen[:512]), error=said)


def _closed(link: socket.socket) -> bool:
    """True when the peer has closed its side: what can be read now is all there will be."""
    poll = select.poll()
    poll.register(link, select.POLLRDHUP)
    return bool(poll.poll(0))


async def _readable(link: socket.socket) -> None:
    """Wait until `link` has bytes or has ended."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(link, wake)
    try:
        await ready
    finally:
        loop.remove_reader(link)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
