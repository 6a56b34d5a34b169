# ruff: noqa: UP004, UP024, RUF005, S104 - it must run under Python 2.7 as well as 3, whatever a node has
"""Temporary listeners and probes on a node, driven by JSON lines on standard input, answered on standard output.

Its first line of output says that it reads now: what is sent before may be swallowed by the shell that starts it.

It ends when its input ends (the connection is gone, or whoever started it was killed) and at the latest after
LIFETIME seconds. It writes nothing, keeps nothing. Requests: {"listen": [[protocol, address, port], ...], "token":
text} and {"probe": [[protocol, address, port], ...], "token": text, "seconds": number}.
"""

import errno
import json
import os
import select
import socket
import sys
import time

LIFETIME = 120
AT_ONCE = 200
KIND = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
BUSY = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN)

ENDS = time.time() + LIFETIME
listeners = {}
pending = []
greeted = []
token = b""


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def bound(protocol, address, port):
    """A listening socket on the address, on all where the host does not have it."""
    for place in (address, "::" if ":" in address else "0.0.0.0"):
        link = socket.socket(family(place), KIND[protocol])
        if protocol == "tcp":
            link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            link.bind((place, port))
            if protocol == "tcp":
                link.listen(64)
            link.setblocking(False)
            return link
        except (OSError, socket.error) as error:
            link.close()
            if error.errno != errno.EADDRNOTAVAIL:
                raise
    raise OSError(errno.EADDRNOTAVAIL, "no such address")


def listen(wanted):
    states = []
    for protocol, address, port in wanted:
        try:
            link = bound(protocol, address, port)
            listeners[link.fileno()] = (protocol, link)
            states.append("listening")
        except (OSError, socket.error) as error:
            states.append(errno.errorcode.get(error.errno, "error"))
    return {"states": states}


def serve(number):
    """One event at a listener: greet a connection with the token, answer a datagram that begins with it."""
    protocol, link = listeners[number]
    try:
        if protocol == "tcp":
            connection, _ = link.accept()
            connection.setblocking(False)
            connection.send(token)
            connection.shutdown(socket.SHUT_WR)
            greeted.append(connection)
            if len(greeted) > 256:
                greeted.pop(0).close()
        else:
            data, sender = link.recvfrom(65536)
            if data.startswith(token):
                link.sendto(token + b" " + str(len(data)).encode("ascii"), sender)
    except (OSError, socket.error):
        pass


class Probe(object):
    """One connection or datagram under way; `result` is set when it is over."""

    def __init__(self, protocol, address, port):
        self.protocol = protocol
        self.result = None
        self.data = b""
        self.mtu = 0
        self.size = 0
        self.connected = False
        self.link = socket.socket(family(address), KIND[protocol])
        self.link.setblocking(False)
        try:
            if protocol == "udp" and ":" not in address:
                self.link.setsockopt(socket.IPPROTO_IP, 10, 3)
            code = self.link.connect_ex((address, port))
        except (OSError, socket.error) as error:
            code = error.errno
        if protocol == "udp" and code == 0:
            self.send()
        elif code not in (0,) + BUSY:
            self.over(code)

    def send(self):
        """A short datagram, and one as large as the way's first interface takes, not to be cut in two."""
        try:
            self.link.send(token)
            if self.link.family == socket.AF_INET:
                self.mtu = self.link.getsockopt(socket.IPPROTO_IP, 14)
                self.size = min(self.mtu - 28, 65507)
                self.link.send(token + b"." * (self.size - len(token)))
        except (OSError, socket.error) as error:
            if error.errno != errno.EMSGSIZE:
                self.over(error.errno)

    def over(self, code):
        if code == errno.ECONNREFUSED:
            self.result = "refused"
        elif code in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EACCES, errno.EPERM):
            self.result = "unreachable"
        elif code == errno.ETIMEDOUT:
            self.result = "timeout"
        else:
            self.result = errno.errorcode.get(code, "error")

    def writable(self):
        code = self.link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self.over(code)
        self.connected = True

    def readable(self):
        try:
            data = self.link.recv(65536)
        except (OSError, socket.error) as error:
            if error.errno not in BUSY:
                self.over(error.errno)
            return
        if self.protocol == "udp":
            self.data += data + b";"
            if self.data.count(b";") > 1:
                self.result = "open"
        else:
            self.data += data
            if self.data.startswith(token):
                self.result = "open"
            elif not data or len(self.data) >= len(token):
                self.result = "other"

    def at_deadline(self):
        if self.result is None:
            if self.protocol == "udp":
                self.result = "open" if self.data else "timeout"
            else:
                self.result = "other" if self.connected else "timeout"
        self.link.close()
        large = self.data.count(b" " + str(self.size).encode("ascii") + b";") > 0
        return {"result": self.result, "mtu": self.mtu, "large": large}


def probe(wanted, seconds):
    answers = []
    for start in range(0, len(wanted), AT_ONCE):
        probes = [Probe(*each) for each in wanted[start : start + AT_ONCE]]
        ends = time.time() + seconds
        again = time.time() + 0.5
        while time.time() < min(ends, ENDS) and any(each.result is None for each in probes):
            waiting = [each for each in probes if each.result is None]
            reading = [each.link for each in waiting if each.connected or each.protocol == "udp"]
            writing = [each.link for each in waiting if not each.connected and each.protocol == "tcp"]
            ready, able, _ = select.select(reading + [0] + list(listeners), writing, [], 0.1)
            if 0 in ready:
                read_input()
            for each in waiting:
                if each.link in able:
                    each.writable()
                if each.link in ready:
                    each.readable()
            for number in [one for one in ready if one in listeners]:
                serve(number)
            if time.time() > again:
                again = time.time() + 0.7
                for each in waiting:
                    if each.protocol == "udp" and each.result is None and not each.data:
                        each.send()
        answers.extend(each.at_deadline() for each in probes)
    return {"results": answers}


def answer(request):
    global token
    token = request["token"].encode("ascii")
    if "listen" in request:
        return listen(request["listen"])
    return probe(request["probe"], request["seconds"])


def read_input():
    """Take what has come on standard input; at its end, and at the end of the lifetime, everything ends."""
    data = os.read(0, 65536)
    if not data:
        sys.exit(0)
    pending.append(data)


def main():
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    while time.time() < ENDS:
        ready, _, _ = select.select([0] + list(listeners), [], [], 1)
        for number in ready:
            if number:
                serve(number)
        if 0 in ready:
            read_input()
        while b"\n" in b"".join(pending):
            line, rest = b"".join(pending).split(b"\n", 1)
            pending[:] = [rest]
            sys.stdout.write(json.dumps(answer(json.loads(line.decode("ascii")))) + "\n")
            sys.stdout.flush()


main()
