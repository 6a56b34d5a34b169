"""States and files that several tests of the cluster file begin with."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from rancher_tui.install.state import Certificates, InstallState, Node

SECRETS = {
    "secret:registry": "p4ss: word",
    "secret:s3": "s3/key+",
    "secret:key": "-----BEGIN X-----\nabc\n-----END X-----\n",
}


def secret(reference: str) -> str:
    """The value behind a reference of these tests; other texts stand for themselves."""
    if reference.startswith("file:"):
        return f"-----BEGIN CERTIFICATE-----\n{reference}\n-----END CERTIFICATE-----"
    return SECRETS.get(reference, reference)


@lru_cache(maxsize=1)
def ca_text() -> str:
    """A CA's certificate as PEM text."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test CA")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(90)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def state(template: str = "external-certificate", **fields: Any) -> InstallState:
    """A whole install of three hosts with the recommended versions."""
    nodes = tuple(Node(address=f"10.0.1.{n}", user="rancher", ssh_key_path="~/.ssh/id_rsa") for n in (11, 12, 13))
    known: dict[str, Any] = {
        "template": template,
        "nodes": nodes,
        "fqdn": "rancher.example.com",
        "certificates": Certificates(ca_text=ca_text() if template.endswith("-certificate") else ""),
        "kubernetes_version": "v1.11.6-rancher1-1",
    }
    if template.startswith("ingress-"):
        certificates = {
            "ca_text": known["certificates"].ca_text,
            "chain_path": "/c/chain.pem",
            "key_path": "/c/key.pem",
        }
        known["certificates"] = Certificates(**certificates)
    return InstallState(**{**known, **fields})


def encoded(text: str) -> str:
    """One line of base64."""
    return base64.b64encode(text.encode()).decode()
