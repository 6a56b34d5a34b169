"""Certificate: one X.509 certificate with everything read that can be read, and what could not be said so.

The underlying parser reads lazily and raises late; here each part is read once and a broken one becomes None.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PRIME_FIELD = bytes.fromhex("06072a8648ce3d0101")
"""The object identifier of prime fields, as DER: it stands in explicit EC parameters only."""

Value = TypeVar("Value")
ExtensionValue = TypeVar("ExtensionValue", bound=x509.ExtensionType)

READ_ERRORS = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the parser raises on malformed content."""


def _quietly(read: Callable[[], Value]) -> Value | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except READ_ERRORS:
            return None


class NotACertificateError(ValueError):
    """The bytes are no X.509 certificate; the message is the parser's."""


class Certificate:
    """One certificate, compared by its DER bytes."""

    def __init__(self, der: bytes) -> None:
        """`der` without anything after it; NotACertificateError if it is none."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.x509 = x509.load_der_x509_certificate(der)
            except READ_ERRORS as error:
                raise NotACertificateError(str(error)) from error
        self.der = der
        self._signers: dict[bytes, bool | None] = {}

    @classmethod
    def of(cls, certificate: x509.Certificate) -> Certificate:
        """The same for a certificate that is already loaded."""
        return cls(certificate.public_bytes(Encoding.DER))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint: SHA-256 of the DER as lower-case hex."""
        return hashlib.sha256(self.der).hexdigest()

    @cached_property
    def subject_name(self) -> x509.Name | None:
        return _quietly(lambda: self.x509.subject)

    @cached_property
    def issuer_name(self) -> x509.Name | None:
        return _quietly(lambda: self.x509.issuer)

    @cached_property
    def subject(self) -> str:
        """The subject by RFC 4514; empty where it is empty or unreadable."""
        return _rfc4514(self.subject_name)

    @cached_property
    def issuer(self) -> str:
        """The issuer by RFC 4514; empty where it is empty or unreadable."""
        return _rfc4514(self.issuer_name)

    @cached_property
    def subject_key(self) -> Any:
        """The subject in a form that equals another's `issuer_key` where RFC 5280 7.1 says the names match."""
        return _name_key(self.subject_name)

    @cached_property
    def issuer_key(self) -> Any:
        return _name_key(self.issuer_name)

    @cached_property
    def common_names(self) -> list[str]:
        """The subject's common names as text, most specific last."""
        if self.subject_name is None:
            return []
        found = self.subject_name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return [attribute.value for attribute in found if isinstance(attribute.value, str)]

    @cached_property
    def not_before(self) -> datetime:
        return _quietly(lambda: self.x509.not_valid_before_utc) or datetime.max.replace(tzinfo=UTC)

    @cached_property
    def not_after(self) -> datetime:
        return _quietly(lambda: self.x509.not_valid_after_utc) or datetime.min.replace(tzinfo=UTC)

    def valid_at(self, at: datetime) -> bool:
        """True within its validity, both ends included (RFC 5280 4.1.2.5)."""
        return self.not_before <= at.replace(microsecond=0) <= self.not_after

    @cached_property
    def extensions(self) -> dict[str, x509.Extension[x509.ExtensionType]] | None:
        """Extensions by dotted OID; None where they cannot be read."""
        found = _quietly(lambda: self.x509.extensions)
        return None if found is None else {extension.oid.dotted_string: extension for extension in found}

    def extension(self, kind: type[ExtensionValue]) -> ExtensionValue | None:
        """The value of an extension, None where it is absent or nothing can be read."""
        extension = (self.extensions or {}).get(kind.oid.dotted_string)
        return extension.value if extension is not None and isinstance(extension.value, kind) else None

    def critical(self, kind: type[x509.ExtensionType]) -> bool:
        """True where the extension is there and critical."""
        extension = (self.extensions or {}).get(kind.oid.dotted_string)
        return extension is not None and extension.critical

    @cached_property
    def marked_ca(self) -> bool:
        """True where basic constraints say CA."""
        constraints = self.extension(x509.BasicConstraints)
        return constraints is not None and constraints.ca

    @cached_property
    def version(self) -> int:
        """1, 2 or 3 as people count them; 0 where it cannot be read."""
        version = _quietly(lambda: self.x509.version)
        return 0 if version is None else version.value + 1

    @cached_property
    def old_root(self) -> bool:
        """A self-signed certificate of X.509 v1, which OpenSSL and Go take as a CA though nothing marks it."""
        return self.version == 1 and self.self_signed

    @cached_property
    def can_be_ca(self) -> bool:
        """What OpenSSL and Go take for a CA at the end of a path."""
        return self.marked_ca or self.old_root

    @cached_property
    def alternative_names(self) -> list[x509.GeneralName]:
        """Entries of the subject alternative name, empty without one."""
        names = self.extension(x509.SubjectAlternativeName)
        return [] if names is None else list(names)

    @cached_property
    def dns_names(self) -> list[str]:
        return [name.value for name in self.alternative_names if isinstance(name, x509.DNSName)]

    @cached_property
    def ip_addresses(self) -> list[Any]:
        return [name.value for name in self.alternative_names if isinstance(name, x509.IPAddress)]

    @cached_property
    def subject_key_id(self) -> bytes | None:
        identifier = self.extension(x509.SubjectKeyIdentifier)
        return None if identifier is None else identifier.digest

    @cached_property
    def authority_key_id(self) -> bytes | None:
        identifier = self.extension(x509.AuthorityKeyIdentifier)
        return None if identifier is None else identifier.key_identifier

    @cached_property
    def public_key(self) -> Any:
        """The public key object; None where its kind or curve is not known."""
        return _quietly(lambda: self.x509.public_key())

    @cached_property
    def public_key_der(self) -> bytes | None:
        """SubjectPublicKeyInfo, the same for every certificate of one key."""
        if self.public_key is None:
            return None
        return _quietly(
            lambda: bytes(self.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        )

    @cached_property
    def explicit_curve(self) -> bool:
        """True for an EC key whose curve is spelt out instead of named: neither OpenSSL nor Go takes it."""
        return isinstance(self.public_key, ec.EllipticCurvePublicKey) and _PRIME_FIELD in self.der

    def same_key(self, other: Certificate) -> bool:
        """True where both hold one public key; False where either cannot be read."""
        return self.public_key_der is not None and self.public_key_der == other.public_key_der

    @cached_property
    def signature_oid(self) -> str:
        """Dotted OID of the signature's algorithm; empty where it cannot be read."""
        oid = _quietly(lambda: self.x509.signature_algorithm_oid)
        return "" if oid is None else oid.dotted_string

    @cached_property
    def signature_hash(self) -> str:
        """The name of the signature's hash (`sha256`); empty where it has none or an unknown one."""
        algorithm = _quietly(lambda: self.x509.signature_hash_algorithm)
        return "" if algorithm is None else algorithm.name

    @cached_property
    def self_signed(self) -> bool:
        """True where its names are equal and its own key signed it; also where that cannot be checked."""
        return (
            self.subject_key is not None
            and self.subject_key == self.issuer_key
            and self.signed_by(self) is not False
        )

    def signed_by(self, issuer: Certificate) -> bool | None:
        """Whether `issuer`'s key made this signature, whatever the names; None where that cannot be checked."""
        known = issuer.public_key_der
        if issuer.public_key is None or known is None:
            return None
        if known not in self._signers:
            self._signers[known] = _signed(issuer.public_key, self.x509)
        return self._signers[known]


def _rfc4514(name: x509.Name | None) -> str:
    return "" if name is None else (_quietly(name.rfc4514_string) or "")


def _name_key(name: x509.Name | None) -> Any:
    """Text compared without regard to case, runs of blanks and string type; other values byte for byte."""
    if name is None:
        return None
    return tuple(
        frozenset(
            (
                part.oid.dotted_string,
                " ".join(part.value.casefold().split()) if isinstance(part.value, str) else part.value,
            )
            for part in rdn
        )
        for rdn in name.rdns
    )


_FAMILIES = (
    ("rsa", ("1.2.840.113549.1.1.", "1.3.14.3.2.29", *(f"2.16.840.1.101.3.4.3.{last}" for last in range(13, 17)))),
    ("ec", ("1.2.840.10045.4.", *(f"2.16.840.1.101.3.4.3.{last}" for last in range(9, 13)))),
    ("dsa", ("1.2.840.10040.4.3", *(f"2.16.840.1.101.3.4.3.{last}" for last in range(1, 9)))),
    ("ed25519", ("1.3.101.112",)),
    ("ed448", ("1.3.101.113",)),
)
_KEYS: dict[str, type[Any]] = {
    "rsa": rsa.RSAPublicKey,
    "ec": ec.EllipticCurvePublicKey,
    "dsa": dsa.DSAPublicKey,
    "ed25519": ed25519.Ed25519PublicKey,
    "ed448": ed448.Ed448PublicKey,
}


def _family(oid: str) -> str:
    """Which kind of key makes signatures of this algorithm; empty for an unknown one."""
    for family, prefixes in _FAMILIES:
        if any(oid == prefix or (prefix.endswith(".") and oid.startswith(prefix)) for prefix in prefixes):
            return family
    return ""


def _signed(key: Any, certificate: x509.Certificate) -> bool | None:
    try:
        return _verify(key, certificate)
    except InvalidSignature:
        return False
    except READ_ERRORS:
        return None


def _verify(key: Any, certificate: x509.Certificate) -> bool | None:
    """True if `key` made the signature; InvalidSignature if not; None for an algorithm that cannot be checked."""
    family = _family(certificate.signature_algorithm_oid.dotted_string)
    if not family or not any(isinstance(key, kind) for kind in _KEYS.values()):
        return None
    if not isinstance(key, _KEYS[family]):
        return False
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    algorithm = certificate.signature_hash_algorithm
    if family in ("ed25519", "ed448"):
        key.verify(signature, signed)
    elif algorithm is None:
        return None
    elif family == "rsa":
        parameters = certificate.signature_algorithm_parameters
        key.verify(
            signature, signed, parameters if isinstance(parameters, padding.PSS) else padding.PKCS1v15(), algorithm
        )
    elif family == "ec":
        key.verify(signature, signed, ec.ECDSA(algorithm))
    else:
        key.verify(signature, signed, algorithm)
    return True
