"""Judgement of the ways between nodes (N40-N42): one red line for TCP, one for UDP, at the node not reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rancher_tui.finding import Finding
from rancher_tui.i18n import msg
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.read import limits


@dataclass(frozen=True, slots=True)
class Way:
    """One probe: from node to node, what listened there (`listening`, `EADDRINUSE`, `EACCES`, `no-agent`, `ssh`),
    what came of it (agent.Agent.probe; `unseen`), the MTU of the way's first interface, whether a datagram of that
    size came through."""

    source: str
    target: str
    protocol: str
    port: int
    listener: str
    result: str
    mtu: int = 0
    large: bool = False

    @property
    def good(self) -> bool | None:
        """Whether packets pass; None when that was not to be seen.

        A refusal at a port where nothing listens shows that they do; at one where we listen it is a firewall's.
        """
        if self.result in ("open", "other"):
            return None if self.protocol == "udp" and self.result == "other" else True
        if self.protocol == "udp":
            return False if self.listener == "listening" and self.result != "unseen" else None
        if self.result == "refused":
            return self.listener not in ("listening", "EADDRINUSE", "ssh")
        return None if self.result == "unseen" else False

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "from": self.source,
            "to": self.target,
            "protocol": self.protocol,
            "port": self.port,
            "listener": self.listener,
            "result": self.result,
            "good": self.good,
        }


def judge_ways(ways: Sequence[Way], scribes: Mapping[str, Scribe]) -> Iterator[Finding]:
    """Per receiving node: TCP, UDP, large packets."""
    for subject, scribe in scribes.items():
        to_here = [way for way in ways if way.target == subject]
        if to_here:
            yield _tcp(scribe, [way for way in to_here if way.protocol == "tcp"])
            yield _udp(scribe, [way for way in to_here if way.protocol == "udp"])
            yield from _large(scribe, [way for way in to_here if way.protocol == "udp" and way.good and way.mtu])


def _tcp(scribe: Scribe, ways: list[Way]) -> Finding:
    blocked = [way for way in ways if way.good is False]
    vital = [way for way in blocked if way.port in limits()["between"]["vital"] or way.listener == "listening"]
    if vital:
        ports = sorted({way.port for way in vital})
        return scribe.bad(
            "port-blocked",
            "N40",
            msg("not reached by other nodes: TCP {ports}", ports=", ".join(map(str, ports))),
            msg("open TCP {ports} between the nodes (firewall, security group)", ports=",".join(map(str, ports))),
            ways=[way.to_json() for way in vital],
        )
    unseen = [way for way in ways if way.good is None]
    if unseen:
        return scribe.unseen(
            "port-blocked",
            "N40",
            msg("some TCP ports could not be tried"),
            msg("try again"),
            ways=[way.to_json() for way in unseen],
        )
    if blocked:
        ports = sorted({way.port for way in blocked})
        return scribe.warn(
            "port-blocked",
            "N40",
            msg("not reached by other nodes: TCP {ports}", ports=", ".join(map(str, ports))),
            msg("well, if the load balancer and this machine reach them"),
            ways=[way.to_json() for way in blocked],
        )
    ports = sorted({way.port for way in ways})
    return scribe.good("ports-open", "N40", msg("other nodes reach its TCP ports"), ports=ports, tried=len(ways))


def _udp(scribe: Scribe, ways: list[Way]) -> Finding:
    blocked = [way for way in ways if way.good is False]
    if blocked:
        return scribe.bad(
            "udp-blocked",
            "N41",
            msg("datagrams of other nodes do not arrive: UDP {port}", port=blocked[0].port),
            msg(
                "open UDP {port} between the nodes: pods on different nodes meet through it", port=blocked[0].port
            ),
            ways=[way.to_json() for way in blocked],
        )
    unseen = [way for way in ways if way.good is None]
    if unseen:
        return scribe.unseen(
            "udp-blocked",
            "N41",
            msg("UDP {port} could not be tried", port=unseen[0].port),
            msg("install python3 there, or free the port"),
            ways=[way.to_json() for way in unseen],
        )
    ports = sorted({way.port for way in ways})
    return scribe.good("udp-open", "N41", msg("datagrams of other nodes arrive"), ports=ports, tried=len(ways))


def _large(scribe: Scribe, ways: list[Way]) -> Iterator[Finding]:
    cut = [way for way in ways if not way.large]
    if cut:
        yield scribe.warn(
            "path-mtu",
            "N42",
            msg("packets of {mtu} bytes are lost on the way", mtu=cut[0].mtu),
            msg(
                "ping -M do -s {size} from the other node; set the same MTU on all of the way",
                size=cut[0].mtu - 28,
            ),
            ways=[way.to_json() for way in cut],
        )
