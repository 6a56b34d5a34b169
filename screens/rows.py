"""What the keys of the node table make of its rows: pure functions of tuples of nodes."""

from __future__ import annotations

from typing import Any

from rancher_tui.i18n import Message, msg, msg_n
from rancher_tui.install import file_fields, paths
from rancher_tui.install.state import ROLES, InstallState, Node

Nodes = tuple[Node, ...]

SHARED = ("user", "port", "ssh_key_path", "docker_socket", "ssh_key", "ssh_cert_path", "ssh_cert")
"""Fields that a new row takes over from the last one: they are usually the same for all hosts."""


def blank_like(nodes: Nodes, user: str = "") -> Node:
    """A row without an address, otherwise like the last one; the first one with the operator's own login."""
    if not nodes:
        return Node(user=user)
    return Node().model_copy(update={name: getattr(nodes[-1], name) for name in SHARED})


def copied(node: Node) -> Node:
    """The same row without what is one host's only."""
    return node.model_copy(update={"address": "", "internal_address": "", "hostname_override": ""})


def inserted(nodes: Nodes, row: int, node: Node) -> Nodes:
    return (*nodes[:row], node, *nodes[row:])


def without(nodes: Nodes, row: int) -> Nodes:
    return (*nodes[:row], *nodes[row + 1 :])


def moved(nodes: Nodes, row: int, target: int) -> Nodes:
    """The row `row` at place `target`."""
    return inserted(without(nodes, row), target, nodes[row])


def toggled(roles: tuple[str, ...], role: str) -> tuple[str, ...]:
    """The roles with one given or taken, in the usual order."""
    held = set(roles) ^ {role}
    return tuple(name for name in ROLES if name in held)


def filled(nodes: Nodes, row: int, path: str) -> Nodes:
    """Every row below `row` with its value of a field."""
    value = getattr(nodes[row], path)
    return (*nodes[: row + 1], *(node.model_copy(update={path: value}) for node in nodes[row + 1 :]))


def with_cell(state: InstallState, row: int, path: str, value: Any) -> InstallState:
    """The state with one cell set: from text, or a tuple as it is."""
    where = f"nodes.{row}.{path}"
    if isinstance(value, str):
        return paths.put(state, where, file_fields.whole(where, value))
    return paths.replace(state, where, value)


def pasted(text: str, nodes: Nodes, user: str = "") -> tuple[Nodes, Message]:
    """The hosts that a pasted text names, in any of the known forms; how many, and what was not understood."""
    from rancher_tui.nodes.paste import parse

    found = parse(text, blank_like(nodes, user))
    hosts = msg_n("{number} host pasted", "{number} hosts pasted", len(found.nodes))
    if found.problems:
        first, *rest = found.problems
        told = msg("{hosts}; {problem}", hosts=hosts, problem=first.told())
        more = msg_n("{told}; {number} line more", "{told}; {number} lines more", len(rest), told=told)
        return found.nodes, more if rest else told
    return found.nodes, hosts if found.nodes else msg("no host in the pasted text")
