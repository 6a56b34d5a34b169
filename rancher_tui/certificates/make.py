"""A private CA and a server certificate for a name, for an install without a certificate of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rancher_tui.certificates import names
from rancher_tui.files import make_folder, write_atomic

CA_DAYS = 3650
SERVER_DAYS = 397
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True)
class Made:
    """PEM texts: the server's certificate and key, the CA's certificate and key."""

    chain: bytes
    key: bytes
    ca: bytes
    ca_key: bytes

    def files(self) -> dict[str, bytes]:
        """The files by name."""
        return {"tls.crt": self.chain, "tls.key": self.key, "cacerts.pem": self.ca, "ca.key": self.ca_key}


def make_pair(fqdn: str, *, at: datetime | None = None, days: int = SERVER_DAYS) -> Made:
    """A CA and a certificate of `days` (825 at most) for `fqdn`, a DNS name or address; ValueError if neither."""
    asked = names.host(fqdn)
    if asked is None:
        raise ValueError(f"neither a DNS name nor an address: {fqdn}")
    if not 1 <= days <= 825:
        raise ValueError(f"days must be from 1 to 825, not {days}")
    begin = (at or datetime.now(UTC)).replace(microsecond=0) - timedelta(hours=1)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    shown = asked.name or str(asked.address)
    ca_name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Rancher HA private CA"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"CA of {shown}"[:64]),
        ]
    )
    own = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    authority = (
        _builder(ca_name, ca_name, ca_key, begin, CA_DAYS)
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(own, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    entry = x509.DNSName(asked.name) if asked.address is None else x509.IPAddress(asked.address)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, shown)] if len(shown) <= 64 else [])
    server = (
        _builder(subject, ca_name, key, begin, days)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([entry]), critical=not list(subject))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return Made(
        server.public_bytes(Encoding.PEM), _key_pem(key), authority.public_bytes(Encoding.PEM), _key_pem(ca_key)
    )


def write_pair(fqdn: str, folder: Path) -> list[Path]:
    """Make a pair and write it into `folder`: keys 0600, certificates 0644; FileExistsError if one is there."""
    made = make_pair(fqdn)
    make_folder(folder)
    paths = {folder / name: data for name, data in made.files().items()}
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(17, "exists already", str(path))
    for path, data in paths.items():
        write_atomic(path, data, mode=0o600 if path.suffix == ".key" else 0o644)
    return list(paths)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begin: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
    )


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in allowed for name in _USAGES})


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
