"""What was learnt of a node, as plain data: offered to the node table and to whoever fits versions together."""

from __future__ import annotations

from typing import Any

from rancher_tui.nodes.case import Case
from rancher_tui.nodes.judge_clean import leftovers
from rancher_tui.nodes.judge_system import docker_info
from rancher_tui.nodes.ladder import Reached, docker_version
from rancher_tui.nodes.read import Link, addresses, disks, is_address, macs, meminfo_kib, os_release


def learnt_of(case: Case, reached: Reached) -> dict[str, Any]:
    """Address and port as typed; docker, system, size, addresses, an inner address to offer; else null."""
    gathered = case.gathered
    release = os_release(gathered.text("os") or "")
    kernel = (gathered.text("kernel") or "").split()
    cpus = (gathered.text("cpus") or "").strip()
    own = [(name, address) for name, address in addresses(gathered.text("addresses") or "")]
    left = leftovers(gathered)
    return {
        "address": case.node.address,
        "port": case.node.port,
        "user": case.user or None,
        "docker_version": docker_version(reached, gathered) or None,
        "docker_root": docker_info(case).get("DockerRootDir"),
        "os": release.get("ID"),
        "os_version": release.get("VERSION_ID"),
        "os_name": release.get("PRETTY_NAME"),
        "kernel": kernel[1] if len(kernel) > 2 else None,
        "architecture": kernel[-1] if len(kernel) > 2 else None,
        "cpus": int(cpus) if cpus.isascii() and cpus.isdigit() else None,
        "memory_kib": meminfo_kib(gathered.text("memory") or ""),
        "disks": [[disk.mount, disk.size, disk.free] for disk in disks(_said(case, "disk"))],
        "hostname": (gathered.text("hostname") or "").strip() or None,
        "addresses": [list(pair) for pair in own],
        "macs": macs(gathered.text("links") or ""),
        "internal_address": _inner(case, own),
        "clock_skew_s": round(gathered.skew[0], 3) if gathered.skew else None,
        "containers": list(left.containers) if left else [],
        "leftover_paths": list(left.paths) if left else [],
        "leftover_interfaces": list(left.interfaces) if left else [],
    }


def _said(case: Case, fact: str) -> str:
    said = case.gathered.get(fact)
    return said.text if said else ""


def _inner(case: Case, own: list[tuple[str, str]]) -> str | None:
    """An address to offer as internal_address: where the typed one is not the host's own, its first IPv4 one."""
    typed = case.node.address
    mine = [address for name, address in own if not Link(name, frozenset(), 0).inner and ":" not in address]
    if case.node.internal_address or not is_address(typed) or typed in mine or not mine:
        return None
    return mine[0]
