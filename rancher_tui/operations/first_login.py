"""What to do once Rancher is up: the first login, then what must not be put off.

Rancher v2.0 begins with user `admin`, password `admin`, and asks for a new one at once, then for its own address
(server-url).
"""

from __future__ import annotations

from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import InstallState


def first_login(state: InstallState) -> list[Message]:
    """The lines, in the order in which things are done."""
    name, port = state.fqdn.strip(), state.balancer.https_port.strip()
    address = name if port in ("", "443") else f"{name}:{port}"
    etcd = state.etcd
    lines = [
        msg("Open https://{name} in a browser that trusts the certificate's CA.", name=address),
        msg(
            "Log in as admin with the password admin and give the new one that Rancher asks for, now:"
            " until then everyone who reaches this address is administrator."
        ),
        msg("Confirm the server URL https://{name}; every cluster will use it to reach Rancher.", name=address),
        msg("Step 12: copy the kubeconfig and the cluster file (and the state file) to another machine."),
    ]
    if etcd.enabled:
        text = msg(
            "etcd is told to keep snapshots in /opt/rke/etcd-snapshots; look on each node, copy them elsewhere."
        )
    else:
        text = msg("No etcd snapshots are taken: switch them on (options), export and run again.")
    return [
        *lines,
        text,
        msg("rke etcd snapshot-save --config rancher-cluster.yml --name NAME takes one by hand.").or_key(
            "rke etcd snapshot-save --config rancher-cluster.yml --name NAME takes one by hand"
            " ({key:shell} opens a shell)."
        ),
        msg("Then create clusters: Global, Add Cluster. Their nodes must reach https://{name} too.", name=address),
    ]
