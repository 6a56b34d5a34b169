"""A small PKI for tests: keys made once a run, certificates with any one thing wrong."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
FQDN = "rancher.example.com"
DAY = timedelta(days=1)
USAGES = (
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
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)


def key(name: str, kind: str = "p256") -> Any:
    """The private key called `name`; the same all through a run."""
    return _key(name, kind)


@cache
def _key(name: str, kind: str) -> Any:
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "dsa":
        return dsa.generate_private_key(2048)
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    curves: dict[str, ec.EllipticCurve] = {
        "p256": ec.SECP256R1(),
        "p384": ec.SECP384R1(),
        "p224": ec.SECP224R1(),
        "brainpool": ec.BrainpoolP256R1(),
    }
    return ec.generate_private_key(curves[kind])


@dataclass(frozen=True)
class Issued:
    """A certificate and its private key."""

    certificate: x509.Certificate
    private: Any

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def sha256(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def key_pem(self) -> bytes:
        return private_pem(self.private)


def private_pem(private: Any, form: PrivateFormat = PrivateFormat.PKCS8, secret: bytes | None = None) -> bytes:
    """A private key as PEM, encrypted where `secret` is given."""
    protection: KeySerializationEncryption = BestAvailableEncryption(secret) if secret else NoEncryption()
    return bytes(private.private_bytes(Encoding.PEM, form, protection))


def public_pem(private: Any) -> bytes:
    return bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def name(common: str | None, organization: str | None = "Example") -> x509.Name:
    parts = []
    if organization:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    if common:
        parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    return x509.Name(parts)


def usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{item: item in allowed for item in USAGES})


def general(text: str) -> x509.GeneralName:
    """A DNS name or an address, by its look; `dns:` before it forces a DNS name."""
    if text.startswith("dns:"):
        return x509.DNSName(text[4:])
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


@dataclass(frozen=True)
class Profile:
    """What a certificate carries. None leaves an extension out."""

    ca: bool | None = True
    path_length: int | None = None
    key_usage: tuple[str, ...] | None = ("key_cert_sign", "crl_sign")
    eku: tuple[x509.ObjectIdentifier, ...] | None = None
    san: tuple[str, ...] | None = None
    ski: bool = True
    aki: bool = True
    permitted: tuple[x509.GeneralName, ...] | None = None
    excluded: tuple[x509.GeneralName, ...] | None = None
    critical: str | None = None
    begin: datetime = NOW - 100 * DAY
    end: datetime = NOW + 300 * DAY


def issue(
    common: str | None,
    by: Issued | None = None,
    *,
    kind: str = "p256",
    key_name: str | None = None,
    signer: Any = None,
    issuer_name: x509.Name | None = None,
    subject: x509.Name | None = None,
    digest: str = "sha256",
    **changes: Any,
) -> Issued:
    """A CA certificate called `common`, signed by `by` or by itself; `changes` are fields of Profile.

    `signer` signs instead of the issuer's key (a signature that does not fit); `key_name` names the key's owner.
    """
    profile = Profile(**changes)
    private = key(key_name or f"{common}", kind)
    signing = signer or (by.private if by else private)
    subject = subject if subject is not None else name(common)
    issuer = issuer_name if issuer_name is not None else by.certificate.subject if by else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(profile.begin)
        .not_valid_after(profile.end)
    )
    for extension, critical in _extensions(profile, private, by):
        builder = builder.add_extension(extension, critical=critical)
    plain = isinstance(signing, ed25519.Ed25519PrivateKey)
    made = builder.sign(signing, None if plain else hashes.SHA256())
    return Issued(made if digest == "sha256" else signed_by_hand(made, signing, digest), private)


OLD_DIGESTS = {
    "sha1": (5, hashlib.sha1, "3021300906052b0e03021a05000414"),
    "md5": (4, hashlib.md5, "3020300c06082a864886f70d020505000410"),
    "md2": (2, hashlib.md5, "3020300c06082a864886f70d020205000410"),
}
"""Last number of the RSA signature's OID, hash, begin of its DigestInfo. Nobody makes MD2 any more: it is a label."""


def signed_by_hand(made: x509.Certificate, signing: Any, digest: str) -> x509.Certificate:
    """A certificate with an RSA signature over an old hash, which the library does not make any more."""
    number, hashed, prefix = OLD_DIGESTS[digest]
    oid = bytes.fromhex("06092a864886f70d0101")
    signed = made.tbs_certificate_bytes.replace(oid + b"\x0b", oid + bytes([number]), 1)
    numbers = signing.private_numbers()
    size = signing.key_size // 8
    info = bytes.fromhex(prefix) + hashed(signed).digest()
    padded = b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info
    signature = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n).to_bytes(size, "big")
    algorithm = der(0x30, oid + bytes([number]) + b"\x05\x00")
    return x509.load_der_x509_certificate(der(0x30, signed + algorithm + der(0x03, b"\x00" + signature)))


def der(tag: int, content: bytes) -> bytes:
    """One DER object."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def _extensions(profile: Profile, private: Any, by: Issued | None) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if profile.ca is not None:
        found.append((x509.BasicConstraints(profile.ca, profile.path_length), True))
    if profile.key_usage is not None:
        found.append((usage(*profile.key_usage), True))
    if profile.eku is not None:
        found.append((x509.ExtendedKeyUsage(profile.eku), False))
    if profile.san is not None:
        found.append((x509.SubjectAlternativeName([general(text) for text in profile.san]), False))
    if profile.ski:
        found.append((x509.SubjectKeyIdentifier.from_public_key(private.public_key()), False))
    if profile.aki and by is not None:
        found.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(by.private.public_key()), False))
    if profile.permitted is not None or profile.excluded is not None:
        found.append((x509.NameConstraints(profile.permitted, profile.excluded), True))
    if profile.critical is not None:
        found.append((x509.UnrecognizedExtension(x509.ObjectIdentifier(profile.critical), b"\x05\x00"), True))
    return found


def server(common: str | None = FQDN, by: Issued | None = None, **changes: Any) -> Issued:
    """A server's certificate: no CA, for server authentication, with its common name as DNS name."""
    settings: dict[str, Any] = {
        "ca": False,
        "key_usage": ("digital_signature", "key_encipherment"),
        "eku": SERVER,
        "san": (common,) if common else None,
        "key_name": changes.pop("key_name", f"server {common}"),
    }
    return issue(common, by, **{**settings, **changes})


@cache
def root(common: str = "Example Root", **changes: Any) -> Issued:
    return issue(common, end=NOW + 3000 * DAY, **changes)


@cache
def chain_of(depth: int) -> tuple[Issued, ...]:
    """Leaf, `depth` intermediates, root."""
    above = root()
    found = [above]
    for number in range(depth, 0, -1):
        above = issue(f"Example CA {number}", above, end=NOW + 1500 * DAY)
        found.insert(0, above)
    return (server(FQDN, above), *found)


def pem(*issued: Issued) -> bytes:
    return b"".join(item.pem for item in issued)


def pem_block(label: str, der: bytes) -> bytes:
    """Any bytes under any label, in lines of 64."""
    body = base64.b64encode(der)
    lines = b"".join(body[start : start + 64] + b"\n" for start in range(0, len(body), 64))
    return b"-----BEGIN " + label.encode() + b"-----\n" + lines + b"-----END " + label.encode() + b"-----\n"


def _is_one_object(tag: int, data: bytes) -> bool:
    """True where `data` is exactly one DER object with this tag."""
    if len(data) < 3 or data[0] != tag:
        return False
    head = 2 if data[1] < 0x80 else 2 + (data[1] & 0x7F)
    length = data[1] if data[1] < 0x80 else int.from_bytes(data[2:head], "big")
    return len(data) == head + length


@cache
def v1_root() -> Issued:
    """A self-signed certificate of X.509 v1: no extensions, so nothing says that it is a CA."""
    made = root("Root of v1", kind="rsa2048")
    signed = made.certificate.tbs_certificate_bytes
    content = signed[4:] if signed[1] == 0x82 else signed[3:]
    without_version = content[5:]
    # The extensions are the last element: the tag from which the rest is one whole DER object.
    extensions = next(at for at in range(len(without_version)) if _is_one_object(0xA3, without_version[at:]))
    old = der(0x30, without_version[:extensions])
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d01010b0500"))
    from cryptography.hazmat.primitives.asymmetric import padding

    signature = made.private.sign(old, padding.PKCS1v15(), hashes.SHA256())
    whole = der(0x30, old + algorithm + der(0x03, b"\x00" + signature))
    return Issued(x509.load_der_x509_certificate(whole), made.private)
