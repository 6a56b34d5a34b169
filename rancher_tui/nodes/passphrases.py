"""Keys that need a passphrase before a node can be asked anything. It is held in memory, by whoever asked."""

from __future__ import annotations

from collections.abc import Sequence

from rancher_tui.install.state import Node
from rancher_tui.transport.ssh import ConnectSettings, load_key
from rancher_tui.transport.ssh_errors import Rung, SshError


def locked(nodes: Sequence[Node], settings: ConnectSettings) -> list[str]:
    """The keys, by their path as typed, that `settings.passphrases` does not open yet (blocking).

    With an agent none is asked for; RKE itself cannot use such a key without one.
    """
    bastion = settings.bastion_target()
    targets = [*([bastion] if bastion else []), *map(settings.target, nodes)]
    found: dict[str, None] = {}
    for target in dict.fromkeys(targets):
        if target.agent:
            continue
        try:
            load_key(target, settings)
        except SshError as error:
            if error.rung is Rung.KEY_ENCRYPTED:
                found[str(error.evidence["path"])] = None
    return list(found)
