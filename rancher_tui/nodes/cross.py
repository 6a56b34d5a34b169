"""What only shows when nodes are held side by side (X01, N26-N28, N42): pure functions of their cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from statistics import median

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.judge_system import docker_info
from rancher_tui.nodes.read import Link, addresses, is_address, limits, links, macs, os_release, version_of

HERE = "this machine"
ALL = "all nodes"


CODES = frozenset(
    {
        *("clock-skew", "identities", "same-host", "same-hostname", "same-machine-id", "same-product-uuid"),
        *("same-mac", "docker-differs", "os-differs", "mtu-differs", "balancer-is-node"),
    }
)
"""All codes of this module: when nodes are held side by side anew, all that was told before is void."""


def judge_together(cases: Sequence[Case]) -> Iterator[Finding]:
    """All of this module."""
    yield from judge_clocks(cases)
    yield from judge_identities(cases)
    yield from judge_sameness(cases)
    yield from judge_balancer_apart(cases)


def judge_clocks(cases: Sequence[Case]) -> Iterator[Finding]:
    """Every clock, ours too, against the median: RKE makes certificates here that the nodes must find valid."""
    for case in cases:
        if case.gathered.skew is None:
            yield case.unseen("clock-skew", "N28", msg("the host's time is not known"), "clock")
    known = [(case, *case.gathered.skew) for case in cases if case.gathered.skew is not None]
    if not known:
        return
    middle = median([0.0, *(skew for _, skew, _ in known)]) if len(known) > 1 else 0.0
    for case, skew, doubt in known:
        yield _clock(case.scribe, skew - middle, doubt)
    if len(known) > 1:
        yield _clock(Scribe(HERE), -middle, max(doubt for _, _, doubt in known))


def _clock(scribe: Scribe, off: float, doubt: float) -> Finding:
    bounds = limits()["clock_seconds"]
    surely = max(0.0, abs(off) - doubt)
    status = (
        Status.FAIL
        if surely > bounds["fail_above"]
        else Status.WARN
        if surely > bounds["warn_above"]
        else Status.PASS
    )
    return scribe.write(
        status,
        "clock-skew",
        "N28",
        msg("its clock is {seconds} s off", seconds=f"{off:+.1f}")
        if status is not Status.PASS
        else msg("its clock agrees"),
        msg("timedatectl set-ntp true; chronyc makestep") if status is not Status.PASS else EMPTY,
        msg("certificates would not be valid yet, or etcd members disagree")
        if status is not Status.PASS
        else EMPTY,
        seconds=round(off, 3),
        doubt=round(doubt, 3),
    )


def judge_identities(cases: Sequence[Case]) -> Iterator[Finding]:
    """Names and identities that a cloned machine shares with its origin; a row that is another row's very host."""
    first: dict[tuple[str, str], int] = {}
    for index, case in enumerate(cases):
        shared: dict[str, tuple[int, str]] = {}
        for code, _, read in _IDENTITIES:
            for value in sorted(read(case)):
                origin = first.setdefault((code, value), index)
                if origin != index:
                    shared.setdefault(code, (origin, value))
        yield from _told(case, cases, shared)
    if len(cases) > 1:
        yield Scribe(ALL).good("identities", "X01", msg("names and identities were compared"), nodes=len(cases))


def _told(case: Case, cases: Sequence[Case], shared: dict[str, tuple[int, str]]) -> Iterator[Finding]:
    if {"same-machine-id", "same-mac"} <= shared.keys():
        origin = cases[shared["same-mac"][0]]
        yield case.grade(
            Status.WARN if _on_loopback(case) and _on_loopback(origin) else Status.FAIL,
            "same-host",
            "X01",
            msg("is the same machine as {other}", other=origin.scribe.subject),
            msg("give each node the address of its own host"),
            shared={code: value for code, (_, value) in shared.items()},
        )
        return
    for code, what, _ in _IDENTITIES:
        if code in shared:
            origin, value = cases[shared[code][0]], shared[code][1]
            yield _shared(case, origin, code, value, what)


def _on_loopback(case: Case) -> bool:
    """True for an address of this machine itself, which can only be meant for practice."""
    address = case.node.address
    return is_address(address) and ip_address(address).is_loopback


def _one_kernel(case: Case, earlier: Case) -> bool:
    """True for two nodes that run on one kernel: containers of one machine, which share its identity."""
    boots = {(each.gathered.text("boot-id") or "").strip() for each in (case, earlier)}
    return len(boots) == 1 and "" not in boots


def _shared(case: Case, earlier: Case, code: str, value: str, what: Message) -> Finding:
    one_kernel = code == "same-machine-id" and _one_kernel(case, earlier)
    mild = code == "same-product-uuid" or one_kernel
    return case.grade(
        Status.WARN if mild else Status.FAIL,
        code,
        "N26" if code == "same-hostname" else "N27",
        msg("has the {what} of {other}: {value}", what=what, other=earlier.scribe.subject, value=value[:64]),
        _REMEDIES[code],
        msg("they run on one kernel: containers of one machine share this") if one_kernel else EMPTY,
        value=value,
    )


_REMEDIES = {
    "same-hostname": msg("hostnamectl set-hostname ANOTHER-NAME"),
    "same-machine-id": msg("rm /etc/machine-id; systemd-machine-id-setup; reboot"),
    "same-product-uuid": msg("give the virtual machine a UUID of its own"),
    "same-mac": msg("give the virtual machine's network card an address of its own"),
}


def _one(fact: str) -> Callable[[Case], set[str]]:
    return lambda case: {(case.gathered.text(fact) or "").strip().lower()} - {""}


def _outer_macs(case: Case) -> set[str]:
    found = macs(case.gathered.text("links") or "")
    return {mac for name, mac in found.items() if not Link(name, frozenset(), 0).inner} - {"00:00:00:00:00:00"}


_IDENTITIES: tuple[tuple[str, Message, Callable[[Case], set[str]]], ...] = (
    ("same-hostname", msg("host name"), _one("hostname")),
    ("same-machine-id", msg("machine-id"), _one("machine-id")),
    ("same-product-uuid", msg("product UUID"), _one("product-uuid")),
    ("same-mac", msg("hardware address"), _outer_macs),
)


def judge_sameness(cases: Sequence[Case]) -> Iterator[Finding]:
    """Docker, system and packet size should not differ between the nodes of one cluster."""
    traits: tuple[tuple[str, Message, Callable[[Case], str]], ...] = (
        ("docker-differs", msg("Docker"), _docker),
        ("os-differs", msg("systems"), _system),
        ("mtu-differs", msg("packet sizes"), _mtu),
    )
    for code, what, read in traits:
        seen = {case.scribe.subject: value for case in cases if (value := read(case))}
        if len(set(seen.values())) > 1:
            yield Scribe(ALL).warn(
                code,
                "N42" if code == "mtu-differs" else "X01",
                msg("{what} differ: {values}", what=what, values=", ".join(sorted(set(seen.values())))),
                msg("make them the same on all nodes"),
                values=seen,
            )


def _docker(case: Case) -> str:
    told = str(docker_info(case).get("ServerVersion") or (case.gathered.text("docker-server") or ""))
    version = version_of(told)
    return f"{version[0]}.{version[1]:02d}" if version else ""


def _system(case: Case) -> str:
    release = os_release(case.gathered.text("os") or "")
    return (release.get("ID_LIKE", "").split() or [release.get("ID", "")])[0].lower()


def _mtu(case: Case) -> str:
    outer = [
        link.mtu for link in links(case.gathered.text("links") or "") if not link.inner and "UP" in link.flags
    ]
    return str(min(outer)) if outer else ""


def judge_balancer_apart(cases: Sequence[Case]) -> Iterator[Finding]:
    """The load balancer wants port 80 and 443 of its host for itself, and so does the ingress of every node."""
    for case in cases:
        own = {address for _, address in addresses(case.gathered.text("addresses") or "")}
        own |= {case.node.address, case.node.internal_address}
        shared = own & set(case.expected.balancer_addresses) - {""}
        if shared:
            yield case.grade(
                Status.FAIL,
                "balancer-is-node",
                "X01",
                msg("the load balancer's address {address} is this node's", address=min(shared)),
                msg("put the load balancer on a host of its own"),
            )
