"""Kernel settings, modules, packet filter, mandatory access control (N21-N25, N30-N34)."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.gather import NOT_ASKED
from rancher_tui.nodes.judge_system import docker_info
from rancher_tui.nodes.read import limits, named, settings

OPEN_PORTS = "22,80,443,2376,2379,2380,6443,9099,10250,10254/tcp 8472/udp 30000-32767"


def judge_kernel(case: Case) -> Iterator[Finding]:
    """All of this module."""
    yield from judge_settings(case)
    yield from judge_modules(case)
    yield from judge_packet_filter(case)
    yield judge_selinux(case)
    yield from judge_services(case)


def judge_settings(case: Case) -> Iterator[Finding]:
    """Bridged packets must meet iptables; forwarding must be on."""
    said = case.gathered.get("settings")
    known = settings(said.text) if said else {}
    bridge = known.get("net.bridge.bridge-nf-call-iptables")
    if bridge is None and not known:
        yield case.unseen("bridge-netfilter", "N21", msg("kernel settings are not known"), "settings")
        return
    if bridge == "1":
        yield case.good("bridge-netfilter", "N21", msg("bridged packets meet iptables"))
    else:
        yield case.grade(
            Status.WARN if bridge is None else Status.FAIL,
            "bridge-netfilter",
            "N21",
            msg("br_netfilter is not loaded") if bridge is None else msg("bridged packets pass by iptables"),
            msg("modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1; keep it in /etc/sysctl.d"),
            value=bridge,
        )
    forward = known.get("net.ipv4.ip_forward")
    on = forward == "1"
    yield case.grade(
        Status.PASS if on else Status.WARN,
        "ip-forward",
        "N22",
        msg("packets are forwarded") if on else msg("packets are not forwarded"),
        EMPTY if on else msg("sysctl -w net.ipv4.ip_forward=1 (Docker sets it when it starts)"),
        value=forward,
    )
    off = known.get("net.ipv6.conf.all.disable_ipv6")
    if off is not None:
        yield case.good("ipv6", "N25", msg("IPv6 is off") if off == "1" else msg("IPv6 is on"), value=off)


def judge_modules(case: Case) -> Iterator[Finding]:
    """What Docker, kube-proxy, canal need: loaded, built in, or there to be loaded."""
    loaded = case.gathered.text("modules-loaded")
    there = {
        line.removeprefix("/").removesuffix(".ko") for line in (case.gathered.text("modules-known") or "").split()
    }
    built = {
        line.removeprefix("CONFIG_").removesuffix("=y")
        for line in (case.gathered.text("kernel-config") or "").split()
    }
    there = {name for name in there if "/" not in name and ":" not in name}
    there |= {name for name, option in limits()["modules"]["options"].items() if option in built}
    if loaded is None and not there:
        yield case.unseen("kernel-modules", "N23", msg("the kernel's modules are not known"), "modules-loaded")
    else:
        have = there | {line.split()[0] for line in (loaded or "").splitlines() if line.strip()} | _proven(case)
        yield _missing_modules(case, have)
    yield from _iptables_backend(case)


def _proven(case: Case) -> set[str]:
    """Modules that must be there since what they do is seen to work."""
    found: set[str] = set()
    said = case.gathered.get("settings")
    if said and "net.bridge.bridge-nf-call-iptables" in settings(said.text):
        found.add("br_netfilter")
    if docker_info(case).get("Driver") in ("overlay", "overlay2"):
        found.add("overlay")
    return found


def _missing_modules(case: Case, have: set[str]) -> Finding:
    table = limits()["modules"]
    filtered = set(table["iptables"]) if "nf_tables" in (case.gathered.text("iptables") or "") else set()
    needed = [name for name in table["needed"] if name not in have and name not in filtered]
    wanted = [name for name in table["wanted"] if name not in have and name not in filtered]
    missing = [*needed, *wanted]
    if not missing:
        return case.good("kernel-modules", "N23", msg("all kernel modules are there"))
    return case.grade(
        Status.FAIL if needed else Status.WARN,
        "kernel-modules",
        "N23",
        msg("kernel modules are missing: {names}", names=", ".join(missing[:6])),
        msg("modprobe {name}; install the kernel's extra modules package", name=missing[0]),
        missing=missing,
    )


def _iptables_backend(case: Case) -> Iterator[Finding]:
    said = case.gathered.text("iptables")
    if said is None:
        yield case.unseen("iptables-backend", "N24", msg("the version of iptables is not known"), "iptables")
        return
    minor = case.expected.kubernetes_minor
    mixed = "nf_tables" in said and (minor is None or minor < limits()["nft_since_kubernetes"])
    yield case.grade(
        Status.WARN if mixed else Status.PASS,
        "iptables-backend",
        "N24",
        msg("{version}", version=said.strip()[:60]),
        msg("update-alternatives --set iptables /usr/sbin/iptables-legacy; restart Docker") if mixed else EMPTY,
        msg("kube-proxy before 1.17 writes legacy rules; the two kinds get in each other's way")
        if mixed
        else EMPTY,
        said=said.strip(),
    )


def judge_packet_filter(case: Case) -> Iterator[Finding]:
    """Firewall services that rewrite rules under Kubernetes, and rules that turn packets away.

    Without systemd only firewalld stays running as a program of its own; the others are loaders of rules.
    """
    names = ("firewalld", "ufw", "SuSEfirewall2", "nftables", "iptables")
    said = case.gathered.get("firewalls")
    states = [line.strip() for line in said.text.splitlines() if line.strip()] if said else []
    known = [state for state in states if state.isalpha()]
    programs = (case.gathered.text("programs") or "").split()
    if said is not None and len(known) == len(names):
        yield _firewall(case, [name for name, state in zip(names, known, strict=True) if state == "active"])
    elif programs:
        yield _firewall(case, [name for name in programs if named(name, limits()["firewall_programs"])])
    else:
        yield case.unseen("firewall", "N30", msg("whether a firewall service runs is not known"), "firewalls")
    rules = case.gathered.get("packet-rules")
    if rules and rules.good:
        closed = [
            line
            for line in rules.text.splitlines()
            if line.startswith(("-P INPUT D", "-P INPUT R", "-P FORWARD R"))
            or ("-j REJECT" in line and "-A INPUT" in line)
        ]
        yield case.grade(
            Status.WARN if closed else Status.PASS,
            "packet-rules",
            "N31",
            msg("rules of the packet filter turn packets away")
            if closed
            else msg("the packet filter lets packets in"),
            msg("open {ports} between the nodes", ports=OPEN_PORTS) if closed else EMPTY,
            rules=closed[:20],
        )
    elif rules and rules.status != NOT_ASKED and case.user == "root":
        yield case.unseen(
            "packet-rules", "N31", msg("the rules of the packet filter are not known"), "packet-rules"
        )


def _firewall(case: Case, active: list[str]) -> Finding:
    if "ENABLED=no" in (case.gathered.text("ufw") or ""):
        active = [name for name in active if name != "ufw"]
    if not active:
        return case.good("firewall", "N30", msg("no firewall service runs"))
    minor = case.expected.kubernetes_minor
    never = "firewalld" in active and minor is not None and minor >= limits()["firewalld_never_since_kubernetes"]
    return case.grade(
        Status.FAIL if never else Status.WARN,
        "firewall",
        "N30",
        msg("firewall service: {names}", names=", ".join(active)),
        msg("systemctl disable --now {name}; or open {ports}", name=active[0], ports=OPEN_PORTS),
        active=active,
    )


def judge_selinux(case: Case) -> Finding:
    """SELinux works only with container-selinux and Docker's selinux-enabled; without its command it is off."""
    said = case.gathered.get("selinux")
    if said is None or not (said.good or said.missing):
        return case.unseen("selinux", "N32", msg("the state of SELinux is not known"), "selinux")
    state = said.text.strip() if said.good else "Disabled"
    enforcing = state.lower() == "enforcing"
    return case.grade(
        Status.WARN if enforcing else Status.PASS,
        "selinux",
        "N32",
        msg("SELinux: {state}", state=state[:40]),
        msg("install container-selinux and set selinux-enabled in /etc/docker/daemon.json, or setenforce 0")
        if enforcing
        else EMPTY,
        docker=docker_info(case).get("SecurityOptions"),
    )


def judge_services(case: Case) -> Iterator[Finding]:
    """AppArmor for information; the cloud set-up of NetworkManager undoes the cluster's routes (RHEL 8.4+)."""
    apparmor = (case.gathered.text("apparmor") or "").strip()
    if apparmor:
        yield case.good("apparmor", "N33", msg("AppArmor is on") if apparmor == "Y" else msg("AppArmor is off"))
    if (said := case.gathered.get("sudo")) and said.good:
        yield case.good("sudo", "N48", msg("may become root without a password (RKE does not need it)"))
    if "enabled" in (said.text.split() if (said := case.gathered.get("cloud-setup")) else []):
        yield case.grade(
            Status.WARN,
            "cloud-setup",
            "N34",
            msg("nm-cloud-setup is enabled; it undoes the cluster's routes"),
            msg("systemctl disable nm-cloud-setup.service nm-cloud-setup.timer; reboot"),
        )
