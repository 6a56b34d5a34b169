"""What a node itself is told about a name: its hosts file and its resolvers, by commands that every node has.

Nothing is installed there: `getent` asks as programs on the node do, `/etc/resolv.conf` tells its resolvers. Where
`getent` finds nothing, `dig` or `nslookup`, if the node has one, tells why.
"""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Awaitable, Iterable

from rancher_tui.dns.answer import KINDS, Answer, Outcome
from rancher_tui.dns.look import Origin, Seen
from rancher_tui.dns.names import family, shown, to_send
from rancher_tui.dns.system import hosts_addresses, read_resolv_conf
from rancher_tui.install.state import Node
from rancher_tui.transport.on_node import Run, runner
from rancher_tui.transport.ssh import ConnectSettings

_MARK = "--rancher-tui--"

_SCRIPT = """\
name={name}; mark={mark}
echo "$mark resolv"; cat /etc/resolv.conf 2>/dev/null
echo "$mark hosts"; cat /etc/hosts 2>/dev/null
for kind in 4 6; do
  echo "$mark getent $kind"; getent ahostsv$kind "$name" 2>/dev/null; echo "$mark exit $?"
done
echo "$mark why"
getent hosts "$name" >/dev/null 2>&1 || dig +time=2 +tries=1 "$name" A 2>/dev/null || nslookup "$name" 2>/dev/null
echo "$mark end"
"""

_REASONS = (
    ("NXDOMAIN", Outcome.NXDOMAIN, "NXDOMAIN"),
    ("SERVFAIL", Outcome.SERVFAIL, "SERVFAIL"),
    ("REFUSED", Outcome.REFUSED, "REFUSED"),
    ("no servers could be reached", Outcome.TIMEOUT, "timeout"),
    ("timed out", Outcome.TIMEOUT, "timeout"),
)
"""What dig's status line and nslookup's error line say, the outcome that it means, and the rcode."""


def of_nodes(name: str, nodes: Iterable[Node], settings: ConnectSettings) -> list[Awaitable[Seen]]:
    """The vantages of an install's nodes over SSH, for `check(..., more=of_nodes(...))`."""
    return [node_vantage(name, runner(node, settings), f"node {node.address}") for node in nodes]


async def node_vantage(name: str, run: Run, vantage: str) -> Seen:
    """How `name` resolves on the node that `run` reaches, for `check(..., more=[...])`; `vantage` names the node.

    A node that cannot be reached is `unreachable`, one without `getent` too. Where nothing on the node tells why a
    name was not found, it counts as `no-address`. BadNameError for a name that cannot be sent.
    """
    asked = to_send(name)
    try:
        ran = await run(_SCRIPT.format(name=shlex.quote(shown(asked)), mark=_MARK))
    except OSError as error:
        return _unknown(vantage, str(error))
    parts = _parts(ran.output)
    if "getent 4" not in parts:
        return _unknown(vantage, ran.output.strip()[:500])
    resolvers, _search = read_resolv_conf(parts.get("resolv", ""))
    in_hosts = hosts_addresses(parts.get("hosts", ""), asked)
    answers = {version: _answer(parts, version, in_hosts) for version in KINDS}
    server = resolvers[0] if resolvers else None
    return Seen(vantage, Origin.NODE, server.address if server else "", server.port if server else 0, answers)


def _parts(output: str) -> dict[str, str]:
    """The output's sections by their marks; an exit code becomes the section's first line."""
    parts: dict[str, str] = {}
    title = ""
    for line in output.splitlines():
        if line.startswith(f"{_MARK} exit "):
            parts[f"{title} exit"] = line.split()[-1]
        elif line.startswith(f"{_MARK} "):
            title = line.removeprefix(f"{_MARK} ")
            parts[title] = ""
        elif title:
            parts[title] += line + "\n"
    return parts


def _answer(parts: dict[str, str], version: int, in_hosts: tuple[str, ...]) -> Answer:
    found = []
    for line in parts.get(f"getent {version}", "").splitlines():
        word = line.split()[0] if line.split() else ""
        try:
            address = ipaddress.ip_address(word)
        except ValueError:
            continue
        mapped = getattr(address, "ipv4_mapped", None)
        if address.version == version and mapped is None:
            found.append(str(address))
    addresses = tuple(dict.fromkeys(found))
    if addresses:
        local = any(family(address) == version for address in in_hosts)
        return Answer(Outcome.ADDRESSES, "NOERROR", addresses=addresses, words="hosts file" if local else "")
    if parts.get(f"getent {version} exit") != "2":
        return Answer(Outcome.UNREACHABLE, "unreachable", words="getent did not run on the node")
    for words, outcome, rcode in _REASONS:
        if words in parts.get("why", ""):
            return Answer(outcome, rcode, words=words)
    return Answer(Outcome.NO_ADDRESS, "NOERROR", words="getent finds no address")


def _unknown(vantage: str, words: str) -> Seen:
    answer = Answer(Outcome.UNREACHABLE, "unreachable", words=words)
    return Seen(vantage, Origin.NODE, "", 0, dict.fromkeys(KINDS, answer))
