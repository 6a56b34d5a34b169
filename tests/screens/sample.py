"""A session as it is half-way through the work: some steps proven, some failed; for snapshots and pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import steps
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import Balancer, Certificates, InstallState, Node

NODES = tuple(
    Node(address=address, user=user, ssh_key_path="~/.ssh/id_rsa")
    for address, user in (("10.0.1.11", "rancher"), ("10.0.1.12", "rancher"), ("10.0.1.12", "root"))
)
STATE = InstallState(
    fqdn="rancher.example.com",
    template="external-certificate",
    balancer=Balancer(address="203.0.113.10"),
    certificates=Certificates(
        chain_path="/etc/ssl/chain.pem", key_path="/etc/ssl/key.pem", ca_path="/etc/ssl/ca.pem"
    ),
    nodes=NODES,
)
_CERTIFICATES = {
    "certificates": [
        {
            "position": position,
            "sha256": digest,
            "subject": subject,
            "issuer": issuer,
            "not_after": end,
            "role": role,
        }
        for position, digest, subject, issuer, end, role in (
            (1, "a", "CN=rancher.example.com", "CN=Example Issuing CA", "2020-01-23T00:00:00Z", "leaf"),
            (2, "b", "CN=Example Policy CA", "CN=Example Root", "2020-01-23T00:00:00Z", "intermediate"),
            (3, "c", "CN=Example Issuing CA", "CN=Example Policy CA", "2020-01-23T00:00:00Z", "intermediate"),
        )
    ],
    "format": "pem",
    "order_ok": False,
    "correct_order": ["a", "c", "b"],
    "edges": {
        "file": [
            {"names": False, "key_ids": False, "signature": False},
            {"names": False, "key_ids": None, "signature": False},
        ],
        "right": [{"names": True, "key_ids": True, "signature": True}] * 2,
    },
    "path_end": "trusted",
    "anchor": "CN=Example Root",
    "key_state": "ok",
    "key_matches": True,
    "chain_valid": True,
    "ca_checksum": "3e58" * 16,
    "ca_base64_normalised": "A" * 1592,
}
_DNS = {
    "vantages": [
        {
            "vantage": "10.0.0.53",
            "addresses": ["203.0.113.10"],
            "ttl": 300,
            "rtt_ms": 12,
            "chain": [],
            "nslookup": "Server:\t\t10.0.0.53\nAddress:\t10.0.0.53#53\n\n"
            "Non-authoritative answer:\nName:\trancher.example.com\nAddress: 203.0.113.10\n\n",
        },
        {"vantage": "10.0.0.54", "addresses": ["203.0.113.10"], "ttl": 299, "rtt_ms": 14, "chain": []},
        {"vantage": "ns1.example.com", "addresses": ["203.0.113.99"], "ttl": 300, "rtt_ms": 31, "chain": []},
    ]
}
_HOSTS = {
    "nodes": {
        "node 1 10.0.1.11": {
            "docker_version": "17.03.2",
            "os": "ubuntu",
            "os_version": "16.04",
            "cpus": 2,
            "memory_kib": 4194304,
        }
    }
}


def _finding(status: Status, code: str, subject: str, title: str, remedy: str = "", check_id: str = "") -> Finding:
    evidence = {"id": check_id} if check_id else {}
    return Finding(status, code, subject, msg(title), remedy=msg(remedy), evidence=evidence)


def _report(session: Session, check: str, findings: list[Finding], facts: dict[str, Any]) -> None:
    step = next(item.number for item in steps.STEPS if check in item.checks)
    digest = steps.inputs_digest(STATE, check)
    stamped = tuple(replace(finding, check=check, step=step) for finding in findings)
    session.save_report(Report(check, stamped, facts, digest, datetime.now(UTC), step))


def save_sample(home: Path) -> str:
    """Make the session `prod-rancher` in `home`; its name."""
    session = Home(home).create("prod-rancher", STATE)
    passed, warned, failed = Status.PASS, Status.WARN, Status.FAIL
    _report(
        session,
        "preflight",
        [
            _finding(passed, "login", "node 1 10.0.1.11", "logs in as rancher", check_id="N03"),
            _finding(passed, "docker-version", "node 1 10.0.1.11", "Docker 17.03.2", check_id="N10"),
            _finding(warned, "memory", "node 1 10.0.1.11", "4 GiB; Rancher wants 8", check_id="N16"),
            _finding(
                failed,
                "login-refused",
                "node 2 10.0.1.12",
                "the server refuses this key",
                "ssh-copy-id rancher@10.0.1.12",
                "N01",
            ),
        ],
        _HOSTS,
    )
    _report(
        session,
        "dns",
        [
            _finding(passed, "resolves", "rancher.example.com", "2 of 3 vantages say 203.0.113.10"),
            _finding(
                failed,
                "wrong-address",
                "ns1.example.com",
                "says 203.0.113.99, not 203.0.113.10",
                "change the A record at ns1.example.com",
            ),
        ],
        _DNS,
    )
    _report(
        session,
        "certificates",
        [
            _finding(
                failed,
                "wrong-order",
                "chain.pem",
                "swap 2 and 3; Rancher's agents answer x509: certificate signed by unknown authority",
                "rancher-tui cert chain.pem --fix chain.fixed.pem",
            ),
            _finding(passed, "fqdn-covered", "chain.pem", "*.example.com covers rancher.example.com"),
        ],
        _CERTIFICATES,
    )
    for check in ("rke", "template", "version"):
        _report(session, check, [_finding(passed, check, check, "judged and found right")], {})
    session.close()
    return session.name
