"""What one certificate says of itself, in short words: key, signature, flags, usages, identifiers."""

from __future__ import annotations

import warnings
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from rancher_tui.certificates.certificate import READ_ERRORS, Certificate

_NAMED_USAGES = {
    Usage.SERVER_AUTH: "server",
    Usage.CLIENT_AUTH: "client",
    Usage.CODE_SIGNING: "code signing",
    Usage.EMAIL_PROTECTION: "mail",
    Usage.TIME_STAMPING: "time stamping",
    Usage.OCSP_SIGNING: "OCSP signing",
    Usage.ANY_EXTENDED_KEY_USAGE: "any",
}


def details(certificate: Certificate) -> dict[str, Any]:
    """Version, serial number (hex), key, signature, CA flag and path length, usages, key identifiers (hex)."""
    constraints = certificate.extension(x509.BasicConstraints)
    extended = certificate.extension(x509.ExtendedKeyUsage)
    return {
        "version": certificate.version,
        "serial": _serial(certificate),
        "key": key_words(certificate.public_key),
        "signature": _signature(certificate),
        "self_signed": certificate.self_signed,
        "ca": certificate.marked_ca,
        "path_length": constraints.path_length if constraints is not None else None,
        "key_usage": _usages(certificate.extension(x509.KeyUsage)),
        "extended_key_usage": [_NAMED_USAGES.get(oid, oid.dotted_string) for oid in extended or ()],
        "key_id": _hex(certificate.subject_key_id),
        "issuer_key_id": _hex(certificate.authority_key_id),
    }


def key_words(key: Any) -> str:
    """`RSA 2048`, `EC secp256r1`; empty for a kind that is not known."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    kinds = {ed25519.Ed25519PublicKey: "Ed25519", ed448.Ed448PublicKey: "Ed448"}
    return next((name for kind, name in kinds.items() if isinstance(key, kind)), "")


def _serial(certificate: Certificate) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return f"{certificate.x509.serial_number:x}"
        except READ_ERRORS:
            return ""


def _signature(certificate: Certificate) -> str:
    """The signature's hash and algorithm as OpenSSL names them, else the dotted OID."""
    try:
        named = certificate.x509.signature_algorithm_oid._name
    except READ_ERRORS:
        return ""
    return certificate.signature_oid if named == "Unknown OID" else named


def _usages(usage: x509.KeyUsage | None) -> list[str]:
    if usage is None:
        return []
    names = ("digital_signature", "key_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    return [name.replace("_", " ") for name in names if getattr(usage, name)]


def _hex(identifier: bytes | None) -> str:
    return identifier.hex() if identifier is not None else ""
