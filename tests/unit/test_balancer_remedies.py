"""Remedies that fit the load balancer that was chosen and the session at hand."""

from __future__ import annotations

import pytest

from rancher_tui.balancer.front import Front
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.proofs.balancer_remedies import fitting

NGINX = "nginx: proxy_buffering off;"
BOTH = "nginx: listen 443 ssl http2; HAProxy: alpn h2,http/1.1"
FRONT = Front("rancher.example.com", "192.0.2.7", 80, 8443)


@pytest.mark.parametrize(
    ("remedy", "kind", "told"),
    [
        (NGINX, "nginx", NGINX),
        (BOTH, "haproxy", BOTH),
        (BOTH, "alb", "compare with what this writes: rancher-tui balancer prod alb"),
        (NGINX, "haproxy", "compare with what this writes: rancher-tui balancer prod haproxy"),
        ("rancher-tui preflight SESSION", "nginx", "rancher-tui preflight prod"),
        (
            "rancher-tui cert --connect HOST:PORT --ca FILE --fqdn NAME",
            "nginx",
            "rancher-tui cert --connect 192.0.2.7:8443 --ca FILE --fqdn rancher.example.com",
        ),
        ("read the balancer's error log", "alb", "read the balancer's error log"),
    ],
)
def test_a_remedy_speaks_of_what_is_there(remedy: str, kind: str, told: str) -> None:
    finding = Finding(Status.FAIL, "code", "b", msg("wrong"), EMPTY, msg(remedy))
    assert fitting(finding, kind, "prod", FRONT).remedy.english == told
