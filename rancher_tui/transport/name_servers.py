"""One DNS question to one name server: UDP, then TCP. Nothing is judged here.

UDP and TCP behave as a stub resolver's do: a cut answer is asked for again by TCP (RFC 7766), and a server that is
silent on UDP is tried by TCP for the second half of the time, so that silence and refusal can be told apart.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Final, Literal

import dns.asyncbackend
import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from rancher_tui.i18n import Message, msg

DNS_PORT: Final = 53

Silence = Literal["timeout", "unreachable"]
Protocol = Literal["udp", "tcp"]


class BadServerError(ValueError):
    """A text that names no name server; its message says what would."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


@dataclass(frozen=True, slots=True)
class Server:
    """Where a name server listens: an IP address and a port."""

    address: str
    port: int = DNS_PORT

    @property
    def family(self) -> socket.AddressFamily:
        """The socket family of the address."""
        return socket.AF_INET6 if ":" in self.address else socket.AF_INET


def parse_server(text: str) -> Server:
    """`ADDR`, `ADDR:PORT`, `[ADDR]:PORT` as a server (an IPv6 address needs brackets before a port).

    Anything else raises BadServerError.
    """
    stripped = text.strip()
    address, port = stripped, ""
    if stripped.startswith("["):
        address, _bracket, rest = stripped[1:].partition("]")
        port = rest.removeprefix(":")
        if rest and not rest.startswith(":"):
            raise BadServerError(msg("{text} is no ADDR or ADDR:PORT", text=repr(text)))
    elif stripped.count(":") == 1:
        address, _colon, port = stripped.partition(":")
        if not port:
            raise BadServerError(msg("{text} has no port after the colon", text=repr(text)))
    try:
        ipaddress.ip_address(address)
    except ValueError:
        told = msg("{text} is no IP address of a name server (ADDR or ADDR:PORT)", text=repr(text))
        raise BadServerError(told) from None
    if not port:
        return Server(address)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadServerError(msg("{text} has no port between 1 and 65535", text=repr(text)))
    return Server(address, int(port))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a name and a record type, with the two header bits that matter to us."""

    name: dns.name.Name
    kind: dns.rdatatype.RdataType
    recursion: bool = True
    checking_disabled: bool = False

    def message(self) -> dns.message.QueryMessage:
        """A query with a new random id, without EDNS, as nslookup sends it."""
        flags = dns.flags.RD if self.recursion else dns.flags.Flag(0)
        if self.checking_disabled:
            flags |= dns.flags.CD
        return dns.message.make_query(self.name, self.kind, flags=flags)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question: a message, or why none came; `seconds` from the first packet to the answer."""

    question: Question
    message: dns.message.Message | None
    silence: Silence | None
    protocol: Protocol
    seconds: float
    truncated: bool = False
    """The answer over UDP was cut."""
    words: str = ""
    """The system's own words where there is no message."""

    @property
    def rcode(self) -> str:
        """`NOERROR`, `NXDOMAIN`, …; `timeout` or `unreachable` where there is no answer."""
        if self.message is None:
            return str(self.silence)
        return dns.rcode.to_text(self.message.rcode())


class _GoneError(Exception):
    """A transport gave no answer; `silence` says in which way, `words` are the system's."""

    def __init__(self, silence: Silence, words: str) -> None:
        super().__init__(words)
        self.silence: Silence = silence
        self.words = words


async def ask(server: Server, question: Question, limit: float) -> Reply:
    """The server's reply to one question within `limit` seconds, all tries and both protocols together."""
    started = time.monotonic()
    deadline = started + limit
    query = question.message()
    udp = asyncio.create_task(_over_udp(server, query, deadline))
    protocol: Protocol = "udp"
    truncated = False
    try:
        message, protocol = await _first_answer(server, query, udp, deadline)
        if protocol == "udp" and message.flags & dns.flags.TC:
            truncated, protocol = True, "tcp"
            message = await _over_tcp(server, query, deadline)
    except _GoneError as gone:
        spent = time.monotonic() - started
        return Reply(question, None, gone.silence, protocol, spent, truncated, gone.words)
    finally:
        udp.cancel()
        await asyncio.gather(udp, return_exceptions=True)
    return Reply(question, message, None, protocol, time.monotonic() - started, truncated)


async def _first_answer(
    server: Server, query: dns.message.QueryMessage, udp: asyncio.Task[dns.message.Message], deadline: float
) -> tuple[dns.message.Message, Protocol]:
    """The answer over UDP, or over TCP where UDP stays silent for half of the time or is refused."""
    half = (deadline - time.monotonic()) / 2
    await asyncio.wait({udp}, timeout=half)
    refusal: _GoneError | None = None
    if udp.done():
        try:
            return udp.result(), "udp"
        except _GoneError as gone:
            refusal = gone
    tcp = asyncio.create_task(_over_tcp(server, query, deadline))
    try:
        waiting: set[asyncio.Task[dns.message.Message]] = {tcp} if refusal else {tcp, udp}
        gone_by: dict[asyncio.Task[dns.message.Message], _GoneError] = {}
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                try:
                    return task.result(), "tcp" if task is tcp else "udp"
                except _GoneError as gone:
                    gone_by[task] = gone
        raise _graver(refusal or gone_by[udp], gone_by[tcp])
    finally:
        tcp.cancel()
        await asyncio.gather(tcp, return_exceptions=True)


def _graver(udp: _GoneError, tcp: _GoneError) -> _GoneError:
    """What both silences say together: unreachable when the system said so of either."""
    for gone in (udp, tcp):
        if gone.silence == "unreachable":
            return gone
    return udp


async def _over_udp(server: Server, query: dns.message.QueryMessage, deadline: float) -> dns.message.Message:
    """Send, and send again after a third of the time; strange and broken packets are passed over."""
    backend = dns.asyncbackend.get_backend("asyncio")
    wire = query.to_wire()
    destination = (server.address, server.port)
    first_wait = time.time() + (deadline - time.monotonic()) / 3
    end = time.time() + (deadline - time.monotonic())
    try:
        # Connected, so that the system tells of a closed port and drops what others send.
        sock = await backend.make_socket(  # type: ignore[no-untyped-call]
            server.family, socket.SOCK_DGRAM, 0, None, destination
        )
    except OSError as error:
        raise _GoneError("unreachable", str(error)) from error
    async with sock:
        for expiration in (first_wait, end):
            try:
                await sock.sendto(wire, None, None)
                answer, _time, _source = await dns.asyncquery.receive_udp(
                    sock, None, expiration, ignore_trailing=True, ignore_errors=True, query=query
                )
            except dns.exception.Timeout:
                continue
            except (OSError, EOFError) as error:
                raise _GoneError("unreachable", str(error)) from error
            return answer  # type: ignore[no-any-return]
    raise _GoneError("timeout", "")


async def _over_tcp(server: Server, query: dns.message.QueryMessage, deadline: float) -> dns.message.Message:
    """The answer over TCP; a connection closed or reset without an answer counts as silence."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise _GoneError("timeout", "")
    backend = dns.asyncbackend.get_backend("asyncio")
    try:
        sock = await backend.make_socket(  # type: ignore[no-untyped-call]
            server.family, socket.SOCK_STREAM, 0, None, (server.address, server.port), left
        )
    except dns.exception.Timeout as error:
        raise _GoneError("timeout", "") from error
    except OSError as error:
        raise _GoneError("unreachable", str(error)) from error
    async with sock:
        try:
            return await dns.asyncquery.tcp(
                query, server.address, deadline - time.monotonic(), sock=sock, ignore_trailing=True
            )
        except (dns.exception.DNSException, EOFError, OSError) as error:
            raise _GoneError("timeout", str(error)) from error
