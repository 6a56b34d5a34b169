"""Sessions whose balancer, DNS, template, certificates and FQDN are in one state each; for snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.install import steps
from rancher_tui.install.session import Home
from rancher_tui.install.state import Balancer, Certificates, Dns, InstallState, Node

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
STATE = InstallState(
    fqdn="rancher.example.com",
    template="external-certificate",
    balancer=Balancer(address="203.0.113.10"),
    dns=Dns(servers=("10.0.0.53", "10.0.0.54")),
    certificates=Certificates(
        chain_path="/etc/ssl/rancher/chain.pem",
        key_path="/etc/ssl/rancher/key.pem",
        ca_path="/etc/ssl/rancher/ca.pem",
    ),
    nodes=tuple(Node(address=f"10.0.1.1{number}", user="rancher") for number in (1, 2, 3)),
)
_STEP_2 = ("rehearse", "served")
"""Reports beside those that prove a step."""


def begun(home: Path, state: InstallState = STATE, *reports: Report) -> str:
    """A session with these reports, each of a check of the inputs as they are; its name."""
    session = Home(home).create("prod-rancher", state)
    for report in reports:
        check = "balancer" if report.check in _STEP_2 else report.check
        step = next(item.number for item in steps.STEPS if check in item.checks)
        stamped = tuple(replace(item, check=report.check, step=step) for item in report.findings)
        digest = steps.inputs_digest(state, check)
        session.save_report(
            replace(report, findings=stamped, digest=digest, step=step, taken_at=datetime.now(UTC))
        )
    session.close()
    return session.name


def found(status: Status, code: str, subject: str, title: str, detail: str = "", remedy: str = "") -> Finding:
    """A finding in plain words."""
    told, more, way = (msg(text) if text else EMPTY for text in (title, detail, remedy))
    return Finding(status, code, subject, told, more, way)


def _vantage(
    name: str, *addresses: str, ttl: int = 300, rtt: float = 12.0, rcode: str = "NOERROR"
) -> dict[str, Any]:
    lines = [f"Server:  {name}", f"Address: {name}#53", "", "Non-authoritative answer:"]
    for address in addresses:
        lines += ["Name: rancher.example.com", f"Address: {address}"]
    told = lines if addresses else [*lines[:3], f"** server can't find rancher.example.com: {rcode}"]
    return {
        "vantage": name,
        "addresses": list(addresses),
        "chain": [],
        "ttl": ttl if addresses else None,
        "rtt_ms": rtt,
        "rcode": rcode,
        "protocol": "udp",
        "authoritative": name.startswith("ns"),
        "nslookup": "\n".join(told),
    }


AGREEING = Report(
    "dns",
    (
        found(Status.PASS, "resolves", "10.0.0.53", "resolves to 203.0.113.10", "That is the load balancer."),
        found(Status.PASS, "resolves", "10.0.0.54", "resolves to 203.0.113.10", "That is the load balancer."),
        found(
            Status.PASS, "resolves", "ns1.example.com", "resolves to 203.0.113.10", "That is the load balancer."
        ),
        found(Status.PASS, "agreed", "rancher.example.com", "3 of 3 vantages say 203.0.113.10"),
    ),
    {
        "vantages": [
            _vantage("10.0.0.53", "203.0.113.10"),
            _vantage("10.0.0.54", "203.0.113.10", ttl=17, rtt=14),
            _vantage("ns1.example.com", "203.0.113.10", rtt=31),
        ]
    },
)
DISAGREEING = Report(
    "dns",
    (
        found(Status.PASS, "resolves", "10.0.0.53", "resolves to 203.0.113.10", "That is the load balancer."),
        found(
            Status.FAIL,
            "wrong-address",
            "10.0.0.54",
            "resolves to 203.0.113.99, not to the load balancer",
            "Agents and browsers would go to another machine.",
            "point rancher.example.com to 203.0.113.10",
        ),
        found(
            Status.FAIL,
            "nxdomain",
            "ns1.example.com",
            "rancher.example.com does not exist",
            "The server knows the zone and says that there is no such name.",
            "create the record: rancher.example.com leads to 203.0.113.10; then ask again",
        ),
        found(
            Status.UNKNOWN,
            "timeout",
            "node 1 10.0.1.11",
            "no answer in time",
            "Silence: a firewall, a wrong address, or a server that is overloaded.",
        ),
    ),
    {
        "vantages": [
            _vantage("10.0.0.53", "203.0.113.10"),
            _vantage("10.0.0.54", "203.0.113.99", ttl=86400, rtt=14),
            _vantage("ns1.example.com", rtt=31, rcode="NXDOMAIN"),
            _vantage("node 1 10.0.1.11", rtt=5001, rcode="timeout"),
        ]
    },
)


def _certificate(
    place: int, name: str, issuer: str, end: str, role: str, names: Sequence[str] = ()
) -> dict[str, Any]:
    authority = role != "leaf"
    return {
        "position": place,
        "sha256": f"{place:02x}" * 32,
        "subject": f"CN={name},O=Example",
        "issuer": f"CN={issuer},O=Example",
        "not_before": "2026-10-01T08:00:00Z",
        "not_after": end,
        "role": role,
        "names": list(names),
        "details": {
            "ca": authority,
            "key": "RSA 2048",
            "signature": "sha256WithRSAEncryption",
            "key_usage": ["key cert sign", "crl sign"] if authority else ["digital signature", "key encipherment"],
            "extended_key_usage": [] if authority else ["server"],
            "key_id": f"{place:02x}" * 20,
            "issuer_key_id": f"{place + 1:02x}" * 20,
            "serial": f"{place:02x}" * 8,
        },
    }


_NAMES = ("rancher.example.com", "*.example.com")
_SERVER = _certificate(1, "rancher.example.com", "Example Issuing CA", "2027-01-01T08:00:00Z", "leaf", _NAMES)
_ISSUING = _certificate(2, "Example Issuing CA", "Example Policy CA", "2030-11-01T08:00:00Z", "intermediate")
_POLICY = _certificate(3, "Example Policy CA", "Example Root", "2034-11-01T08:00:00Z", "intermediate")
_PROVEN = {"names": True, "key_ids": True, "signature": True}
_DENIED = {"names": False, "key_ids": False, "signature": False}
_FACTS: dict[str, Any] = {
    "format": "pem",
    "certificates": [_SERVER, _ISSUING, _POLICY],
    "order_ok": True,
    "correct_order": [item["sha256"] for item in (_SERVER, _ISSUING, _POLICY)],
    "edges": {"file": [_PROVEN, _PROVEN], "right": [_PROVEN, _PROVEN]},
    "path_end": "trusted",
    "anchor": "CN=Example Root,O=Example",
    "chain_valid": True,
    "key_state": "ok",
    "key_matches": True,
    "fqdn_covered": True,
    "ca_checksum": "3e58" * 16,
    "ca_base64_normalised": "A" * 1592,
    "template": "external-certificate",
}
_CHAIN, _KEY = STATE.certificates.chain_path, STATE.certificates.key_path
_PASSES = (
    found(Status.PASS, "key-matches", _KEY, "the key of rancher.example.com"),
    found(Status.PASS, "fqdn-covered", f"{_CHAIN} certificate 1", "covers rancher.example.com"),
    found(Status.PASS, "chain-proven", _CHAIN, "proven up to Example Root"),
)
GOOD = Report("certificates", (found(Status.PASS, "order", _CHAIN, "3 in right order"), *_PASSES), _FACTS)
WRONG_ORDER = Report(
    "certificates",
    (
        found(
            Status.FAIL,
            "wrong-order",
            _CHAIN,
            "the certificates do not stand in order; right is: certificate 1, 3, 2 of the file",
            "browsers may cope",
            "w writes the repaired chain",
        ),
        *_PASSES,
    ),
    {
        **_FACTS,
        "certificates": [_SERVER, {**_POLICY, "position": 2}, {**_ISSUING, "position": 3}],
        "order_ok": False,
        "edges": {"file": [_DENIED, _DENIED], "right": [_PROVEN, _PROVEN]},
        "agent_says": ["x509: certificate signed by unknown authority"],
    },
)
KEY_MISMATCH = Report(
    "certificates",
    (
        found(
            Status.FAIL,
            "key-mismatch",
            _KEY,
            "not the key of rancher.example.com",
            "no certificate here has this key; it may belong to an earlier or later request",
            "give the key that the certificate was requested with",
        ),
        *_PASSES[1:],
    ),
    {**_FACTS, "key_matches": False},
)

REHEARSED = Report(
    "rehearse",
    (
        found(
            Status.FAIL, "forwarded-proto", "rancher.example.com at 203.0.113.10:443", "X-Forwarded-Proto is http"
        ),
    ),
    {
        "headers": [
            {"header": "Host", "expected": "rancher.example.com", "arrived": "rancher.example.com", "right": True},
            {"header": "X-Forwarded-Proto", "expected": "https", "arrived": "http", "right": False},
            {"header": "X-Forwarded-Port", "expected": "443", "arrived": "443", "right": True},
            {"header": "X-Forwarded-For", "expected": "10.0.0.9", "arrived": "", "right": False},
        ],
        "spread": {"1 10.0.1.11": 20, "2 10.0.1.12": 10, "3 10.0.1.13": 0},
    },
)
_EDGE = "rancher.example.com at 203.0.113.10:443"
PROBED = Report(
    "balancer",
    (
        found(Status.PASS, "written", "balancer", "the configuration can be written"),
        found(Status.PASS, "answers", _EDGE, "the balancer answers by TLS (200)"),
        found(
            Status.FAIL,
            "redirect",
            _EDGE,
            "plain HTTP is answered with 404, not redirected",
            "A browser that asks by plain HTTP must come out at the same page by https.",
            "nginx: return 301 https://$server_name$request_uri;",
        ),
        found(
            Status.FAIL,
            "websocket",
            _EDGE,
            "a WebSocket is not passed on (400)",
            "Shells, kubectl and agents need them.",
            "nginx: proxy_set_header Upgrade $http_upgrade;",
        ),
    ),
)
