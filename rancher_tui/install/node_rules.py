"""Judgement of the node table: each cell as it is left, and what crosses rows.

What RKE refuses (reference: `rke up`'s validation) is a fail; what it takes and then breaks on is a fail too,
what is only unwise a warning. Subjects are `N FIELD` for a cell and `nodes` for the table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.install import names
from rancher_tui.install.references import INLINE_KEYS, is_reference
from rancher_tui.install.state import ROLES, InstallState, Node

_USER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.@\\-]*\$?")
STEP: Final = 6


def _finding(
    status: Status, code: str, number: int, field: str, title: Message, remedy: Message = EMPTY
) -> Finding:
    return Finding(status, code, f"{number} {field}", title, remedy=remedy, check="nodes", step=STEP)


def cells(state: InstallState) -> Iterator[Finding]:
    """Every cell by itself."""
    for number, node in enumerate(state.nodes, 1):
        yield from judge_node(number, node)


def judge_node(number: int, node: Node) -> Iterator[Finding]:
    """The cells of node `number` (from 1) by themselves. Empty cells are missing inputs, not findings."""
    yield from _address(number, "address", node.address)
    if node.internal_address:
        yield from _address(number, "internal_address", node.internal_address)
    yield from _user(number, node.user)
    yield from _port(number, node.port)
    yield from _roles(number, node)
    if node.hostname_override and not names.is_dns_name(node.hostname_override.strip().lower()):
        yield _finding(
            Status.FAIL,
            "bad-hostname",
            number,
            "hostname_override",
            msg("{name} is no host name; rke refuses it", name=node.hostname_override),
            msg("letters, digits, '-' and '.', for example node1.example.com"),
        )
    yield from _key_path(number, node)
    if node.docker_socket and not node.docker_socket.startswith("/"):
        yield _finding(
            Status.FAIL,
            "bad-docker-socket",
            number,
            "docker_socket",
            msg("the docker socket is no absolute path"),
            msg("leave it empty for /var/run/docker.sock"),
        )


def _address(number: int, field: str, text: str) -> Iterator[Finding]:
    if not text:
        return
    if text != text.strip() or any(character.isspace() for character in text):
        yield _finding(
            Status.FAIL,
            "address-blank",
            number,
            field,
            msg("there is white space in the address"),
            msg("remove it"),
        )
        return
    address = names.ip_address(text)
    if address is not None:
        yield from _ip(number, field, text, address)
    elif "://" in text:
        yield _finding(
            Status.FAIL,
            "address-url",
            number,
            field,
            msg("an address, not a URL"),
            msg("enter only the host's part"),
        )
    elif re.fullmatch(r"\[?[^\[\]]+\]?:\d+", text):
        yield _finding(
            Status.FAIL,
            "address-port",
            number,
            field,
            msg("the port stands in the address"),
            msg("put it into port"),
        )
    elif text.startswith("<") or re.fullmatch(r"IP_ADDRESS_\d+|HOSTNAME\.DOMAIN\.COM", text):
        yield _finding(
            Status.FAIL,
            "placeholder",
            number,
            field,
            msg("{text} is a placeholder", text=text),
            msg("enter the host"),
        )
    elif names.looks_like_ip(text):
        yield _finding(
            Status.FAIL,
            "bad-address",
            number,
            field,
            msg("{text} is no IPv4 address", text=text),
            msg("four numbers from 0 to 255"),
        )
    elif not names.is_dns_name(text.lower()):
        yield _finding(
            Status.FAIL,
            "bad-address",
            number,
            field,
            msg("{text} is neither an IP address nor a host name", text=text),
            msg("an address such as 10.0.1.11 or a name such as node1.example.com"),
        )
    elif _is_nearly_ip(text):
        yield _finding(
            Status.WARN,
            "address-slip",
            number,
            field,
            msg("{text} looks like an IP address with a slip", text=text),
            msg("four numbers from 0 to 255"),
        )
    elif text.lower() == "localhost":
        yield _loopback(number, field)


def _is_nearly_ip(text: str) -> bool:
    """True for four groups of which three are numbers: a name by its form only."""
    groups = text.split(".")
    return len(groups) == 4 and sum(group.isdecimal() for group in groups) == 3


def _ip(number: int, field: str, text: str, address: names.Address) -> Iterator[Finding]:
    if address.version == 6:
        yield _finding(
            Status.FAIL,
            "address-ipv6",
            number,
            field,
            msg("rke takes the address as host name too and refuses IPv6"),
            msg("use the host's IPv4 address or its name"),
        )
    elif address.is_unspecified or address.is_multicast or text == "255.255.255.255":
        yield _finding(Status.FAIL, "bad-address", number, field, msg("{text} is no host's address", text=text))
    elif address.is_loopback:
        yield _loopback(number, field)


def _loopback(number: int, field: str) -> Finding:
    return _finding(
        Status.WARN,
        "address-loopback",
        number,
        field,
        msg("this is the machine itself; other nodes cannot reach it there"),
        msg("the address by which the nodes reach each other"),
    )


def _user(number: int, user: str) -> Iterator[Finding]:
    if not user:
        return
    if user in ("USER", "<USER>"):
        yield _finding(Status.FAIL, "placeholder", number, "user", msg("{text} is a placeholder", text=user))
    elif not _USER.fullmatch(user):
        yield _finding(
            Status.FAIL,
            "bad-user",
            number,
            "user",
            msg("{user} is no login name", user=user),
            msg("letters, digits, '.', '_' and '-', no blanks"),
        )
    elif user == "root":
        yield _finding(
            Status.WARN,
            "root-user",
            number,
            "user",
            msg("on RHEL and CentOS root cannot forward the docker socket"),
            msg("use a user in the group docker"),
        )


def _port(number: int, port: str) -> Iterator[Finding]:
    if port and names.port_number(port) is None:
        yield _finding(
            Status.FAIL,
            "bad-port",
            number,
            "port",
            msg("{port} is no port", port=port),
            msg("a number from 1 to 65535; empty means 22"),
        )


def _roles(number: int, node: Node) -> Iterator[Finding]:
    unknown = [role for role in node.roles if role not in ROLES]
    if unknown:
        yield _finding(
            Status.FAIL,
            "bad-role",
            number,
            "roles",
            msg("{roles}: no such role", roles=", ".join(unknown)),
            msg("controlplane, etcd, worker").or_key("controlplane, etcd, worker ({key:roles} toggles them)"),
        )
    elif not node.roles:
        yield _finding(
            Status.FAIL,
            "no-role",
            number,
            "roles",
            msg("a node without a role; rke refuses it"),
            msg("rancher-tui set SESSION nodes.{index}.roles=worker", index=number - 1).or_key(
                "{key:roles} sets roles"
            ),
        )


def _key_path(number: int, node: Node) -> Iterator[Finding]:
    path = node.ssh_key_path
    for name in INLINE_KEYS:
        if (text := getattr(node, name)) and not is_reference(text):
            title = msg("a key itself does not belong into the state")
            yield _finding(
                Status.FAIL, "key-inline", number, name, title, msg("secret:NAME, env:VARIABLE or file:PATH")
            )
    if not path:
        return
    if len(path) == 1:
        text = msg("rke stops with a crash on a key path of one character")
        yield _finding(Status.FAIL, "key-path-short", number, "ssh_key_path", text)
    elif path.startswith("~") and not path.startswith("~/"):
        yield _finding(
            Status.FAIL,
            "key-path-home",
            number,
            "ssh_key_path",
            msg("rke expands only '~/' at the start"),
            msg("write the path in full"),
        )
    elif path.endswith(".pub"):
        yield _finding(
            Status.FAIL,
            "key-path-public",
            number,
            "ssh_key_path",
            msg("this names a public key"),
            msg("the same path without .pub"),
        )
    elif path.startswith(("-----BEGIN", "ssh-")):
        yield _finding(
            Status.FAIL, "key-path-key", number, "ssh_key_path", msg("a key, not a path"), msg("enter its path")
        )
    elif not path.startswith(("/", "~/")):
        yield _finding(
            Status.WARN,
            "key-path-relative",
            number,
            "ssh_key_path",
            msg("rke reads it relative to the folder where it runs"),
            msg("write the path in full"),
        )


def table(state: InstallState) -> Iterator[Finding]:
    """What crosses rows: duplicates, role counts, and one pass line when the roles are right."""
    if not state.nodes:
        return
    yield from _duplicates(state.nodes)
    yield from _role_counts(state.nodes)


def _duplicates(nodes: tuple[Node, ...]) -> Iterator[Finding]:
    addresses: dict[str, int] = {}
    hosts: dict[str, int] = {}
    inner: dict[str, int] = {}
    for number, node in enumerate(nodes, 1):
        address = node.address.strip().lower()
        if address:
            if address in addresses:
                yield _same(
                    number, "address", addresses[address], "duplicate-address", msg("rke refuses the file")
                )
            addresses.setdefault(address, number)
        name = (node.hostname_override.strip() or address).lower()
        if name:
            if name in hosts and (node.hostname_override or nodes[hosts[name] - 1].hostname_override):
                field = "hostname_override" if node.hostname_override else "address"
                yield _same(number, field, hosts[name], "duplicate-hostname", msg("rke refuses the file"))
            hosts.setdefault(name, number)
        internal = node.internal_address.strip().lower()
        if internal:
            if internal in inner:
                text = msg("rke takes it and the API server fails minutes later")
                yield _same(number, "internal_address", inner[internal], "duplicate-internal-address", text)
            inner.setdefault(internal, number)


def _same(number: int, field: str, other: int, code: str, consequence: Message) -> Finding:
    title = msg("the same as node {other}; {consequence}", other=other, consequence=consequence)
    return _finding(Status.FAIL, code, number, field, title)


def _role_counts(nodes: tuple[Node, ...]) -> Iterator[Finding]:
    counts: defaultdict[str, int] = defaultdict(int)
    for node in nodes:
        for role in set(node.roles):
            counts[role] += 1
    lacking = [role for role in ROLES if not counts[role]]
    for role in lacking:
        yield Finding(
            Status.FAIL,
            f"no-{role}",
            "nodes",
            msg("no node has the role {role}", role=role),
            remedy=msg("rancher-tui set SESSION nodes.0.roles=controlplane,etcd,worker").or_key(
                "{key:roles} toggles roles"
            ),
            check="nodes",
            step=STEP,
        )
    if counts["etcd"] and counts["etcd"] % 2 == 0:
        yield Finding(
            Status.WARN,
            "even-etcd",
            "nodes",
            msg_n(
                "{number} etcd node: it bears no loss",
                "{number} etcd nodes bear no more loss than one fewer",
                counts["etcd"],
            ),
            remedy=msg("use 3 or 5"),
            check="nodes",
            step=STEP,
        )
    elif counts["etcd"] == 1:
        yield Finding(
            Status.WARN,
            "single-etcd",
            "nodes",
            msg("one etcd node: when it is lost, everything is"),
            remedy=msg("use 3 or 5"),
            check="nodes",
            step=STEP,
        )
    if not lacking:
        title = msg(
            "{etcd} etcd, {controlplane} controlplane, {worker} worker",
            etcd=counts["etcd"],
            controlplane=counts["controlplane"],
            worker=counts["worker"],
        )
        yield Finding(Status.PASS, "roles", "nodes", title, check="nodes", step=STEP)
