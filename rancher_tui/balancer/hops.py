"""From HTTP answers to the hop that is to blame: balancer, ingress, Rancher's pod, overlay network. Pure.

What each answer means: ingress-nginx and Rancher v2.0 to v2.4, observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from rancher_tui.balancer.edge import REDIRECTS
from rancher_tui.i18n import Message, msg
from rancher_tui.transport.http import Answer


class Hop(StrEnum):
    """Where on the way from a client to Rancher something is wrong."""

    DNS = "dns"
    TLS = "tls"
    BALANCER = "balancer"
    INGRESS = "ingress"
    RANCHER = "rancher"
    OVERLAY = "overlay"
    BEHIND = "behind-the-balancer"
    """Behind the balancer, no closer: the nodes cannot be asked from here."""
    NONE = ""


class Ping(StrEnum):
    """What an answer to `/ping` means."""

    PONG = "pong"
    DEFAULT_BACKEND = "default-backend"
    TO_ITSELF = "redirect-loop"
    ELSEWHERE = "redirected"
    NO_BACKEND = "no-backend"
    """502, 503 or 504: who answers reaches nobody behind it."""
    OTHER = "strange-answer"


def ping(answer: Answer, url: str) -> Ping:
    """What an answer to a request for `url` (`https://NAME/ping`) means."""
    if answer.status == 200:
        return Ping.PONG if answer.text == "pong" else Ping.OTHER
    if answer.status in REDIRECTS:
        return Ping.TO_ITSELF if same_place(answer.headers.get("location", ""), url) else Ping.ELSEWHERE
    if answer.status == 404:
        return Ping.DEFAULT_BACKEND
    return Ping.NO_BACKEND if answer.status in (502, 503, 504) else Ping.OTHER


def same_place(location: str, url: str) -> bool:
    """True where a redirect leads to `url` itself, whatever the letter case of the name and the port.

    Rancher's own redirect to https names the Host that arrived, from which a balancer may have taken the port.
    """
    try:
        here, there = urlsplit(url), urlsplit(location)
    except ValueError:
        return False
    names = [(parts.hostname or "").lower() for parts in (here, there)]
    return names[0] == names[1] and (here.scheme, here.path) == (there.scheme, there.path)


class Node(StrEnum):
    """What a node's own port 80 shows when it is asked without the balancer."""

    GOOD = "good"
    CLOSED = "node-closed"
    """Nothing listens: no ingress there, or a firewall that refuses."""
    SILENT = "node-silent"
    NOT_INGRESS = "not-ingress"
    INGRESS_REDIRECTS = "ingress-redirects"
    """The ingress itself sends to https: a TLS section, or ssl-redirect."""
    INGRESS_DROPS = "ingress-drops-header"
    """The ingress replaces X-Forwarded-Proto by its own: use-forwarded-headers is off."""
    UNKNOWN_NAME = "ingress-unknown-name"
    POD_DOWN = "pod-not-ready"
    UNREACHED = "pod-not-reached"
    """The ingress is there, the pod on another node is not reached: overlay network (UDP 8472)."""
    STRANGE = "strange-answer"


def node(told: Answer, plain: Answer | None) -> Node:
    """A node's answers to `/ping` for the name: `told` with `X-Forwarded-Proto: https`, `plain` without it."""
    if told.status == 200 and told.text == "pong":
        return Node.INGRESS_REDIRECTS if plain is not None and plain.status == 308 else Node.GOOD
    if told.status == 308:
        return Node.INGRESS_REDIRECTS
    if told.status in REDIRECTS:
        return Node.INGRESS_DROPS
    if told.status == 404:
        return Node.UNKNOWN_NAME
    if told.status == 503:
        return Node.POD_DOWN
    return Node.UNREACHED if told.status in (502, 504) else Node.STRANGE


@dataclass(frozen=True, slots=True)
class Blame:
    """The hop to blame for a wrong answer to `/ping`, in words, with what to do."""

    hop: Hop
    title: Message
    remedy: Message


def blame(seen: Ping, nodes: Mapping[str, Node]) -> Blame:
    """Which hop gives the wrong answer, from what the nodes show themselves."""
    known: list[Node] = [state for state in nodes.values() if state is not Node.SILENT]
    good: list[Node] = [state for state in known if state is Node.GOOD]
    if seen is Ping.TO_ITSELF:
        return _redirect_blame(known, good)
    if seen is Ping.DEFAULT_BACKEND:
        return _name_blame(known, good)
    if seen is Ping.NO_BACKEND:
        return _backend_blame(known, good)
    if good and len(good) == len(known):
        title = msg("the nodes answer right, the balancer does not pass it on")
        return Blame(Hop.BALANCER, title, msg("rancher-tui balancer-lint FILE, or rehearse another time"))
    return Blame(
        Hop.BALANCER, msg("something else than Rancher answers /ping"), msg("compare name, address and port")
    )


def _redirect_blame(known: list[Node], good: list[Node]) -> Blame:
    title = msg("requests are redirected to themselves for ever")
    if Node.INGRESS_DROPS in known and not good:
        remedy = msg('ingress: options: use-forwarded-headers: "true" in the cluster file')
        return Blame(Hop.INGRESS, title, remedy)
    if Node.INGRESS_REDIRECTS in known:
        return Blame(
            Hop.INGRESS, title, msg("choose the template for an external balancer: its ingress has no TLS")
        )
    return Blame(Hop.BALANCER, title, msg("the balancer must set X-Forwarded-Proto to https: balancer-lint FILE"))


def _name_blame(known: list[Node], good: list[Node]) -> Blame:
    if good or not known:
        title = msg("the ingress does not know the name that arrives")
        return Blame(
            Hop.BALANCER, title, msg("the balancer must pass the Host header unchanged: balancer-lint FILE")
        )
    title = msg("the ingress does not know this name")
    return Blame(Hop.INGRESS, title, msg("compare the FQDN in the cluster file with this name"))


def _backend_blame(known: list[Node], good: list[Node]) -> Blame:
    if not known:
        title = msg("the balancer reaches nobody behind it, or Rancher does not run yet")
        return Blame(
            Hop.BEHIND, title, msg("rancher-tui verdict SESSION; and port 80 of the nodes from the balancer")
        )
    if good and Node.UNREACHED in known:
        title = msg("some nodes do not reach Rancher's pod on another node")
        return Blame(
            Hop.OVERLAY, title, msg("open UDP 8472 between all nodes; check that they route to each other")
        )
    if len(good) == len(known):
        title = msg("the nodes answer, the balancer does not reach them")
        return Blame(Hop.BALANCER, title, msg("compare the balancer's backends with the node table"))
    if all(state is Node.CLOSED for state in known):
        title = msg("no ingress listens on the nodes")
        return Blame(Hop.INGRESS, title, msg("rancher-tui verdict SESSION: has the run ended well?"))
    if Node.POD_DOWN in known:
        title = msg("Rancher's pod is not ready")
        return Blame(
            Hop.RANCHER, title, msg("kubectl -n cattle-system get pods; kubectl -n cattle-system logs POD")
        )
    if Node.UNREACHED in known:
        title = msg("the ingress does not reach Rancher's pod")
        return Blame(
            Hop.OVERLAY, title, msg("open UDP 8472 between all nodes; kubectl -n cattle-system get pods -o wide")
        )
    title = msg("some nodes have no ingress that answers")
    return Blame(Hop.INGRESS, title, msg("kubectl -n ingress-nginx get pods -o wide"))
