"""The template that is proposed: from the load balancer and the certificate, with a reason for each half."""

from __future__ import annotations

from typing import Any

import pytest

from rancher_tui.cluster_file.proposal import propose
from rancher_tui.install.state import TEMPLATES, Balancer, Certificates, InstallState, Node

PRIVATE = {"template": "external-certificate", "chain_valid": True, "anchor": "CN=Our CA"}
UNTRUSTED = {"template": "external-certificate", "chain_valid": None}
PUBLIC = {"template": "external-recognized-ca"}


def install(balancer: str = "", ca: str = "") -> InstallState:
    return InstallState(
        nodes=(Node(address="10.0.1.11", internal_address="192.168.0.11"), Node(address="Node2.example.com")),
        balancer=Balancer(address=balancer),
        certificates=Certificates(ca_path=ca),
    )


@pytest.mark.parametrize(
    ("balancer", "certificate", "template", "sure"),
    [
        ("203.0.113.10", PRIVATE, "external-certificate", True),
        ("203.0.113.10", UNTRUSTED, "external-certificate", True),
        ("203.0.113.10", PUBLIC, "external-recognized-ca", True),
        ("", PUBLIC, "external-recognized-ca", True),
        ("", {}, "external-certificate", False),
        ("10.0.1.11", PRIVATE, "ingress-certificate", True),
        ("192.168.0.11", PUBLIC, "ingress-recognized-ca", True),
        ("node2.example.com.", {}, "ingress-certificate", False),
    ],
)
def test_the_template_fits_both(balancer: str, certificate: dict[str, Any], template: str, sure: bool) -> None:
    proposal = propose(install(balancer), certificate)
    assert (proposal.template, proposal.sure) == (template, sure)
    assert proposal.template in TEMPLATES
    assert proposal.place
    assert proposal.authority


def test_the_reasons_name_what_they_rest_on() -> None:
    assert "CN=Our CA" in propose(install("203.0.113.10"), PRIVATE).authority.english
    assert "203.0.113.10" in propose(install("203.0.113.10"), PRIVATE).place.english
    assert "CA file is given" in propose(install(ca="/c/ca.pem"), {}).authority.english
