"""Remedies of findings about a load balancer, for the kind that was chosen and with what is known filled in.

The findings come from the balancer area, which knows neither the session nor its name.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from rancher_tui.balancer.front import Front

_NAMED: Final = {
    "nginx": ("nginx:",),
    "haproxy": ("HAProxy:", "HAProxy,"),
    "traefik": ("Traefik",),
    "envoy": ("Envoy",),
}
"""How a remedy shows that it speaks of a kind of load balancer."""

_PREFLIGHT: Final = "rancher-tui preflight SESSION"
_CONNECT: Final = "rancher-tui cert --connect HOST:PORT"


def fitting(finding: Finding, kind: str, session: str, front: Front | None) -> Finding:
    """The finding with a remedy for a load balancer of `kind`, for the session of that name and its front."""
    return replace(finding, remedy=_remedy(finding.remedy, kind, session, front))


def _remedy(remedy: Message, kind: str, session: str, front: Front | None) -> Message:
    text = remedy.template
    if text.startswith(_PREFLIGHT):
        return msg("rancher-tui preflight {session}", session=session)
    if text.startswith(_CONNECT) and front is not None:
        place = shlex.quote(f"{front.address or front.fqdn}:{front.port}")
        return msg("rancher-tui cert --connect {place} --ca FILE --fqdn {fqdn}", place=place, fqdn=front.fqdn)
    if text.startswith("nginx:") and not any(word in text for word in _NAMED.get(kind, ())):
        return msg(
            "compare with what this writes: rancher-tui balancer {session} {kind}", session=session, kind=kind
        )
    return remedy
