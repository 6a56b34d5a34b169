"""Paths from the leaf to the CA file, and what makes one no good for server authentication (contract.md, Path).

OpenSSL, Go and RFC 5280 agree on these rules but where said. Weak keys and signatures are judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.constraints import violation

HANDLED = frozenset(f"2.5.29.{number}" for number in (15, 17, 19, 30, 31, 32, 33, 36, 37, 54))
"""Extensions that OpenSSL 3.0 takes as critical (crypto/x509/v3_purp.c), without rare ones that Go does not."""


WEAK_SIGNATURES = {
    "1.2.840.113549.1.1.2": "MD2",
    "1.2.840.113549.1.1.3": "MD4",
    "1.2.840.113549.1.1.4": "MD5",
    "1.2.840.113549.1.1.5": "SHA-1",
    "1.3.14.3.2.29": "SHA-1",
    "1.2.840.10045.4.1": "SHA-1",
    "1.2.840.10040.4.3": "SHA-1",
}
"""Signature algorithms over hashes that clients refuse, by OID."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one certificate of a path: contract.md's code, and the words that show it."""

    code: str
    certificate: Certificate
    shown: str = ""


def problems(path: Sequence[Certificate], at: datetime) -> list[Problem]:
    """What keeps `path`, leaf first and trust anchor last, from being valid at `at`."""
    found: list[Problem] = []
    for index, certificate in enumerate(path):
        found += _own(certificate, at)
        if index:
            found += _as_authority(certificate, path[:index], last=index == len(path) - 1)
        elif _usage_of_server(certificate) is False:
            found.append(Problem("bad-key-usage", certificate))
    for below, above in pairwise(path):
        if below.signed_by(above) is None:
            found.append(Problem("signature-unchecked", below, below.signature_oid))
    return found


def _own(certificate: Certificate, at: datetime) -> Iterator[Problem]:
    """What is asked of every certificate of a path."""
    moment = at.replace(microsecond=0)
    if moment > certificate.not_after:
        yield Problem("expired", certificate)
    elif moment < certificate.not_before:
        yield Problem("not-yet-valid", certificate)
    if certificate.extensions is None:
        yield Problem("bad-der", certificate)
    usages = certificate.extension(x509.ExtendedKeyUsage)
    if usages is not None and not {Usage.SERVER_AUTH, Usage.ANY_EXTENDED_KEY_USAGE} & set(usages):
        yield Problem("eku-no-serverauth", certificate, ", ".join(usage.dotted_string for usage in usages))
    unknown = unknown_critical(certificate)
    if unknown:
        yield Problem("unknown-critical-extension", certificate, ", ".join(unknown))


def unknown_critical(certificate: Certificate) -> list[str]:
    """Dotted OIDs of critical extensions that verifiers do not know and must refuse (RFC 5280 4.2)."""
    extensions = certificate.extensions or {}
    return [oid for oid, extension in extensions.items() if extension.critical and oid not in HANDLED]


def _usage_of_server(certificate: Certificate) -> bool | None:
    """Whether key usage allows a TLS server's key; None without the extension (OpenSSL's KU_TLS)."""
    usage = certificate.extension(x509.KeyUsage)
    if usage is None:
        return None
    return usage.digital_signature or usage.key_encipherment or usage.key_agreement


def _as_authority(certificate: Certificate, below: Sequence[Certificate], last: bool) -> Iterator[Problem]:
    """What is asked of a certificate that issued the one below it. A v1 root may stand at the end only."""
    if not certificate.marked_ca and not (last and certificate.old_root):
        yield Problem("bad-ca-flag", certificate)
    usage = certificate.extension(x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        yield Problem("bad-key-usage", certificate)
    constraints = certificate.extension(x509.BasicConstraints)
    between = sum(not self_issued(item) for item in below[1:])
    if constraints is not None and constraints.path_length is not None and between > constraints.path_length:
        yield Problem("pathlen-violated", certificate, f"{between} > {constraints.path_length}")
    for index, item in enumerate(below):
        name = violation(certificate, item) if index == 0 or not self_issued(item) else None
        if name is not None:
            yield Problem("name-constraint-violated", certificate, name)
            break


def self_issued(certificate: Certificate) -> bool:
    """True where subject and issuer are one name, whoever signed."""
    return certificate.subject_key is not None and certificate.subject_key == certificate.issuer_key


def weak_hash(certificate: Certificate) -> str:
    """The name of the broken hash that its signature is over (`SHA-1`); empty for a good one."""
    by_name = {"md5": "MD5", "sha1": "SHA-1"}.get(certificate.signature_hash, "")
    return WEAK_SIGNATURES.get(certificate.signature_oid, by_name)
