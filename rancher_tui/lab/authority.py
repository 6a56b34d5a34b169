"""The lab's certificate authorities: one behind the load balancer's certificate, one for its Kubernetes.

EC P-256 throughout, because a key takes a millisecond. All texts are PEM.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """The private key, unencrypted, PKCS#8."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @classmethod
    def from_pem(cls, certificate: str, key: str) -> Pair:
        """The pair of two PEM texts; ValueError or TypeError if they are none."""
        loaded = serialization.load_pem_private_key(key.encode(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError("not an EC key")
        return cls(x509.load_pem_x509_certificate(certificate.encode()), loaded)


def _name(common_name: str, organization: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _issue(subject: x509.Name, issuer: Pair | None, valid: timedelta, ca_depth: int | None) -> _Draft:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC).replace(microsecond=0)
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + valid)
        .add_extension(x509.BasicConstraints(ca=ca_depth is not None, path_length=ca_depth), critical=True)
        .add_extension(_usage(ca=ca_depth is not None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    return _Draft(builder, key, signer)


@dataclass(frozen=True, slots=True)
class _Draft:
    builder: x509.CertificateBuilder
    key: ec.EllipticCurvePrivateKey
    signer: ec.EllipticCurvePrivateKey

    def extended(self, extension: x509.ExtensionType) -> _Draft:
        return _Draft(self.builder.add_extension(extension, critical=False), self.key, self.signer)

    def signed(self) -> Pair:
        return Pair(self.builder.sign(self.signer, hashes.SHA256()), self.key)


def make_root(common_name: str, organization: str = "") -> Pair:
    """A self-signed CA, valid for ten years."""
    return _issue(_name(common_name, organization), None, 10 * _YEAR, 1).signed()


def make_intermediate(root: Pair, common_name: str, organization: str = "") -> Pair:
    """A CA below `root` that may issue server certificates only, valid for five years."""
    return _issue(_name(common_name, organization), root, 5 * _YEAR, 0).signed()


def make_server(issuer: Pair, common_name: str, names: Sequence[str], organization: str = "") -> Pair:
    """A server certificate for DNS names and addresses, valid for one year."""
    draft = _issue(_name(common_name, organization), issuer, _YEAR, None)
    draft = draft.extended(x509.SubjectAlternativeName([_alternative(name) for name in names]))
    return draft.extended(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])).signed()


def make_client(issuer: Pair, common_name: str, organization: str = "") -> Pair:
    """A client certificate, valid for one year; Kubernetes reads user and group from CN and O."""
    draft = _issue(_name(common_name, organization), issuer, _YEAR, None)
    return draft.extended(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])).signed()
