"""Judgement of single fields and of what belongs to one step: balancer, DNS, RKE, template, FQDN, version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.install import names
from rancher_tui.install.state import BALANCER_KINDS, TEMPLATES, InstallState

_GO_DURATION: Final = re.compile(r"(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+")
_VERSION: Final = re.compile(r"v([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")
INGRESS_HTTPS: Final = "443"
"""The ingress controller takes this port of every worker node (hostPort)."""
FIRST_NO_CACERTS: Final = (2, 0, 1)
LAST_ADDON: Final = (2, 0, 8)
"""The last release that supports the add-on install (Rancher's documentation, "RKE add-on install")."""
FIRST_AUDIT: Final = (2, 0, 7)


def _finding(
    status: Status, code: str, subject: str, title: Message, remedy: Message = EMPTY, *, step: int, check: str
) -> Finding:
    return Finding(status, code, subject, title, remedy=remedy, check=check, step=step)


def balancer(state: InstallState) -> Iterator[Finding]:
    """Step 2: kind, address, ports, and that it is none of the nodes."""
    chosen = state.balancer

    def fail(code: str, field: str, title: Message, remedy: Message = EMPTY) -> Finding:
        return _finding(Status.FAIL, code, f"balancer.{field}", title, remedy, step=2, check="balancer")

    if chosen.kind not in BALANCER_KINDS:
        kinds = ", ".join(BALANCER_KINDS)
        yield fail(
            "bad-balancer-kind",
            "kind",
            msg("{kind}: no such kind", kind=chosen.kind),
            msg("one of {kinds}", kinds=kinds),
        )
    address = chosen.address.strip()
    if address:
        if names.ip_address(address) is None and (
            names.looks_like_ip(address) or not names.is_dns_name(address.lower().rstrip("."))
        ):
            yield fail(
                "bad-balancer-address",
                "address",
                msg("{address} is neither an IP address nor a name", address=address),
                msg("the address that the FQDN will point to"),
            )
        if chosen.kind == "alb" and names.ip_address(address) is not None:
            yield _finding(
                Status.WARN,
                "alb-has-a-name",
                "balancer.address",
                msg("an ALB has a name, its addresses change"),
                msg("the ALB's name, for example rancher-1234567890.eu-central-1.elb.amazonaws.com"),
                step=2,
                check="balancer",
            )
        shared = {chosen.http_port, chosen.https_port} & {chosen.node_port, INGRESS_HTTPS}
        at = next((n for n, node in enumerate(state.nodes, 1) if _same_host(node.address, address)), None)
        if at is not None and shared:
            yield fail(
                "balancer-on-node",
                "address",
                msg_n(
                    "the same as node {node}: its port {ports} belongs to the ingress",
                    "the same as node {node}: its ports {ports} belong to the ingress",
                    len(shared),
                    node=at,
                    ports=", ".join(sorted(shared, key=len)),
                ),
                msg("a host of its own"),
            )
    for field in ("http_port", "https_port", "node_port"):
        port = getattr(chosen, field)
        if names.port_number(port) is None:
            yield fail(
                "bad-port", field, msg("{port} is no port", port=port or "''"), msg("a number from 1 to 65535")
            )
    if names.port_number(chosen.http_port) is not None and chosen.http_port == chosen.https_port:
        yield fail(
            "same-port", "https_port", msg("HTTP and HTTPS cannot share port {port}", port=chosen.https_port)
        )


def _same_host(one: str, other: str) -> bool:
    return one.strip().lower().rstrip(".") == other.lower().rstrip(".")


def name_servers(state: InstallState) -> Iterator[Finding]:
    """Step 3: the form of the name servers to ask."""
    for index, server in enumerate(state.dns.servers):
        host, port = _host_port(server.strip())
        if names.ip_address(host) is None or names.port_number(port) is None:
            yield _finding(
                Status.FAIL,
                "bad-name-server",
                f"dns.servers.{index}",
                msg("{server} is no name server's address", server=server),
                msg("an IP address, with :PORT where it is not 53"),
                step=3,
                check="dns",
            )


def _host_port(text: str) -> tuple[str, str]:
    """Address and port of `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`."""
    if text.startswith("[") and "]" in text:
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":") or "53"
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, "53"


def rke(state: InstallState) -> Iterator[Finding]:
    """Step 4: the form of the wanted version."""
    wanted = state.rke.version.strip()
    if wanted and _VERSION.fullmatch(wanted) is None:
        yield _finding(
            Status.FAIL,
            "bad-rke-version",
            "rke.version",
            msg("{version} is no release of rke", version=wanted),
            msg("for example v0.1.16"),
            step=4,
            check="rke",
        )


def template(state: InstallState) -> Iterator[Finding]:
    """Step 5: a template that there is, and that fits where TLS ends and whose CA signed."""
    if not state.template:
        return
    if state.template not in TEMPLATES:
        yield _finding(
            Status.FAIL,
            "bad-template",
            "template",
            msg("{template}: no such template", template=state.template),
            msg("one of {templates}", templates=", ".join(TEMPLATES)),
            step=5,
            check="template",
        )
    elif state.template.endswith("recognized-ca") and state.certificates.ca_path.strip():
        yield _finding(
            Status.WARN,
            "ca-not-used",
            "template",
            msg("a CA file is given, but this template is for a recognized CA"),
            msg(
                "choose {template}, or clear the CA file",
                template=state.template.replace("recognized-ca", "certificate"),
            ),
            step=5,
            check="template",
        )


def fqdn(state: InstallState) -> Iterator[Finding]:
    """Step 8: a lower-case RFC 1123 name with a domain: what an Ingress takes as host."""
    name = state.fqdn
    if not name.strip():
        return
    problem = fqdn_problem(name)
    if problem is not None:
        code, title, remedy = problem
        yield _finding(Status.FAIL, code, "fqdn", title, remedy, step=8, check="fqdn")


def fqdn_problem(name: str) -> tuple[str, Message, Message] | None:
    """Code, title and remedy of what is wrong with an FQDN as typed; None when it is right.

    The remedy is the name that was meant, where that can be told.
    """
    problem = _fqdn_problem(name)
    meant = _meant(name) if problem is not None else ""
    if problem is None or not meant or _fqdn_problem(meant) is not None:
        return problem
    code, title, _plain = problem
    return code, title, msg("{name}", name=meant)


def _meant(name: str) -> str:
    """The name in what may be a URL, with a port, in capitals or in its own letters; empty where it has none."""
    host = re.sub(r"^[a-z]+://", "", name.strip(), flags=re.IGNORECASE).split("/")[0].split(":")[0]
    try:
        return host.lower().rstrip(".").encode("idna").decode() if host else ""
    except UnicodeError:
        return ""


def _fqdn_problem(name: str) -> tuple[str, Message, Message] | None:
    plain = msg("only the name, for example rancher.example.com")
    if name != name.strip() or any(character.isspace() for character in name):
        return "fqdn-blank", msg("there is white space in the name"), plain
    if "://" in name:
        return "fqdn-scheme", msg("this is a URL; only its name is wanted"), plain
    if "/" in name:
        return "fqdn-path", msg("there is a path behind the name"), plain
    if names.ip_address(name.strip("[]")) is not None or names.looks_like_ip(name):
        return "fqdn-ip", msg("Kubernetes refuses an IP address as host of an Ingress"), msg("a DNS name")
    if ":" in name:
        return "fqdn-port", msg("there is a port behind the name"), plain
    if "*" in name:
        return "fqdn-wildcard", msg("agents cannot call a wildcard"), plain
    if re.fullmatch(r"<.*>|HOSTNAME\.DOMAIN\.COM|.*yourdomain\.com", name, re.IGNORECASE):
        return "placeholder", msg("{name} is a placeholder", name=name), msg("your own name")
    plainest = name.lower().removesuffix(".")
    if name.isascii() and not names.is_dns_name(plainest):
        return (
            "fqdn-syntax",
            msg("no DNS name by RFC 1123"),
            msg("labels of a-z, 0-9 and '-', each at most 63 long, 253 in all"),
        )
    if name.isascii() and "." not in plainest:
        return "fqdn-not-qualified", msg("the domain is missing"), plain
    if name != name.lower():
        return "fqdn-case", msg("Kubernetes takes lower case only"), msg("{name}", name=name.lower())
    if name.endswith("."):
        return "fqdn-dot", msg("there is a dot at the end"), msg("{name}", name=name.rstrip("."))
    if not name.isascii():
        return "fqdn-idn", msg("only its ASCII form (xn--…) can be an Ingress host"), plain
    return None


def rancher_version(state: InstallState) -> Iterator[Finding]:
    """Step 9: a real tag of a release that this way of installing supports."""
    tag = state.rancher_version.strip()
    if not tag:
        return

    def finding(status: Status, code: str, title: Message, remedy: Message = EMPTY) -> Finding:
        return _finding(status, code, "rancher_version", title, remedy, step=9, check="version")

    latest = msg("v2.0.8, the last release for this way of installing")
    if tag in ("latest", "stable", "master", "head", "dev") or tag.startswith("master-"):
        title = msg("{tag} moves: a restarted pod would upgrade Rancher by itself", tag=tag)
        yield finding(Status.FAIL, "floating-tag", title, latest)
        return
    match = _VERSION.fullmatch(tag)
    if match is None:
        if re.fullmatch(r"v[0-9]+\.[0-9]+\.[0-9]+-.+", tag):
            yield finding(Status.FAIL, "pre-release", msg("{tag} is no release", tag=tag), latest)
        elif _VERSION.fullmatch(f"v{tag}"):
            remedy = msg("v{tag}", tag=tag)
            yield finding(Status.FAIL, "bad-tag", msg("the tag begins with v"), remedy)
        else:
            yield finding(Status.FAIL, "bad-tag", msg("{tag} is no tag of rancher/rancher", tag=tag), latest)
        return
    version = tuple(int(part) for part in match.groups())
    if version > LAST_ADDON:
        title = msg("after v2.0.8 Rancher supports only the Helm chart; agents break with these objects")
        yield finding(Status.FAIL, "version-too-new", title, latest)
    elif version < (2, 0, 0):
        yield finding(Status.FAIL, "version-too-old", msg("Rancher 1.x is another program"), latest)
    elif version < FIRST_NO_CACERTS and state.template.endswith("recognized-ca"):
        title = msg("{tag} does not know --no-cacerts, which this template needs", tag=tag)
        yield finding(Status.FAIL, "no-cacerts-unknown", title, latest)
    elif version < FIRST_AUDIT and state.options.audit.level.strip() not in ("", "0"):
        yield finding(Status.WARN, "audit-unknown", msg("{tag} has no API audit log", tag=tag), latest)


def snapshots(state: InstallState) -> Iterator[Finding]:
    """Step 10: durations as Go writes them."""
    if not state.etcd.enabled:
        return
    for field in ("creation", "retention"):
        value = getattr(state.etcd, field)
        if _GO_DURATION.fullmatch(value) is None:
            yield _finding(
                Status.FAIL,
                "bad-duration",
                f"etcd.{field}",
                msg("{value} is no duration", value=value or "''"),
                msg("hours, minutes, seconds, such as 6h or 1h30m (days are not known)"),
                step=10,
                check="cluster-file",
            )


def options(state: InstallState) -> Iterator[Finding]:
    """Step 10: what is entered beyond the guide."""
    chosen = state.options

    def fail(code: str, field: str, title: Message, remedy: Message = EMPTY) -> Finding:
        return _finding(Status.FAIL, code, f"options.{field}", title, remedy, step=10, check="cluster-file")

    timeout = chosen.addon_job_timeout
    if timeout and not (re.fullmatch("[0-9]{1,5}", timeout) and 0 < int(timeout) <= 86_400):
        yield fail(
            "bad-number",
            "addon_job_timeout",
            msg("{text} is no number of seconds", text=timeout),
            msg("for example 120"),
        )
    for field in ("cluster_cidr", "service_cluster_ip_range"):
        value = getattr(chosen, field)
        if value and names.network(value) is None:
            yield fail("bad-cidr", field, msg("{text} is no network", text=value), msg("for example 10.42.0.0/16"))
    pods, services = (
        names.network(chosen.cluster_cidr or "10.42.0.0/16"),
        names.network(chosen.service_cluster_ip_range or "10.43.0.0/16"),
    )
    if pods and services and pods.version == services.version and pods.overlaps(services):
        yield fail(
            "cidr-overlap",
            "service_cluster_ip_range",
            msg("pods and services share addresses"),
            msg("two networks apart"),
        )
    dns = names.ip_address(chosen.cluster_dns_server) if chosen.cluster_dns_server else None
    if chosen.cluster_dns_server and (dns is None or (services is not None and dns not in services)):
        yield fail(
            "bad-dns-server",
            "cluster_dns_server",
            msg("no address inside the service network"),
            msg("for example 10.43.0.10"),
        )
    if chosen.network_plugin and chosen.network_plugin not in ("canal", "flannel", "calico", "weave", "none"):
        yield fail(
            "bad-network-plugin",
            "network_plugin",
            msg("{text}: no such plugin", text=chosen.network_plugin),
            msg("canal, flannel, calico or weave"),
        )
    if chosen.audit.level.strip() not in ("", "0", "1", "2", "3"):
        yield fail(
            "bad-audit-level", "audit.level", msg("{text}: no such level", text=chosen.audit.level), msg("0 to 3")
        )
