"""Where a load balancer has its certificate and its key: as typed, else where its kind usually has them."""

from __future__ import annotations

from typing import Final

from rancher_tui.install.state import Balancer

_FOLDERS: Final = {kind: f"/etc/{kind}/ssl" for kind in ("nginx", "haproxy", "traefik", "caddy", "envoy")}
_ELSEWHERE: Final = "/etc/ssl"
"""For a kind that has no files of its own: an ALB's certificate lies in ACM."""


def usual(kind: str) -> tuple[str, str]:
    """The paths of certificate and key on a load balancer of that kind where nothing is typed."""
    folder = _FOLDERS.get(kind, _ELSEWHERE)
    return f"{folder}/fullchain.pem", f"{folder}/privkey.pem"


def of(balancer: Balancer) -> tuple[str, str]:
    """The paths of certificate and key on this load balancer."""
    certificate, key = usual(balancer.kind)
    return balancer.certificate_path or certificate, balancer.key_path or key
