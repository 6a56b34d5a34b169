"""What programs print, read into values: pure functions, for GNU, busybox and older releases alike."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_NUMBERS = re.compile(r"(\d+)(?:\.(\d+))?")
_LINK = re.compile(r"^\d+:\s+([^:@\s]+)(?:@[^:\s]+)?:\s+<([^>]*)>.*?\bmtu (\d+)", re.MULTILINE)
_MAC = re.compile(r"^\d+:\s+([^:@\s]+)(?:@[^:\s]+)?:.*\blink/ether ([0-9a-fA-F:]{17})", re.MULTILINE)
_ADDRESS = re.compile(r"^\d+:\s+(\S+)\s+inet6? ([0-9a-fA-F.:]+)(?:/(\d+))?.*?\bscope (\w+)", re.MULTILINE)
_PROCESS = re.compile(r'"([^"]{1,64})"')

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@cache
def limits() -> dict[str, Any]:
    """The table `assets/nodes/limits.yml`."""
    import yaml

    table: dict[str, Any] = yaml.safe_load((resources.files("assets") / "nodes" / "limits.yml").read_text("utf-8"))
    return table


def named(word: str, patterns: Iterable[str]) -> bool:
    """True when one of the patterns is the whole word."""
    return _any_of(tuple(patterns)).fullmatch(word) is not None


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def version_of(text: str) -> tuple[int, int] | None:
    """The first `major.minor` in a text."""
    match = _NUMBERS.search(text)
    return (int(match[1]), int(match[2] or 0)) if match else None


def os_release(text: str) -> dict[str, str]:
    """The assignments of os-release, unquoted."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip().isidentifier():
            found[name.strip()] = value.strip().strip("\"'")
    return found


def meminfo_kib(text: str, field: str = "MemTotal") -> int | None:
    """A field of /proc/meminfo in KiB."""
    match = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class Disk:
    """A line of `df -P -k`: device, KiB in all and free, mount point."""

    device: str
    size: int
    free: int
    mount: str


def disks(text: str) -> list[Disk]:
    """The lines of `df -P -k`, each mount point once; what is no such line is left out."""
    found: dict[str, Disk] = {}
    for line in text.splitlines():
        parts = line.split(None, 5)
        if len(parts) == 6 and parts[1].isdigit() and parts[3].isdigit() and parts[5].startswith("/"):
            found[parts[5]] = Disk(parts[0], int(parts[1]), int(parts[3]), parts[5])
    return list(found.values())


def disk_for(path: str, known: Iterable[Disk]) -> Disk | None:
    """The disk that holds `path`: the one with the longest mount point above it."""
    above = [disk for disk in known if path == disk.mount or path.startswith(disk.mount.rstrip("/") + "/")]
    return max(above, key=lambda disk: len(disk.mount), default=None)


def settings(text: str) -> dict[str, str]:
    """`name = value` lines of sysctl; names that it does not know are left out."""
    found = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in found if " " not in name.strip()}


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket: protocol, address, port, and the program's name where it is told."""

    protocol: str
    address: str
    port: int
    program: str


def listeners(text: str) -> Iterator[Listener]:
    """The listening sockets in what `ss -ltunp` or `netstat -ltun` prints."""
    for line in text.splitlines():
        parts = line.split()
        protocol = parts[0][:3] if parts else ""
        if protocol not in ("tcp", "udp") or len(parts) < 5:
            continue
        local = parts[4] if parts[1].isalpha() else parts[3]
        address, _, port = local.rpartition(":")
        if port.isdigit():
            program = _PROCESS.search(line)
            yield Listener(protocol, address.strip("[]"), int(port), program[1] if program else "")


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface: name, flags, MTU."""

    name: str
    flags: frozenset[str]
    mtu: int

    @property
    def inner(self) -> bool:
        """True for what Docker, Kubernetes and the like make on the machine itself."""
        return named(self.name, limits()["inner_interfaces"])


def links(text: str) -> list[Link]:
    """The interfaces of `ip -o link`."""
    return [Link(match[1], frozenset(match[2].split(",")), int(match[3])) for match in _LINK.finditer(text)]


def macs(text: str) -> dict[str, str]:
    """The hardware addresses of `ip -o link`, by interface."""
    return {match[1]: match[2].lower() for match in _MAC.finditer(text)}


def addresses(text: str) -> list[tuple[str, str]]:
    """`(interface, address)` of `ip -o addr`, without link-local and host-only ones."""
    return [(match[1], match[2]) for match in _ADDRESS.finditer(text) if match[4] == "global"]


def routes(text: str) -> list[tuple[Network, str]]:
    """`(network, interface)` of `ip -4 route`, without default routes."""
    found: list[tuple[Network, str]] = []
    for line in text.splitlines():
        parts = line.split()
        if not parts or parts[0] in ("default", "unreachable", "blackhole", "prohibit", "throw"):
            continue
        try:
            network = ipaddress.ip_network(parts[0], strict=False)
        except ValueError:
            continue
        if network.prefixlen:
            found.append((network, parts[parts.index("dev") + 1] if "dev" in parts[:-1] else ""))
    return found


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def network(text: str) -> Network | None:
    """A CIDR as a network, None when it is none."""
    try:
        return ipaddress.ip_network(text.split(",")[0].strip(), strict=False)
    except ValueError:
        return None


def nameservers(text: str) -> list[str]:
    """The name servers of resolv.conf."""
    pairs = (line.split() for line in text.splitlines())
    return [parts[1] for parts in pairs if len(parts) > 1 and parts[0] == "nameserver"]


def ip_addresses(text: str) -> list[str]:
    """The first words that are addresses (`getent ahostsv4`), or what nslookup's answer part holds; each once."""
    answer = text.partition("\n\n")[2] or text if "Server:" in text else text
    found: list[str] = []
    for line in answer.splitlines():
        for word in line.split()[:1] if "Address" not in line else line.split()[-1:]:
            try:
                found.append(str(ipaddress.ip_address(word)))
            except ValueError:
                continue
    return list(dict.fromkeys(found))


def web_status(text: str) -> int | None:
    """The HTTP status in what curl's `%{http_code}` or wget's `-S` printed; None when there was no answer."""
    codes = re.findall(r"^\s*HTTP/[\d.]+ (\d{3})|^(\d{3})\s*$", text, re.MULTILINE)
    found = [int(first or second) for first, second in codes if (first or second) != "000"]
    return found[-1] if found else None
