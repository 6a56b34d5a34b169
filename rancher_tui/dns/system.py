"""What this machine itself would ask: its resolvers, search suffixes and hosts file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dns.name

from rancher_tui.dns.names import BadNameError, normal_address, to_send
from rancher_tui.transport.name_servers import Server


def _at_port_53(address: str) -> Server:
    return Server(address)


@dataclass(frozen=True, slots=True)
class System:
    """A machine's own way of resolving names.

    `locate` tells where the name server of an address found by walking the delegation listens.
    """

    resolvers: tuple[Server, ...] = ()
    search: tuple[dns.name.Name, ...] = ()
    hosts: str = ""
    hosts_path: str = "/etc/hosts"
    locate: Callable[[str], Server] = _at_port_53


def read_system(resolv_conf: Path = Path("/etc/resolv.conf"), hosts: Path = Path("/etc/hosts")) -> System:
    """This machine's settings as its resolver library reads them; a file that is missing counts as empty."""
    resolvers, search = read_resolv_conf(_text(resolv_conf))
    return System(resolvers or (Server("127.0.0.1"),), search, _text(hosts), str(hosts))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def read_resolv_conf(text: str) -> tuple[tuple[Server, ...], tuple[dns.name.Name, ...]]:
    """Name servers and search suffixes of a resolv.conf(5); the last `search` or `domain` line counts."""
    resolvers: list[Server] = []
    search: list[dns.name.Name] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 2 or words[0].startswith(("#", ";")):
            continue
        if words[0] == "nameserver":
            try:
                resolvers.append(Server(normal_address(words[1])))
            except ValueError:
                continue
        elif words[0] in ("search", "domain"):
            search = [name for name in map(_suffix, words[1:]) if name is not None]
    return tuple(dict.fromkeys(resolvers)), tuple(search)


def _suffix(text: str) -> dns.name.Name | None:
    try:
        return to_send(text)
    except BadNameError:
        return None


def hosts_addresses(text: str, name: dns.name.Name) -> tuple[str, ...]:
    """The addresses that a hosts(5) file gives for a name, in order, each once."""
    found: list[str] = []
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if any(_is(entry, name) for entry in names):
            try:
                found.append(normal_address(address))
            except ValueError:
                continue
    return tuple(dict.fromkeys(found))


def _is(entry: str, name: dns.name.Name) -> bool:
    try:
        return bool(to_send(entry) == name)
    except BadNameError:
        return False
