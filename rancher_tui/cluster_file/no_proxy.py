"""What must never go through an HTTP proxy in this install: the NO_PROXY list."""

from __future__ import annotations

from rancher_tui.install.state import InstallState

_ALWAYS = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104 - an entry of a list, no address to bind
_NAMES = (".svc", ".cluster.local")


def no_proxy(state: InstallState) -> str:
    """The comma-separated list: loopback, the cluster's ranges and names, the hosts, the FQDN, the registry."""
    options = state.options
    entries = [
        *_ALWAYS,
        options.service_cluster_ip_range or "10.43.0.0/16",
        options.cluster_cidr or "10.42.0.0/16",
        *_NAMES,
        *(part for node in state.nodes for part in (node.address, node.internal_address)),
        state.fqdn,
        options.registry.url.partition("/")[0].rpartition(":")[0] or options.registry.url.partition("/")[0],
    ]
    return ",".join(dict.fromkeys(entry for entry in entries if entry))
