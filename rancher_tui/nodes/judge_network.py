"""Names, time, addresses, routes, and what a node reaches outside (N26, N29, N38, N39, N42-N47, N50)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.judge_system import docker_info
from rancher_tui.nodes.read import (
    Link,
    addresses,
    ip_addresses,
    is_address,
    limits,
    links,
    named,
    nameservers,
    network,
    routes,
    web_status,
)

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def judge_network(case: Case) -> Iterator[Finding]:
    """All of this module."""
    yield judge_hostname(case)
    yield judge_time_service(case)
    yield from judge_addresses(case)
    yield from judge_overlaps(case)
    yield from judge_mtu(case)
    yield judge_resolver(case)
    yield from judge_reach(case)
    yield from judge_proxy(case)
    if case.expected.audit_folder:
        yield judge_audit_folder(case)


def judge_hostname(case: Case) -> Finding:
    """Kubelet takes the host's own name into certificates and events; RFC 1123, lower case."""
    name = (case.gathered.text("hostname") or "").strip()
    if not name and case.gathered.get("hostname") is None:
        return case.unseen("hostname", "N26", msg("the host's name is not known"), "hostname")
    nameless = name in ("", "localhost", "localhost.localdomain", "(none)")
    fits = not nameless and len(name) <= 253 and _HOSTNAME.fullmatch(name) is not None
    status = Status.FAIL if nameless else Status.PASS if fits else Status.WARN
    return case.grade(
        status,
        "hostname",
        "N26",
        msg("the host is called {name}", name=name or "-"),
        EMPTY if fits else msg("hostnamectl set-hostname NAME: lower-case letters, digits, - and ."),
        full=(case.gathered.text("full-hostname") or "").strip(),
    )


def judge_time_service(case: Case) -> Finding:
    """Any of systemd, chrony and ntpd may say that the clock is kept; where none can be asked, one must run."""
    told: dict[str, bool] = {}
    if (said := case.gathered.text("time-service")) is not None:
        match = re.search(r"(?:System clock synchronized|NTP synchronized):\s*(\w+)", said)
        if match:
            told["timedatectl"] = match[1] == "yes"
    if (said := case.gathered.text("chrony")) is not None:
        told["chrony"] = "Leap status" in said and "Not synchronised" not in said
    if (said := case.gathered.text("ntp")) is not None:
        told["ntpd"] = any(line.startswith("*") for line in said.splitlines())
    programs = (case.gathered.text("programs") or "").split()
    if not told and programs:
        told["program"] = any(named(name, limits()["time_programs"]) for name in programs)
    if not told:
        return case.unseen("time-sync", "N29", msg("whether its clock is kept is not known"), "time-service")
    kept = any(told.values())
    return case.grade(
        Status.PASS if kept else Status.WARN,
        "time-sync",
        "N29",
        msg("its clock is kept by a time server") if kept else msg("its clock is kept by no time server"),
        EMPTY if kept else msg("timedatectl set-ntp true; or install chrony"),
        told=told,
    )


def judge_addresses(case: Case) -> Iterator[Finding]:
    """The addresses of the node table are the host's own; several networks call for a choice."""
    text = case.gathered.text("addresses")
    if text is None:
        yield case.unseen("own-address", "N38", msg("the host's addresses are not known"), "addresses")
        return
    pairs = addresses(text)
    own = [address for _, address in pairs]
    reached = case.node.address if is_address(case.node.address) else case.peer
    inner = case.node.internal_address
    if inner and is_address(inner) and inner not in own and not _loopback(inner):
        yield case.grade(
            Status.FAIL,
            "own-address",
            "N38",
            msg("{address} is no address of this host", address=inner),
            msg("set internal_address to one of: {own}", own=", ".join(own[:6]) or "-"),
            own=own,
        )
        return
    if not inner and reached and reached not in own and not _loopback(reached):
        yield case.grade(
            Status.WARN,
            "own-address",
            "N38",
            msg("{address} is reached by translation; the host does not have it", address=reached),
            msg("set internal_address to one of: {own}", own=", ".join(own[:6]) or "-"),
            own=own,
        )
        return
    outer = [
        (name, address)
        for name, address in pairs
        if not Link(name, frozenset(), 0).inner and ipaddress.ip_address(address).version == 4
    ]
    several = not inner and len({name for name, _ in outer}) > 1
    yield case.grade(
        Status.WARN if several else Status.PASS,
        "own-address",
        "N38",
        msg("several networks: {names}", names=", ".join(f"{name} {address}" for name, address in outer[:4]))
        if several
        else msg("the address is the host's own"),
        msg("set internal_address (and canal_iface) to the network between the nodes") if several else EMPTY,
        own=own,
    )


def _loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def judge_overlaps(case: Case) -> Iterator[Finding]:
    """Pods' and services' networks must be nowhere else. Routes of the cluster's own interfaces do not count."""
    text = case.gathered.text("routes")
    if text is None:
        yield case.unseen("cidr-overlap", "N39", msg("the host's routes are not known"), "routes")
        return
    known = [(net, device) for net, device in routes(text) if not _of_cluster(device)]
    clashes: list[tuple[Status, str]] = []
    for wanted in (case.expected.cluster_cidr, case.expected.service_cidr):
        ours = network(wanted)
        for net, device in known:
            if ours is None or net.version != ours.version or not net.overlaps(ours):
                continue
            wider = net.prefixlen < ours.prefixlen and not _lives_in(case, wanted)
            clashes.append((Status.WARN if wider else Status.FAIL, f"{net} {device} / {wanted}".strip()))
    for net, device in known:
        twin = next((other for other, name in known if name != device and other.overlaps(net)), None)
        if device.startswith("docker") and twin:
            clashes.append((Status.WARN, f"{net} {device} / {twin}"))
    if not clashes:
        yield case.good("cidr-overlap", "N39", msg("the networks of pods and services are nowhere else"))
        return
    status = Status.FAIL if any(each is Status.FAIL for each, _ in clashes) else Status.WARN
    yield case.grade(
        status,
        "cidr-overlap",
        "N39",
        msg("networks overlap: {clash}", clash=clashes[0][1]),
        msg("choose other ranges: cluster_cidr, service_cluster_ip_range, or Docker's bip"),
        overlaps=[text for _, text in clashes],
    )


def _of_cluster(device: str) -> bool:
    return re.fullmatch(r"flannel.*|cni.*|cali.*|tunl.*|kube-.*|weave.*", device) is not None


def _lives_in(case: Case, wanted: str) -> bool:
    ours = network(wanted)
    own = [address for _, address in addresses(case.gathered.text("addresses") or "")]
    return ours is not None and any(ipaddress.ip_address(address) in ours for address in own)


def judge_mtu(case: Case) -> Iterator[Finding]:
    """Packets of pods travel wrapped in UDP: 50 bytes less than the interface takes."""
    outer = [link for link in links(case.gathered.text("links") or "") if not link.inner and "UP" in link.flags]
    if not outer:
        yield case.unseen("mtu", "N42", msg("the size of its packets is not known"), "links")
        return
    least = min(outer, key=lambda link: link.mtu)
    small = least.mtu < limits()["mtu"]["warn_below"]
    yield case.grade(
        Status.WARN if small else Status.PASS,
        "mtu",
        "N42",
        msg("{name} takes packets of {mtu} bytes", name=least.name, mtu=least.mtu),
        msg("ip link set {name} mtu 1500, if its network takes that", name=least.name) if small else EMPTY,
        mtus={link.name: link.mtu for link in outer},
    )


def judge_resolver(case: Case) -> Finding:
    """A resolver on loopback cannot be reached from pods."""
    text = case.gathered.text("resolver")
    if text is None:
        return case.unseen("resolver", "N43", msg("its name servers are not known"), "resolver")
    servers = nameservers(text)
    outside = [server for server in servers if not is_address(server) or not _loopback(server)]
    if outside:
        return case.good("resolver", "N43", msg("name servers: {servers}", servers=", ".join(servers[:3])))
    return case.grade(
        Status.WARN,
        "resolver",
        "N43",
        msg("its name server is on loopback: pods cannot ask it") if servers else msg("no name server"),
        msg("name real ones in /etc/resolv.conf, or give kubelet --resolv-conf=/run/systemd/resolve/resolv.conf"),
        servers=servers,
    )


def judge_reach(case: Case) -> Iterator[Finding]:
    """The FQDN, the load balancer and the registry, as seen from the node; these may still be to come."""
    fqdn = case.expected.fqdn
    if fqdn and (said := case.gathered.get("fqdn")):
        found = ip_addresses(said.text) if said.good else []
        wanted = set(case.expected.balancer_addresses)
        fits = bool(found) and (not wanted or set(found) <= wanted)
        yield case.grade(
            Status.PASS if fits else Status.WARN,
            "fqdn-from-node",
            "N44",
            msg("{fqdn} is {addresses} here", fqdn=fqdn, addresses=", ".join(found[:3]) or "-")
            if found
            else msg("the node cannot resolve {fqdn}", fqdn=fqdn),
            EMPTY if fits else msg("getent ahostsv4 {fqdn}; it must be the load balancer's address", fqdn=fqdn),
            found=found,
            expected=sorted(wanted),
        )
        if found and (answer := case.gathered.get("balancer")):
            status = web_status(answer.text)
            yield case.grade(
                Status.PASS if status else Status.WARN,
                "balancer-from-node",
                "N45",
                msg("the load balancer answers the node")
                if status
                else msg("the node does not reach https://{fqdn}", fqdn=fqdn),
                EMPTY
                if status
                else msg("curl -vk https://{fqdn}/ping; agents must reach it from here", fqdn=fqdn),
                http_status=status,
            )
    if case.expected.registry and (answer := case.gathered.get("registry")):
        yield _registry(case, web_status(answer.text), answer.missing)


def _registry(case: Case, status: int | None, untold: bool) -> Finding:
    registry = case.expected.registry
    proxy = docker_info(case).get("HttpsProxy") or docker_info(case).get("HttpProxy")
    if untold:
        return case.unseen(
            "registry-from-node",
            "N46",
            msg("whether it reaches {registry} is not known", registry=registry),
            "registry",
        )
    if status or proxy:
        return case.good(
            "registry-from-node", "N46", msg("the registry is reached"), http_status=status, proxy=proxy
        )
    return case.grade(
        Status.WARN,
        "registry-from-node",
        "N46",
        msg("the node does not reach {registry}", registry=registry),
        msg(
            "curl -sI https://{registry}/v2/ (401 is well); or a private registry, or a proxy for Docker",
            registry=registry,
        ),
    )


def judge_proxy(case: Case) -> Iterator[Finding]:
    """A proxy of the engine must leave the cluster's own networks alone."""
    info = docker_info(case)
    proxy = str(info.get("HttpProxy") or info.get("HttpsProxy") or "")
    if not proxy:
        return
    spared = [part.strip() for part in str(info.get("NoProxy") or "").split(",") if part.strip()]
    needed = [
        case.node.internal_address or case.node.address,
        case.expected.cluster_cidr,
        case.expected.service_cidr,
    ]
    missing = [wanted for wanted in needed if wanted and not any(_covers(part, wanted) for part in spared)]
    yield case.grade(
        Status.WARN if missing else Status.PASS,
        "docker-proxy",
        "N47",
        msg("Docker's proxy is not told to spare {missing}", missing=", ".join(missing))
        if missing
        else msg("Docker uses a proxy, and spares the cluster"),
        msg("NO_PROXY in the Docker unit: add {missing}", missing=",".join(missing)) if missing else EMPTY,
        no_proxy=spared,
    )


def _covers(part: str, wanted: str) -> bool:
    """True when an entry of NO_PROXY holds an address, a range or a name."""
    if part in ("*", wanted) or (part.startswith(".") and wanted.endswith(part)):
        return True
    outer, inner = network(part), network(wanted)
    if outer is None or inner is None or outer.version != inner.version:
        return False
    return inner.network_address in outer and inner.broadcast_address in outer


def judge_audit_folder(case: Case) -> Finding:
    """The audit log's folder must exist on the host where the Rancher pod mounts it as a directory."""
    folder = case.expected.audit_folder
    said = case.gathered.get("audit-folder")
    there = bool(said and said.good and said.text.startswith("d"))
    return case.grade(
        Status.PASS if there else Status.FAIL,
        "audit-folder",
        "N50",
        msg("{folder} is there", folder=folder) if there else msg("there is no folder {folder}", folder=folder),
        EMPTY if there else msg("mkdir -p {folder}", folder=folder),
    )
