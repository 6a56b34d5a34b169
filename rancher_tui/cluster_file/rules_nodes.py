"""Rules about `nodes`, and about how RKE reaches them."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import Any

from rancher_tui.cluster_file.context import Context
from rancher_tui.cluster_file.placeholders import is_placeholder
from rancher_tui.cluster_file.tree import Kind
from rancher_tui.finding import Status
from rancher_tui.i18n import msg

ROLES = ("controlplane", "etcd", "worker")
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)")
_NULLS = ("", "~", "null", "Null", "NULL")
_HOSTNAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def is_hostname(text: str) -> bool:
    """RKE's own test of a node's name: a DNS-1123 subdomain of at most 253 characters, lower case."""
    return len(text) <= 253 and bool(_HOSTNAME.fullmatch(text))


def check(context: Context) -> None:
    """All rules of this module."""
    nodes = context.get("nodes") or []
    for index, node in enumerate(nodes):
        _node(context, ("nodes", str(index)), node)
    _duplicates(context, nodes)
    _roles(context, nodes)
    _inner_addresses(context, nodes)
    _key_paths(context, nodes)
    _taint_times(context)


def _taint_times(context: Context) -> None:
    """`timeAdded` of a taint, which is read as a time by RFC 3339 (RKE v0.3.2 and v1.2.0, observed)."""
    if not context.since(0, 3, 0):
        return
    for path, node in context.decoded.places.items():
        if path[-1:] != ("timeAdded",) or node.kind is Kind.MAPPING or (node.plain and node.text in _NULLS):
            continue
        if node.kind is Kind.SEQUENCE or not _is_time(node.text):
            title = msg("{text} is no time like 2018-01-01T00:00:00Z", text=node.text or "''")
            context.say(Status.FAIL, "nodes.taint-time", path, title, msg("delete timeAdded"), at=node)


def _is_time(text: str) -> bool:
    """Whether Go reads a text as a time in RFC 3339."""
    match = _TIME.fullmatch(text)
    try:
        return match is not None and bool(datetime.fromisoformat(match[1]))
    except ValueError:
        return False


def _node(context: Context, path: tuple[str, ...], node: dict[str, Any]) -> None:
    address = node.get("address", "")
    number = int(path[1]) + 1
    if not address:
        title = msg("node {number} has no address", number=number)
        context.say(Status.FAIL, "nodes.no-address", (*path, "address"), title, msg("add address:"))
    if not node.get("user"):
        title = msg("node {number} has no user", number=number)
        context.say(Status.FAIL, "nodes.no-user", (*path, "user"), title, msg("add user:"))
    if not node.get("role"):
        title = msg("node {number} has no role", number=number)
        context.say(
            Status.FAIL, "nodes.no-role", (*path, "role"), title, msg("add role: [controlplane, etcd, worker]")
        )
    for position, role in enumerate(node.get("role") or []):
        if role not in ROLES:
            title = msg("RKE knows no role {role}", role=role)
            remedy = msg("one of: controlplane, etcd, worker")
            context.say(Status.FAIL, "nodes.unknown-role", (*path, "role", str(position)), title, remedy)
    _name(context, path, node)
    if address == "localhost" or _loopback(address):
        title = msg("{address} is this machine, not a host that others reach", address=address)
        context.say(Status.WARN, "nodes.loopback", (*path, "address"), title)


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _name(context: Context, path: tuple[str, ...], node: dict[str, Any]) -> None:
    override = node.get("hostname_override", "")
    name = override or node.get("address", "")
    if not name or is_placeholder(name) or not context.since(0, 1, 10) or is_hostname(name.lower()):
        return
    key = "hostname_override" if override else "address"
    title = msg("RKE refuses {name} as a host name", name=name)
    remedy = (
        msg("letters, digits, - and . only; begin and end with a letter or digit")
        if override
        else msg("write an IPv4 address or a host name, without port and without http://")
    )
    context.say(Status.FAIL, "nodes.bad-hostname", (*path, key), title, remedy)


def _names(node: dict[str, Any]) -> tuple[str, str]:
    address = node.get("address", "")
    return address, (node.get("hostname_override") or address).lower()


def _duplicates(context: Context, nodes: list[dict[str, Any]]) -> None:
    addresses: dict[str, int] = {}
    names: dict[str, int] = {}
    status = Status.FAIL if context.since(0, 1, 2) else Status.WARN
    for index, node in enumerate(nodes):
        address, name = _names(node)
        if not address or is_placeholder(address):
            continue
        path = ("nodes", str(index))
        if address in addresses:
            title = msg("{address} is node {number} already", address=address, number=addresses[address] + 1)
            context.say(status, "nodes.duplicate-address", (*path, "address"), title)
        elif name in names:
            key = "hostname_override" if node.get("hostname_override") else "address"
            title = msg("{name} is the name of node {number} already", name=name, number=names[name] + 1)
            context.say(status, "nodes.duplicate-hostname", (*path, key), title)
        addresses.setdefault(address, index)
        names.setdefault(name, index)


def _roles(context: Context, nodes: list[dict[str, Any]]) -> None:
    count = {role: sum(role in (node.get("role") or []) for node in nodes) for role in ROLES}
    external = bool(context.get("services", "etcd", "external_urls"))
    if external and count["etcd"]:
        title = msg("the file has both an external etcd and nodes with the role etcd")
        context.say(
            Status.FAIL, "services.external-and-internal-etcd", ("services", "etcd", "external_urls"), title
        )
    if not count["etcd"] and not external:
        title = msg("no node has the role etcd") if nodes else msg("the file has no nodes")
        context.say(
            Status.FAIL, "nodes.no-etcd", ("nodes",), title, msg("give one, three or five nodes the role etcd")
        )
    if not nodes:
        return
    for role in ("controlplane", "worker"):
        if not count[role]:
            title = msg("no node has the role {role}", role=role)
            context.say(Status.FAIL, f"nodes.no-{role}", ("nodes",), title, msg("add {role} to a node", role=role))
    if count["etcd"] and count["etcd"] % 2 == 0:
        title = msg(
            "{number} nodes with etcd survive no more failures than {fewer}",
            number=count["etcd"],
            fewer=count["etcd"] - 1,
        )
        context.say(
            Status.WARN, "nodes.even-etcd", ("nodes",), title, msg("give an odd number of nodes the role etcd")
        )


def _inner_addresses(context: Context, nodes: list[dict[str, Any]]) -> None:
    seen: dict[str, int] = {}
    for index, node in enumerate(nodes):
        inner = node.get("internal_address", "")
        if inner and inner in seen:
            title = msg(
                "{address} is the internal address of node {number} already", address=inner, number=seen[inner] + 1
            )
            context.say(
                Status.WARN, "nodes.same-internal-address", ("nodes", str(index), "internal_address"), title
            )
        seen.setdefault(inner, index)


def _key_paths(context: Context, nodes: list[dict[str, Any]]) -> None:
    """A path of one character that is really used: an agent or an inline key goes before it."""
    if context.get("ssh_agent_auth") is True:
        return
    users: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("nodes", str(index)), node) for index, node in enumerate(nodes)
    ]
    bastion = context.get("bastion_host") or {}
    if bastion.get("address"):
        users.append((("bastion_host",), bastion))
    for path, user in users:
        own = user.get("ssh_key_path", "")
        used = own or context.text("ssh_key_path")
        if len(used) == 1 and not user.get("ssh_key"):
            title = msg("a key path of one character makes RKE panic")
            place = (*path, "ssh_key_path") if own else ("ssh_key_path",)
            context.say(Status.FAIL, "nodes.key-path", place, title, msg("write the whole path"))
