"""Which of the four templates fits: by what stands in front of the nodes and by the certificate, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import InstallState

_PRIVATE: Final = "external-certificate"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A template and why it is proposed: one sentence on where TLS ends, one on whose CA signed.

    `sure` is false where the certificate was not judged yet and the guide's own case is taken for it.
    """

    template: str
    place: Message
    authority: Message
    sure: bool


def propose(state: InstallState, certificate: Mapping[str, Any]) -> Proposal:
    """The template for `state`; `certificate` are the facts of the last judgement of the chain, if any."""
    outside, place = _where(state)
    private, authority, sure = _whose(state, certificate)
    template = ("external-" if outside else "ingress-") + ("certificate" if private else "recognized-ca")
    return Proposal(template, place, authority, sure)


def _where(state: InstallState) -> tuple[bool, Message]:
    """Whether TLS ends in front of the nodes: at a load balancer of its own."""
    balancer = state.balancer
    address = balancer.address.strip().lower().rstrip(".")
    nodes = {
        name.strip().lower() for node in state.nodes for name in (node.address, node.internal_address) if name
    }
    if address and address in nodes:
        return False, msg(
            "no load balancer of its own ({address} is a node): the ingress ends TLS", address=address
        )
    if address:
        return True, msg("TLS ends at the load balancer {address} ({kind})", address=address, kind=balancer.kind)
    return True, msg("no load balancer is entered yet; in the guide it ends TLS")


def _whose(state: InstallState, certificate: Mapping[str, Any]) -> tuple[bool, Message, bool]:
    """Whether clients must be told the CA; the reason; whether that is known."""
    asked = certificate.get("template")
    anchor = str(certificate.get("anchor") or "")
    if asked == _PRIVATE and certificate.get("chain_valid"):
        return True, msg("the chain leads to your own CA file ({anchor})", anchor=anchor or "-"), True
    if asked == _PRIVATE:
        return True, msg("this machine's store does not trust the chain: agents must be told its CA"), True
    if asked:
        return False, msg("this machine's store trusts the chain: agents do without a CA of yours"), True
    if state.certificates.ca_path.strip() or state.certificates.ca_text.strip():
        return True, msg("a CA file is given; the chain itself is not judged yet (step 7)"), False
    return True, msg("the certificate is not judged yet (step 7); the guide's case is a private CA"), False
