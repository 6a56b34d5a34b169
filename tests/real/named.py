"""Real BIND servers on loopback, each with its own port, zones and faults; and servers that are silent on purpose.

`world(folder)` starts all of them. Zones are data here; what they must give stands in dns_faults.yml.
"""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEADLINE = 30.0
"""Seconds within which all servers have to answer."""

HEAD = """$TTL 300
@ IN SOA ns1 admin 1 3600 600 86400 300
@ IN NS ns1
ns1 IN A 127.0.2.1
"""

LAB = (
    HEAD
    + r"""
good A 203.0.113.10
wrong A 203.0.113.66
partly A 203.0.113.10
partly A 203.0.113.66
two A 203.0.113.10
two A 203.0.113.11
text TXT "203.0.113.10"
below.empty A 203.0.113.10
six AAAA 2001:db8::10
both A 203.0.113.10
both AAAA 2001:db8::10
alias CNAME good
moved DNAME lab.test.
near CNAME www.near.test.
far CNAME lb.elsewhere.test.
flat A 203.0.113.40
dangling CNAME nothing-here
hollow CNAME text
circle CNAME circle2
circle2 CNAME circle
self CNAME self
c1 CNAME good
*.wild A 203.0.113.10
own.wild A 203.0.113.11
xn--bcher-kva A 203.0.113.10
_under_score A 203.0.113.10
-edge- A 203.0.113.10
hostile CNAME e\027[31mvil\010\"\;\000name
e\027[31mvil\010\"\;\000name A 203.0.113.10
child NS ns.child
ns.child A 127.0.2.9
short 29 A 203.0.113.10
thirty 30 A 203.0.113.10
day 86400 A 203.0.113.10
long 86401 A 203.0.113.10
private A 10.1.2.3
ula AAAA fd00::1
loop A 127.0.0.1
link A 169.254.1.1
zero A 0.0.0.0
multi A 224.0.0.251
differs A 203.0.113.10
alike CNAME good
"""
    + "".join(f"c{number} CNAME c{number - 1}\n" for number in range(2, 10))
    + "".join(f"big A 11.0.0.{number}\n" for number in range(1, 61))
    + "".join(f"huge A 11.{number // 250}.1.{number % 250}\n" for number in range(1, 1501))
)

ODD = (
    HEAD
    + r"""
good A 203.0.113.10
three A 203.0.113.10
three A 203.0.113.11
three A 203.0.113.12
mostly A 203.0.113.10
mostly A 203.0.113.66
mostly A 203.0.113.67
both A 203.0.113.10
both AAAA 2001:db8::10
half A 203.0.113.66
half AAAA 2001:db8::10
mail MX 10 good
_sip._tcp SRV 1 1 5060 good
mixed CNAME GOOD.odd.TEST.
gone-near CNAME nope.near.test.
bare-near CNAME bare.near.test.
across CNAME across.near.test.
alb CNAME lb.elsewhere.test.
three1 CNAME three2
three2 CNAME three3
three3 CNAME three1
to-root CNAME .
*.alias CNAME good
*.text TXT "any"
*.six AAAA 2001:db8::10
*.deep A 203.0.113.10
zero 0 A 203.0.113.10
hasty 10 CNAME good
lasting 100000 CNAME good
office A 192.168.255.254
upper A 172.31.255.255
beyond A 172.32.0.1
mine A 127.255.255.254
me AAAA ::1
link AAAA fe80::1
all A 255.255.255.255
later A 240.0.0.1
group AAAA ff02::1
nothing AAAA ::
inside A 10.0.0.1
inside A 203.0.113.10
xn--strae-oqa A 203.0.113.10
xn--r8jz45g A 203.0.113.10
lost CNAME www.lost.test.
to-bogus CNAME www.bogus.test.
to-signed CNAME www.signed.test.
far-circle CNAME back.elsewhere.test.
text TXT "here with a text only"
shorter 60 A 203.0.113.10
shorter 60 A 203.0.113.11
six-more A 203.0.113.10
six-more AAAA 2001:db8::10
"""
    + f"{'a' * 63} A 203.0.113.10\n"
)

AUTH = {
    "lab.test": LAB,
    "odd.test": ODD,
    "near.test": HEAD + "www A 203.0.113.20\nbare TXT bare\nacross CNAME across.odd.test.\n",
    "broken.test": HEAD + "www A not-an-address\n",
}

SECOND = {
    "lab.test": HEAD + "differs A 203.0.113.66\nalike A 203.0.113.10\n",
    "odd.test": HEAD + "shorter 3600 A 203.0.113.11\nshorter 3600 A 203.0.113.10\nsix-more A 203.0.113.10\n",
    "elsewhere.test": HEAD + "lb A 203.0.113.40\nback CNAME far-circle.odd.test.\n",
}

PARENT = {
    ".": "$TTL 300\n@ SOA a.root.test. admin.test. 1 60 60 60 60\n@ NS a.root.test.\na.root.test. A 127.0.2.3\n"
    "test. NS a.root.test.\n",
    "test": "$TTL 300\n@ SOA a.root.test. admin.test. 1 60 60 60 60\n@ NS a.root.test.\na.root A 127.0.2.3\n"
    "lab NS ns1.lab\nlab NS ns2.lab\nlab NS ns3.lab\nlab NS ns4.gone\n"
    "ns1.lab A 127.0.2.1\nns2.lab A 127.0.2.2\nns3.lab A 127.0.2.3\n",
}

SIGNED = HEAD + "www A 203.0.113.30\n"


@dataclass
class World:
    """Servers by name as `ADDRESS:PORT`, and the folder in which they live."""

    folder: Path
    servers: dict[str, str] = field(default_factory=dict)

    def port(self, name: str) -> int:
        """The port of a server on 127.0.0.1."""
        return int(self.servers[name].rpartition(":")[2])


@contextlib.contextmanager
def world(folder: Path) -> Iterator[World]:
    """All servers up and answering, until the block ends."""
    made = World(folder)
    with contextlib.ExitStack() as stack:
        for name in ("silent", "hangs_up", "half_deaf"):
            made.servers[name] = stack.enter_context(mute(name))
        for name in ("nobody", "auth", "second", "parent", "closed_shop", "blackhole", "resolver", "walker"):
            made.servers[name] = f"127.0.0.1:{free_port()}"
        anchors = {zone: sign(folder, zone) for zone in ("signed.test", "bogus.test", "stale.test")}
        anchors["bogus.test"] = anchors["signed.test"].replace("signed.test", "bogus.test")
        signed = {zone: (folder / f"{zone}.signed").read_text() for zone in anchors}
        processes = [
            named(stack, made, "auth", AUTH | signed),
            named(stack, made, "second", SECOND),
            named(stack, made, "parent", PARENT),
            named(stack, made, "closed_shop", AUTH, "allow-query { none; };"),
            named(stack, made, "blackhole", AUTH, "blackhole { any; };"),
            named(
                stack,
                made,
                "resolver",
                {},
                recursive(made, "auth"),
                validating(anchors) + forwards(made),
            ),
            named(stack, made, "walker", {}, recursive(made, "parent"), walking(made)),
        ]
        wait_until_up(made, processes)
        yield made


def recursive(made: World, upstream: str) -> str:
    return (
        f"recursion yes; allow-recursion {{ any; }}; forward only; "
        f"forwarders {{ 127.0.0.1 port {made.port(upstream)}; }}; "
    )


def validating(anchors: dict[str, str]) -> str:
    return "trust-anchors { " + " ".join(anchors.values()) + " };\n"


def forwards(made: World) -> str:
    """The resolver's ways: one zone to the second server, one to nobody."""
    return "".join(
        f'zone "{zone}" {{ type forward; forward only; forwarders {{ 127.0.0.1 port {made.port(server)}; }}; }};\n'
        for zone, server in (("elsewhere.test", "second"), ("lost.test", "nobody"))
    )


def walking(made: World) -> str:
    """The walker asks the zone's own server about the zone and the parent about everything else."""
    return (
        'zone "lab.test" { type forward; forward only; '
        f"forwarders {{ 127.0.0.1 port {made.port('auth')}; }}; }};\n"
    )


def named(
    stack: contextlib.ExitStack, made: World, name: str, zones: dict[str, str], options: str = "", more: str = ""
) -> subprocess.Popen[bytes]:
    """Start one BIND in its own folder; it ends with the stack."""
    folder = made.folder / name
    folder.mkdir()
    blocks = []
    for zone, text in zones.items():
        file = folder / f"{zone.strip('.') or 'root'}.zone"
        file.write_text(text)
        blocks.append(f'zone "{zone}" {{ type primary; file "{file}"; }};')
    recursion = "" if "recursion yes" in options else "recursion no; "
    validation = "yes" if "trust-anchors" in more else "no"
    (folder / "named.conf").write_text(
        f'options {{ directory "{folder}"; pid-file "{folder}/pid"; session-keyfile none; '
        f"listen-on port {made.port(name)} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; "
        f"check-names primary ignore; dnssec-validation {validation}; querylog no; {recursion}"
        f"notify no; max-records-per-type 0; max-cache-ttl 300; {options} }};\n"
        f"controls {{}};\n{more}" + "\n".join(blocks)
    )
    log = stack.enter_context((folder / "log").open("wb"))
    process = subprocess.Popen(
        ["named", "-g", "-n", "1", "-c", str(folder / "named.conf")], stdout=log, stderr=log
    )
    stack.callback(end, process)
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """End one server."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def wait_until_up(made: World, processes: list[subprocess.Popen[bytes]]) -> None:
    """Return when every server says that it runs; fail when one ends or the deadline passes."""
    deadline = time.monotonic() + DEADLINE
    waiting = {"auth", "second", "parent", "closed_shop", "blackhole", "resolver", "walker"}
    while waiting:
        for process in processes:
            assert process.poll() is None, f"{process.args!r} ended: see its log in {made.folder}"
        assert time.monotonic() < deadline, f"not up in time: {waiting}"
        waiting = {name for name in waiting if b"\n" not in running(made.folder / name / "log")}
        time.sleep(0.02)


def running(log: Path) -> bytes:
    """The end of a server's log from its word that it runs."""
    _before, word, after = log.read_bytes().partition(b" running")
    return word and after


def sign(folder: Path, zone: str) -> str:
    """Sign a zone into `ZONE.signed` and give its trust anchor; stale.test's signatures have run out."""

    def run(*arguments: str) -> str:
        return subprocess.run(arguments, cwd=folder, check=True, capture_output=True, text=True).stdout

    (folder / zone).write_text(SIGNED)
    key = run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", "-n", "ZONE", zone).strip()
    window = ["-s", "20200101000000", "-e", "20200201000000"] if zone == "stale.test" else []
    run("dnssec-signzone", "-q", "-P", "-z", "-S", "-o", zone, *window, "-f", f"{zone}.signed", zone)
    words = re.search(r"DNSKEY\s+(\d+)\s+(\d+)\s+(\d+)\s+(.+)", (folder / f"{key}.key").read_text())
    assert words is not None
    flags, protocol, algorithm, public = words.groups()
    return f'"{zone}" static-key {flags} {protocol} {algorithm} "{public}";'


def free_port() -> int:
    """A port of 127.0.0.1 that is free for UDP and TCP."""
    for _attempt in range(100):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no free port")


@contextlib.contextmanager
def mute(kind: str) -> Iterator[str]:
    """A server that reads no question: `silent`, `hangs_up` (closes TCP) or `half_deaf` (no TCP at all)."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        port = free_port()
        udp.bind(("127.0.0.1", port))
        if kind != "half_deaf":
            tcp.bind(("127.0.0.1", port))
            tcp.listen(64)
        if kind == "hangs_up":
            threading.Thread(target=_hang_up, args=(tcp,), daemon=True).start()
        yield f"127.0.0.1:{port}"
        with contextlib.suppress(OSError):
            tcp.shutdown(socket.SHUT_RDWR)


def _hang_up(tcp: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _peer = tcp.accept()
            connection.close()
