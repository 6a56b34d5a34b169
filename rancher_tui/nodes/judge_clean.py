"""What is in the way of a new cluster: listening programs, and what an earlier cluster left behind (N35-N37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.install.state import ROLES
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.gather import Gathered
from rancher_tui.nodes.read import Listener, limits, links, listeners, named


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What an earlier cluster left: containers, paths, interfaces."""

    containers: tuple[str, ...]
    paths: tuple[str, ...]
    interfaces: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.containers or self.paths or self.interfaces)


def leftovers(gathered: Gathered) -> Leftovers | None:
    """What was found; None when it could not be looked for."""
    table = limits()["leftovers"]
    said = gathered.get("leftovers")
    if said is None or said.missing:
        return None
    containers = [name.strip() for name in (gathered.text("containers") or "").splitlines()]
    return Leftovers(
        tuple(name for name in containers if named(name, table["containers"])),
        tuple(line.strip() for line in said.text.splitlines() if line.strip() in table["paths"]),
        tuple(link.name for link in links(gathered.text("links") or "") if named(link.name, table["interfaces"])),
    )


def judge_clean(case: Case) -> Iterator[Finding]:
    """Leftovers first: what then listens is their consequence. A node of an installed cluster is not judged so."""
    left = leftovers(case.gathered)
    if left is None:
        yield case.unseen(
            "leftovers", "N36", msg("whether an earlier cluster left something is not known"), "leftovers"
        )
        yield from judge_ports(case)
        return
    if case.expected.installed:
        yield case.good("leftovers", "N36", msg("part of the installed cluster"), containers=list(left.containers))
        return
    if left:
        yield case.grade(
            Status.FAIL,
            "leftovers",
            "N36",
            msg("an earlier cluster left {what}", what=_sample(left)),
            msg("rancher-tui cleanup SESSION shows a plan; it copies snapshots in /opt/rke first").or_key(
                "{key:clear-host} on step 1 shows a plan; it copies snapshots in /opt/rke first"
            ),
            msg("old certificates and etcd data make a new cluster fail (tls: bad certificate)"),
            containers=list(left.containers),
            paths=list(left.paths),
            interfaces=list(left.interfaces),
        )
        if left.containers:
            return
    else:
        told = case.gathered.get("containers") is not None
        title = (
            msg("nothing of an earlier cluster") if told else msg("no folder or interface of an earlier cluster")
        )
        yield case.good("leftovers", "N36", title, containers_seen=told)
    if not left.interfaces and case.gathered.text("links") is not None:
        yield case.good("interfaces", "N37", msg("no interface of an earlier cluster"))
    yield from judge_ports(case)


def _sample(left: Leftovers) -> str:
    names = [*left.containers, *left.paths, *left.interfaces]
    return ", ".join(names[:3]) + (f" (+{len(names) - 3})" if len(names) > 3 else "")


def judge_ports(case: Case) -> Iterator[Finding]:
    """The ports of this node's roles must be free."""
    said = case.gathered.text("listening")
    if said is None:
        yield case.unseen("ports-in-use", "N35", msg("which ports are in use is not known"), "listening")
        return
    table = limits()["ports"]
    taken = [each for each in listeners(said) if each.port in _ports(case, each, table)]
    if not taken:
        yield case.good("ports-in-use", "N35", msg("the ports of a node are free"))
        return
    first = taken[0]
    yield case.grade(
        Status.FAIL,
        "ports-in-use",
        "N35",
        msg("in use: {ports}", ports=", ".join(dict.fromkeys(map(_shown, taken)))),
        msg("ss -ltunp 'sport = :{port}'; stop that program, or move it to another host", port=first.port),
        msg("{port} is for {component}", port=first.port, component=table[first.protocol][first.port]),
        listeners=[[each.protocol, each.address, each.port, each.program] for each in taken],
    )


def _ports(case: Case, listener: Listener, table: dict[str, dict[int, str]]) -> set[int]:
    roles = case.node.roles or ROLES
    others = {port for role, ports in limits()["role_ports"].items() if role not in roles for port in ports}
    return set(table[listener.protocol]) - others


def _shown(listener: Listener) -> str:
    program = f" ({listener.program})" if listener.program else ""
    return f"{listener.port}/{listener.protocol}{program}"
