"""What the operator's own ~/.ssh/config says of the nodes: offered to the node table, never mixed in by itself.

RKE reads no such file (RKE v0.1.18, observed), so what is only there must go into the table.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rancher_tui.install.state import Node


@dataclass(frozen=True, slots=True)
class Offer:
    """For the node at `row` (from 1): fields of its table row that the file would set otherwise, and the host to
    jump through, which is RKE's bastion."""

    row: int
    fields: dict[str, str]
    jump: str = ""


def offers(nodes: Sequence[Node], file: Path | None = None) -> list[Offer]:
    """What the file (default `~/.ssh/config`) has for each node, where it differs from the row (blocking).

    A file that cannot be read, or in part not understood, offers nothing.
    """
    path = file or Path.home() / ".ssh/config"
    found = (_offer(row, node, path) for row, node in enumerate(nodes, 1))
    return [offer for offer in found if offer is not None]


def _offer(row: int, node: Node, path: Path) -> Offer | None:
    from asyncssh.config import ConfigParseError, SSHClientConfig

    try:
        config = SSHClientConfig.load(None, [path], False, False, False, getpass.getuser(), (), node.address, ())
    except (ConfigParseError, OSError, ValueError):
        return None
    keys = config.get("IdentityFile", [])
    told = {
        "address": str(config.get("Hostname", "") or ""),
        "user": str(config.get("User", "") or ""),
        "port": str(config.get("Port", "") or ""),
        "ssh_key_path": str(keys[0]) if isinstance(keys, list) and keys else "",
    }
    fields = {name: value for name, value in told.items() if value and value != getattr(node, name)}
    jump = str(config.get("ProxyJump", "") or "")
    return Offer(row, fields, jump) if fields or jump not in ("", "none") else None
