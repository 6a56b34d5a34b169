"""What an earlier cluster left on a node, what a new run would do with it, and a script that clears it away.

The script is for reading first. It keeps snapshots, touches nothing but what it names, and stops where a step
fails. It is run only node by node, after the node's name was typed.
"""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import Node
from rancher_tui.nodes.bastion import bastion_login
from rancher_tui.nodes.findings import Scribe, subject_of
from rancher_tui.transport.ssh import ConnectSettings, connect
from rancher_tui.transport.ssh_errors import SshError

CHECK = "cleanup"
SNAPSHOTS = "/opt/rke"
MOUNTED = ("/var/lib/kubelet", "/var/lib/rancher")
"""Folders below which containers leave mounts."""


@dataclass(frozen=True, slots=True)
class CleanupPlan:
    """One node's plan: containers to remove, folders to delete, interfaces to take down."""

    name: str
    """What must be typed before it is run."""
    address: str
    containers: tuple[str, ...]
    paths: tuple[str, ...]
    interfaces: tuple[str, ...]
    socket: str
    installed: bool = False
    """The node belongs to the cluster of this very install."""

    def __bool__(self) -> bool:
        return bool(self.containers or self.paths or self.interfaces)

    def consequences(self) -> list[Message]:
        """What `rke up` would do with what is there, in words."""
        words: list[Message] = []
        if self.installed:
            words.append(msg("this is a node of the installed cluster: clearing it destroys its part of it"))
        if "/var/lib/etcd" in self.paths or "etcd" in self.containers:
            words.append(
                msg("etcd would start with the old data and refuse the new certificates (tls: bad certificate)")
            )
        if "/etc/kubernetes" in self.paths:
            words.append(msg("old certificates in /etc/kubernetes would be used by components that find them"))
        if any(name.startswith("k8s_") for name in self.containers):
            words.append(msg("old pods would go on running beside the new ones until kubelet removes them"))
        if any(name in ("kube-apiserver", "kubelet", "etcd") for name in self.containers):
            words.append(
                msg("RKE would take containers of these names for its own of an earlier run, and restart them")
            )
        if self.interfaces:
            words.append(
                msg("pods would get addresses of the old network ({names})", names=", ".join(self.interfaces))
            )
        if SNAPSHOTS in self.paths:
            words.append(
                msg("snapshots of the old cluster lie in {folder}; they are copied first", folder=SNAPSHOTS)
            )
        return words

    def script(self) -> str:
        """The plan as a POSIX sh script for root on that node."""
        quoted = [shlex.quote(name) for name in self.containers]
        lines = [
            "#!/bin/sh",
            f"# Clears what an earlier cluster left on {_comment(self.name)}. For root, on that node only.",
            "set -eu",
            f"DOCKER_HOST={shlex.quote('unix://' + self.socket)}; export DOCKER_HOST",
        ]
        if SNAPSHOTS in self.paths:
            lines += [
                "# Snapshots first: without this copy, and one that is the same, nothing is deleted.",
                'kept="$HOME/rke-snapshots-$(date -u +%Y%m%dT%H%M%SZ)"',
                f'cp -a {SNAPSHOTS} "$kept"',
                f'diff -r {SNAPSHOTS} "$kept"',
                f'echo "Snapshots of {SNAPSHOTS} are copied to $kept"',
            ]
        if quoted:
            lines += [
                "# Containers of the old cluster, and their own volumes.",
                f"docker rm -f -v -- {' '.join(quoted)}",
            ]
        mounts = [path for path in self.paths if path in MOUNTED]
        if mounts:
            pattern = "|".join(mounts)
            lines += [
                "# Mounts that pods left, the deepest first.",
                f"awk '$2 ~ \"^({pattern})/\" {{print $2}}' /proc/mounts | sort -r |",
                '    while read -r place; do umount "$place"; done',
            ]
        lines += [f"rm -rf --one-file-system {shlex.quote(path)}" for path in self.paths]
        lines += [f"ip link delete {shlex.quote(name)} 2>/dev/null || true" for name in self.interfaces]
        lines += ["echo 'Done. Reboot this node: that clears the packet filter rules of the old cluster.'"]
        return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    """A name that stays within its comment line."""
    return "".join(character if character.isprintable() else "?" for character in text)


def plan(node: Node, learnt: Mapping[str, Any], installed: bool = False) -> CleanupPlan:
    """The plan from what a preflight learnt of a node (`facts["nodes"][subject]`)."""
    return CleanupPlan(
        node.hostname_override or node.address,
        node.address,
        tuple(learnt.get("containers", ())),
        tuple(learnt.get("leftover_paths", ())),
        tuple(learnt.get("leftover_interfaces", ())),
        node.docker_socket or "/var/run/docker.sock",
        installed,
    )


async def clean(
    rows: Sequence[tuple[int, Node, CleanupPlan]], settings: ConnectSettings, facts: dict[str, Any]
) -> AsyncIterator[Finding]:
    """Run plans, one node after the other, the next only when the last went well; only after each name was typed.

    As root, or by sudo where that asks nothing. `facts["cleanup"]` gets what each said.
    """
    said: dict[str, Any] = facts.setdefault("cleanup", {})
    for number, node, wanted in rows:
        target = settings.target(node)
        scribe = Scribe(subject_of(number, node), target, CHECK)
        try:
            async with bastion_login(settings) as through, connect(target, settings, through) as login:
                command = 'if [ "$(id -u)" = 0 ]; then sh -s; else sudo -n sh -s; fi'
                ran = await login.run(f"sh -c {shlex.quote(command)}", wanted.script().encode(), 300)
        except SshError as error:
            yield scribe.broken(error)
            return
        output = (ran.stdout + ran.stderr).decode("utf-8", "replace")
        said[scribe.subject] = output
        if ran.exit_status != 0:
            yield scribe.bad(
                "cleanup-failed",
                "N36",
                msg("the clean-up stopped half-way"),
                msg("read what it said; run the script there by hand as root"),
                msg("{said}", said=(output.strip().splitlines() or ["-"])[-1]),
                output=output[-2000:],
                exit_status=ran.exit_status,
            )
            return
        yield scribe.good("cleaned", "N36", msg("cleared; reboot it"), output=output[-2000:])
