"""The lab's name server: authoritative for the FQDN's zone over UDP and TCP (dnspython reads and writes messages).

The zone is the FQDN without its first label. Names outside it are refused, as an authoritative server does.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

TTL = 300
_NEGATIVE_TTL = 60


class Zone:
    """Addresses by name, and the answers they make."""

    def __init__(self, origin: str, server: str, addresses: dict[str, str]) -> None:
        self._origin = dns.name.from_text(origin)
        self._addresses = {dns.name.from_text(name): address for name, address in addresses.items()}
        self._server = dns.name.Name([b"ns", *self._origin.labels])
        self._addresses[self._server] = server

    def answer(self, wire: bytes, limit: int | None) -> bytes | None:
        """The answer to a question; cut to `limit` octets with TC set; None for what is no question."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR or not query.question:
            return None
        response = dns.message.make_response(query)
        if query.opcode() != dns.opcode.QUERY:
            response.set_rcode(dns.rcode.NOTIMP)
        else:
            self._fill(response, query.question[0].name, query.question[0].rdtype)
        size = max(512, query.payload) if limit is not None else 65535
        return response.to_wire(max_size=min(size, 65535))

    def _fill(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        if not name.is_subdomain(self._origin):
            response.set_rcode(dns.rcode.REFUSED)
            return
        response.flags |= dns.flags.AA
        records = self._records(name, kind)
        if records is not None:
            response.answer.append(records)
            return
        response.authority.append(self._soa())
        known = any(item.is_subdomain(name) for item in self._addresses) or name == self._origin
        if not known:
            response.set_rcode(dns.rcode.NXDOMAIN)

    def _records(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
        if kind == dns.rdatatype.A and name in self._addresses:
            return dns.rrset.from_text(name, TTL, dns.rdataclass.IN, kind, self._addresses[name])
        if kind == dns.rdatatype.NS and name == self._origin:
            return dns.rrset.from_text(name, TTL, dns.rdataclass.IN, kind, str(self._server))
        if kind == dns.rdatatype.SOA and name == self._origin:
            return self._soa()
        return None

    def _soa(self) -> dns.rrset.RRset:
        text = f"{self._server} hostmaster.{self._origin} 1 3600 600 604800 {_NEGATIVE_TTL}"
        return dns.rrset.from_text(self._origin, TTL, dns.rdataclass.IN, dns.rdatatype.SOA, text)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._zone.answer(data, limit=512)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


async def start(zone: Zone, address: str, port: int) -> None:
    """Listen on UDP and TCP; OSError when the address is taken."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                answer = zone.answer(await reader.readexactly(length), limit=None)
                if answer is None:
                    break
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: _Datagrams(zone), (address, port))
    await asyncio.start_server(connected, address, port)
