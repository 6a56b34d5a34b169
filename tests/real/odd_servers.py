"""Name servers with manners of their own, in threads on loopback; all of them know one name, or pass on to BIND."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

ADDRESSES = {dns.rdatatype.A: ("A", "203.0.113.10"), dns.rdatatype.AAAA: ("AAAA", "2001:db8::10")}


def answer(data: bytes, *, six: bool = False) -> dns.message.Message:
    """The address of whatever `good.…` is asked for; no such name otherwise."""
    query = dns.message.from_wire(data)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    question = query.question[0]
    if not question.name.to_text().startswith("good."):
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif question.rdtype == dns.rdatatype.A or (six and question.rdtype == dns.rdatatype.AAAA):
        kind, address = ADDRESSES[question.rdtype]
        response.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, address))
    return response


def failing(data: bytes, kind: dns.rdatatype.RdataType) -> bytes:
    """The server that fails for one record type."""
    response = answer(data, six=True)
    if dns.message.from_wire(data).question[0].rdtype == kind:
        response.answer.clear()
        response.set_rcode(dns.rcode.SERVFAIL)
    return response.to_wire()


def cut(data: bytes) -> bytes:
    response = answer(data)
    response.answer.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()


def formerr(data: bytes) -> bytes:
    response = answer(data)
    response.answer.clear()
    response.set_rcode(dns.rcode.FORMERR)
    return response.to_wire()


def slow(data: bytes) -> bytes:
    time.sleep(1.2)
    return answer(data).to_wire()


Speak = Callable[[bytes], bytes]
UDP: dict[str, tuple[str, Speak]] = {
    "cut": ("127.0.0.1", cut),
    "slow": ("127.0.0.1", slow),
    "formerr": ("127.0.0.1", formerr),
    "no_six": ("127.0.0.1", lambda data: failing(data, dns.rdatatype.AAAA)),
    "no_four": ("127.0.0.1", lambda data: failing(data, dns.rdatatype.A)),
    "by_six": ("::1", lambda data: answer(data).to_wire()),
}


class _Threads(socketserver.ThreadingMixIn):
    daemon_threads = True


@contextlib.contextmanager
def odd_servers() -> Iterator[dict[str, str]]:
    """Their places as `ADDRESS:PORT` by name."""
    with contextlib.ExitStack() as stack:
        places = {name: stack.enter_context(_udp(*told)) for name, told in UDP.items()}
        places["tcp_only"] = stack.enter_context(_tcp(silent_udp=True))
        places["tcp_alone"] = stack.enter_context(_tcp(silent_udp=False))
        yield places


@contextlib.contextmanager
def _udp(address: str, speak: Speak) -> Iterator[str]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            sock.sendto(speak(data), self.client_address)

    class Server(_Threads, socketserver.UDPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with _serving(Server((address, 0), Handler)) as port:
        yield f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@contextlib.contextmanager
def _tcp(*, silent_udp: bool) -> Iterator[str]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            (size,) = struct.unpack("!H", self.request.recv(2))
            wire = answer(self.request.recv(size)).to_wire()
            self.request.sendall(struct.pack("!H", len(wire)) + wire)

    class Server(_Threads, socketserver.TCPServer):
        pass

    with _serving(Server(("127.0.0.1", 0), Handler)) as port, socket.socket(type=socket.SOCK_DGRAM) as deaf:
        if silent_udp:
            deaf.bind(("127.0.0.1", port))
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])  # type: ignore[index]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
