"""What can be taken over into the node table, never by itself: what the nodes said, what `~/.ssh/config` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rancher_tui.i18n import Message, msg
from rancher_tui.install import names, paths
from rancher_tui.install.state import InstallState, Node


@dataclass(frozen=True, slots=True)
class Offer:
    """A value for one field of the state: its dotted path, what stands there now, where the value comes from."""

    path: str
    value: str
    now: str
    why: Message

    @property
    def row(self) -> int:
        """The node's row from 1; 0 for what is about the whole install."""
        parts = self.path.split(".")
        return int(parts[1]) + 1 if parts[0] == "nodes" else 0


def offers(state: InstallState, learnt: Mapping[str, Any], config: Path | None = None) -> list[Offer]:
    """Everything on offer (blocking: reads the SSH configuration). `learnt` is a preflight's `facts["nodes"]`."""
    from rancher_tui.nodes.findings import subject_of

    found = [*_of_config(state, config)]
    for number, node in enumerate(state.nodes, 1):
        found += _of_node(number, node, learnt.get(subject_of(number, node), {}))
    taken: dict[str, Offer] = {}
    for offer in found:
        taken.setdefault(offer.path, offer)
    return sorted(taken.values(), key=lambda offer: (offer.row, offer.path))


def _of_config(state: InstallState, config: Path | None) -> Iterator[Offer]:
    from rancher_tui.nodes.ssh_config import offers as configured

    jumps: set[str] = set()
    for offer in configured(state.nodes, config):
        node = state.nodes[offer.row - 1]
        for field, value in offer.fields.items():
            now = str(getattr(node, field))
            yield Offer(f"nodes.{offer.row - 1}.{field}", value, now, msg("~/.ssh/config; rke does not read it"))
        jumps.add(offer.jump)
    jumps -= {"", "none"}
    if len(jumps) == 1 and not state.options.bastion.address:
        yield from _bastion(jumps.pop())


def _bastion(jump: str) -> Iterator[Offer]:
    """`user@host:port` of a ProxyJump with one host as the install's bastion."""
    if "," in jump:
        return
    user, at, place = jump.rpartition("@")
    host, _, port = place.rpartition(":") if place.count(":") == 1 else (place, "", "")
    why = msg("ProxyJump in ~/.ssh/config; rke does not read it")
    given = {"address": host, "user": user if at else "", "port": port}
    for field, value in given.items():
        if value:
            yield Offer(f"options.bastion.{field}", value, "", why)


def _of_node(number: int, node: Node, learnt: Mapping[str, Any]) -> Iterator[Offer]:
    """The inner address where the typed one is not the host's own; its name, which the node gets in Kubernetes."""
    inner, hostname = learnt.get("internal_address"), learnt.get("hostname")
    if isinstance(inner, str) and inner != node.internal_address:
        why = msg("the host's own address; {typed} is none of its interfaces", typed=node.address)
        yield Offer(f"nodes.{number - 1}.internal_address", inner, node.internal_address, why)
    if isinstance(hostname, str) and not node.hostname_override and _names_a_node(hostname, node):
        why = msg("what the host calls itself; without it the node's name is {address}", address=node.address)
        yield Offer(f"nodes.{number - 1}.hostname_override", hostname.lower(), "", why)


def _names_a_node(hostname: str, node: Node) -> bool:
    plain = hostname.lower()
    return names.is_dns_name(plain) and not plain.startswith("localhost") and plain != node.address.lower()


def taken(state: InstallState, chosen: Sequence[Offer]) -> InstallState:
    """The state with the chosen values."""
    for offer in chosen:
        state = paths.put(state, offer.path, offer.value)
    return state
