"""The nodes asked without the balancer: their ingress (P8 to P11c), and port 6443 of control planes (P2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rancher_tui.balancer import hops
from rancher_tui.balancer.front import Judge
from rancher_tui.balancer.hops import Hop
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.transport.http import Answer, FetchError, fetch
from rancher_tui.transport.tcp import connects

API_PORT: Final = 6443
_HTTPS: Final = {"x-forwarded-proto": "https"}
_OTHER_PROTOS: Final = ("HTTPS", "https, http", "wss")
"""Values that Rancher does not take for https: it compares the whole text (v2.0 to v2.4, observed)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How nodes are asked: the name, the ingress's port, seconds for one request."""

    fqdn: str
    port: int
    limit: float

    async def get(
        self,
        address: str,
        path: str,
        *,
        host: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
    ) -> Answer:
        """The answer of one node's ingress. FetchError."""
        return await fetch(
            f"http://{host or self.fqdn}{path}",
            address=address,
            port=self.port,
            headers=headers,
            method=method,
            timeout=self.limit,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What one node showed: its state, its answers in words by probe, in words what decided."""

    address: str
    state: hops.Node
    words: str
    answers: dict[str, str] = field(default_factory=dict)


async def ask_nodes(asked: Asked, nodes: Sequence[str]) -> list[Shown]:
    """Every node's state, all asked at once."""
    return list(await asyncio.gather(*(_ask(asked, address) for address in nodes)))


async def _ask(asked: Asked, address: str) -> Shown:
    try:
        stranger = await asked.get(address, "/", host="nonsense.invalid")
        health, told, plain = await asyncio.gather(
            asked.get(address, "/healthz"),
            asked.get(address, "/ping", headers=_HTTPS),
            asked.get(address, "/ping"),
        )
        answers = {"P8": _brief(health), "P9": _brief(stranger), "P10": _brief(plain), "P11": _brief(told)}
        if stranger.status == 404 and told.status == 200:
            answers |= await _exactness(asked, address)
    except FetchError as error:
        closed = error.kind in ("refused", "closed")
        return Shown(address, hops.Node.CLOSED if closed else hops.Node.SILENT, error.words)
    if stranger.status != 404:
        return Shown(address, hops.Node.NOT_INGRESS, _brief(stranger), answers)
    return Shown(address, hops.node(told, plain), _brief(told), answers)


async def _exactness(asked: Asked, address: str) -> dict[str, str]:
    """P11b: Rancher itself wants https. P11c: it takes no other word for it."""
    post, *others = await asyncio.gather(
        asked.get(address, "/v3-public", method="POST"),
        *(asked.get(address, "/ping", headers={"x-forwarded-proto": value}) for value in _OTHER_PROTOS),
    )
    shown = {f"P11c {value}": _brief(answer) for value, answer in zip(_OTHER_PROTOS, others, strict=True)}
    return {"P11b": _brief(post), **shown}


def _brief(answer: Answer) -> str:
    place = answer.headers.get("location", "")
    return f"{answer.status} {place or answer.text.strip()[:60]}".strip()


_TITLES: Final = {
    hops.Node.GOOD: msg("the node's ingress leads to Rancher"),
    hops.Node.CLOSED: msg("nothing listens on the node's port"),
    hops.Node.NOT_INGRESS: msg("something else than the ingress listens on the node's port"),
    hops.Node.INGRESS_REDIRECTS: msg("the ingress sends plain HTTP to https itself"),
    hops.Node.INGRESS_DROPS: msg("the ingress replaces X-Forwarded-Proto by its own"),
    hops.Node.UNKNOWN_NAME: msg("the ingress does not know the name"),
    hops.Node.POD_DOWN: msg("the ingress has no Rancher pod that is ready"),
    hops.Node.UNREACHED: msg("the ingress does not reach Rancher's pod"),
    hops.Node.STRANGE: msg("the node gives a strange answer to /ping"),
}


def node_findings(judge: Judge, nodes: Sequence[Shown]) -> list[Finding]:
    """What each node showed, where Rancher answers through the balancer; a silent node is not told of."""
    findings = []
    for shown in nodes:
        if shown.state not in _TITLES:
            continue
        title, subject = _TITLES[shown.state], f"node {shown.address}"
        evidence: dict[str, Any] = {"words": shown.words, "answers": shown.answers, "hop": Hop.INGRESS.value}
        if shown.state is not hops.Node.GOOD:
            findings.append(judge.say(Status.WARN, shown.state.value, title, subject=subject, **evidence))
            continue
        findings.append(judge.say(Status.PASS, "node", title, subject=subject, **evidence))
        if shown.answers.get("P10", "").startswith("200"):
            findings.append(
                judge.say(
                    Status.WARN,
                    "proto-believed",
                    msg("the node takes plain HTTP for https"),
                    msg("Something behind the balancer sets X-Forwarded-Proto, whatever the client used."),
                    msg("remove it there: only the balancer that ends TLS may say https"),
                    subject=subject,
                    **evidence,
                )
            )
    return findings


async def api_ports(judge: Judge, planes: Sequence[str], limit: float) -> AsyncIterator[Finding]:
    """P2: port 6443 of every control plane, to which kubectl and rke connect from here."""
    found = await asyncio.gather(*(connects(address, API_PORT, limit) for address in planes))
    for address, words in zip(planes, found, strict=True):
        if words:
            yield judge.say(
                Status.WARN,
                "api-port",
                msg("port {port} of the node is not reached from here", port=API_PORT),
                msg("kubectl and rke on this machine need it; Rancher's users do not."),
                msg("open TCP {port} from this machine to the control planes", port=API_PORT),
                subject=f"node {address}",
                words=words,
                probe="P2",
            )
        else:
            title = msg("port {port} is open", port=API_PORT)
            yield judge.say(Status.PASS, "api-port", title, EMPTY, subject=f"node {address}", probe="P2")
