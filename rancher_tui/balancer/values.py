"""What a load balancer's configuration is made of: the state's texts, each escaped or refused.

A configuration is text: a blank, a quote or a semicolon inside a value would become a directive. So only values
that are plainly an address, a name, a port or a path get in.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from rancher_tui.balancer import paths
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.state import InstallState, Node

_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_PATH = re.compile(r"[\w./@+,=~ -]+")

HTTPS_PORT: Final = "443"


class RefusedError(ValueError):
    """The state lacks something, or holds what must not get into a configuration; `findings` say what."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(finding.title.english for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Backend:
    """A node that runs the ingress: its address, and the address as it stands before a port (IPv6 in brackets)."""

    address: str
    host: str
    private: str
    """The address inside the nodes' network; the same where the node has only one."""


@dataclass(frozen=True, slots=True)
class Values:
    """Everything that the templates name; all texts are safe as they are."""

    fqdn: str
    nodes: tuple[Backend, ...]
    node_port: str
    http_port: str
    https_port: str
    certificate_path: str
    key_path: str

    @property
    def redirect_port(self) -> str:
        """`:PORT` for links to https on another port than 443, else nothing."""
        return "" if self.https_port == HTTPS_PORT else f":{self.https_port}"

    @property
    def combined_path(self) -> str:
        """Where HAProxy's file of certificate, intermediates and key goes: beside the certificate."""
        return str(PurePosixPath(self.certificate_path).with_name("rancher-haproxy.pem"))


def values(state: InstallState) -> Values:
    """The values of an install; RefusedError names every one that is missing or cannot be written."""
    findings = tuple(_refused(state))
    if findings:
        raise RefusedError(findings)
    balancer = state.balancer
    return Values(
        state.fqdn.rstrip(".").lower(),
        tuple(_backend(node) for _index, node in backends(state)),
        _port(balancer.node_port),
        _port(balancer.http_port),
        _port(balancer.https_port),
        *paths.of(balancer),
    )


def backends(state: InstallState) -> list[tuple[int, Node]]:
    """The nodes that run the ingress, with their rows: RKE deploys it to every worker."""
    workers = [(index, node) for index, node in enumerate(state.nodes) if "worker" in node.roles]
    return workers or list(enumerate(state.nodes))


def _backend(node: Node) -> Backend:
    address = node.address.strip()
    return Backend(
        address, f"[{address}]" if ":" in address else address, node.internal_address.strip() or address
    )


def _port(text: str) -> str:
    return str(int(text))


def _refused(state: InstallState) -> Iterator[Finding]:
    if not state.fqdn:
        title = msg("the FQDN is not entered yet (step 8)")
        yield _refusal("fqdn", title, msg("rancher-tui set SESSION fqdn=NAME"))
    elif not is_name(state.fqdn.rstrip(".")) or is_address(state.fqdn):
        yield _refusal("fqdn", msg("{value} is no DNS name", value=state.fqdn))
    if not backends(state):
        yield _refusal("nodes", msg("no host entered yet (step 6)"), msg("rancher-tui nodes SESSION --paste FILE"))
    for index, node in backends(state):
        for key, text in (("address", node.address), ("internal_address", node.internal_address or node.address)):
            if not (is_address(text.strip()) or is_name(text.strip())):
                yield _refusal(f"nodes.{index}.{key}", msg("{value} is neither address nor name", value=text))
    for key in ("node_port", "http_port", "https_port"):
        text = getattr(state.balancer, key)
        if not (re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) < 65536):
            yield _refusal(f"balancer.{key}", msg("{value} is no port from 1 to 65535", value=text))
    for key, text in zip(("certificate_path", "key_path"), paths.of(state.balancer), strict=True):
        if not (_PATH.fullmatch(text) and text.strip() == text and PurePosixPath(text).name):
            yield _refusal(
                f"balancer.{key}",
                msg("{value} cannot stand in a configuration as a path", value=text),
                msg("use letters, digits, blanks inside, and / . _ - + , = @ ~"),
            )


def _refusal(subject: str, title: Message, remedy: Message = EMPTY) -> Finding:
    missing = not title.arguments
    code = "value-missing" if missing else "value-refused"
    return Finding(Status.FAIL, code, subject, title, EMPTY, remedy, {}, "balancer", 2)


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address without brackets or zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_name(text: str) -> bool:
    """True for a host name by RFC 1123, at most 253 characters."""
    return len(text) <= 253 and bool(_NAME.fullmatch(text))
