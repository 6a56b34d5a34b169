"""Rules about the path and the profile: dates, flags, usages, constraints, keys and signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.path import WEAK_SIGNATURES, weak_hash
from rancher_tui.certificates.rule import Rule, finding, name_of, shown_time
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg

SOON = timedelta(days=30)
LONGEST_VALIDITY = timedelta(days=825)
RSA_BITS, EC_BITS = 2048, 256
GO_CURVES = frozenset({"secp224r1", "secp256r1", "secp384r1", "secp521r1"})
"""Curves that Go's crypto/x509 reads."""


def _subject(case: Case, certificate: Certificate) -> str:
    """Where the path takes a certificate from: an anchor from the CA file."""
    anchor = case.end == "trusted" and certificate == case.path[-1] and certificate != case.leaf
    return case.ca_subject(certificate) if anchor else case.subject(certificate)


def _path_rule(code: str, title: Callable[[Case, Certificate, str], Message], remedy: Message) -> Rule:
    """A rule that tells the path's own problems of one code, each certificate once."""

    def rule(case: Case) -> Iterator[Finding]:
        told: set[Certificate] = set()
        for problem in case.problems:
            certificate = problem.certificate
            if problem.code != code or certificate in told or certificate not in case.needed:
                continue
            told.add(certificate)
            subject = _subject(case, certificate)
            text = title(case, certificate, problem.shown)
            yield finding(Status.FAIL, code, subject, text, remedy=remedy, shown=problem.shown)

    rule.__name__ = code.replace("-", "_")
    return rule


_RENEW = msg("have it renewed; check this machine's clock too")
_REISSUE = msg("have it issued anew with the right profile")
expired = _path_rule("expired", lambda _, item, __: msg("expired on {end}", end=shown_time(item)[1]), _RENEW)
not_yet_valid = _path_rule(
    "not-yet-valid", lambda _, item, __: msg("not valid before {start}", start=shown_time(item)[0]), _RENEW
)
bad_ca_flag = _path_rule(
    "bad-ca-flag", lambda _, item, __: msg("{name} issues but is not marked as a CA", name=name_of(item)), _REISSUE
)
bad_key_usage = _path_rule(
    "bad-key-usage",
    lambda _, item, __: msg("its key usage does not allow what {name} does", name=name_of(item)),
    _REISSUE,
)
eku_no_serverauth = _path_rule(
    "eku-no-serverauth",
    lambda _, __, shown: msg("extended key usage without server authentication: {usages}", usages=shown),
    _REISSUE,
)
pathlen_violated = _path_rule(
    "pathlen-violated", lambda _, __, shown: msg("too many CAs below it: {shown}", shown=shown), _REISSUE
)
name_constraint_violated = _path_rule(
    "name-constraint-violated", lambda _, __, shown: msg("may not issue for {name}", name=shown), _REISSUE
)
unknown_critical_extension = _path_rule(
    "unknown-critical-extension",
    lambda _, __, shown: msg("critical extension that no client knows: {oids}", oids=shown),
    _REISSUE,
)


def signature_unchecked(case: Case) -> Iterator[Finding]:
    for problem in case.problems:
        if problem.code == "signature-unchecked" and problem.shown not in WEAK_SIGNATURES:
            yield finding(
                Status.UNKNOWN,
                "signature-unchecked",
                case.subject(problem.certificate),
                msg("its signature's algorithm is not known: {oid}", oid=problem.shown),
            )


def _unneeded_and_over(case: Case, certificates: list[Certificate]) -> list[Certificate]:
    moment = case.at.replace(microsecond=0)
    return [item for item in certificates if item not in case.needed and moment > item.not_after]


def expired_intermediate(case: Case) -> Iterator[Finding]:
    for certificate in _unneeded_and_over(case, case.distinct):
        if certificate in case.leaves or certificate.self_signed or certificate in case.held:
            continue
        yield _over(case.subject(certificate), "expired-intermediate", certificate)


def expired_ca(case: Case) -> Iterator[Finding]:
    for certificate in _unneeded_and_over(case, case.held):
        yield _over(case.ca_subject(certificate), "expired-ca", certificate)
    for certificate in _unneeded_and_over(case, case.distinct):
        if certificate.self_signed and certificate not in case.leaves and certificate not in case.held:
            yield _over(case.subject(certificate), "expired-ca", certificate)


def _over(subject: str, code: str, certificate: Certificate) -> Finding:
    return finding(
        Status.WARN,
        code,
        subject,
        msg("expired on {end}; the path does not need it", end=shown_time(certificate)[1]),
        remedy=msg("take it out of the file"),
    )


def expires_soon(case: Case) -> Iterator[Finding]:
    moment = case.at.replace(microsecond=0)
    for certificate in dict.fromkeys([*case.path, *case.held]):
        left = certificate.not_after - moment
        if timedelta(0) <= left < SOON:
            yield finding(
                Status.WARN,
                "expires-soon",
                _subject(case, certificate),
                msg("expires in {days} days, on {end}", days=left.days, end=shown_time(certificate)[1]),
                remedy=msg("renew it before the change"),
            )


def long_validity(case: Case) -> Iterator[Finding]:
    leaf = case.leaf
    if leaf is not None and leaf.not_after - leaf.not_before > LONGEST_VALIDITY:
        days = (leaf.not_after - leaf.not_before).days
        yield finding(
            Status.WARN,
            "long-validity",
            case.subject(leaf),
            msg("valid for {days} days; some clients take 825 at most", days=days),
        )


def leaf_is_ca(case: Case) -> Iterator[Finding]:
    if case.leaf is not None and case.leaf.marked_ca:
        yield finding(
            Status.WARN, "leaf-is-ca", case.subject(case.leaf), msg("the server's certificate is marked as a CA")
        )


def _path_members(case: Case) -> list[Certificate]:
    """Leaf and intermediates of the path; roots are taken as they are."""
    return [item for item in case.path if not item.self_signed]


def missing_aki(case: Case) -> Iterator[Finding]:
    for certificate in _path_members(case):
        if certificate.extension(x509.AuthorityKeyIdentifier) is None:
            yield finding(
                Status.WARN,
                "missing-aki",
                case.subject(certificate),
                msg("{name} does not name its issuer's key", name=name_of(certificate)),
            )


def missing_key_usage(case: Case) -> Iterator[Finding]:
    for certificate in dict.fromkeys([*([case.leaf] if case.leaf else []), *_path_members(case)]):
        if certificate.extension(x509.KeyUsage) is None:
            yield finding(Status.WARN, "missing-key-usage", case.subject(certificate), msg("it has no key usage"))


def missing_eku(case: Case) -> Iterator[Finding]:
    if case.leaf is not None and case.leaf.extension(x509.ExtendedKeyUsage) is None:
        yield finding(
            Status.WARN, "missing-eku", case.subject(case.leaf), msg("it does not say: for server authentication")
        )


def eku_any(case: Case) -> Iterator[Finding]:
    for certificate in _path_members(case) or ([case.leaf] if case.leaf else []):
        usages = certificate.extension(x509.ExtendedKeyUsage)
        if usages is not None and Usage.ANY_EXTENDED_KEY_USAGE in usages and Usage.SERVER_AUTH not in usages:
            yield finding(
                Status.WARN,
                "eku-any",
                case.subject(certificate),
                msg("extended key usage `any`: Go takes it, OpenSSL and browsers do not"),
            )


def weak_key(case: Case) -> Iterator[Finding]:
    for certificate in dict.fromkeys([*case.distinct, *case.held]):
        key = certificate.public_key
        least = {rsa.RSAPublicKey: RSA_BITS}.get(
            type(key), RSA_BITS if isinstance(key, rsa.RSAPublicKey) else EC_BITS
        )
        if isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) and key.key_size < least:
            yield finding(
                Status.FAIL,
                "weak-key",
                case.subject(certificate),
                msg("a key of {bits} bits; {least} are the least", bits=key.key_size, least=least),
                remedy=msg("make a new key and have it certified"),
            )


def weak_signature(case: Case) -> Iterator[Finding]:
    for certificate in case.distinct:
        hashed = weak_hash(certificate)
        anchor = certificate in case.held or (certificate.self_signed and certificate != case.leaf)
        if hashed and not anchor:
            yield finding(
                Status.FAIL,
                "weak-signature",
                case.subject(certificate),
                msg("signed with {hash}, which clients refuse", hash=hashed),
                remedy=msg("have it issued anew with SHA-256"),
                algorithm=certificate.signature_oid,
            )


def unsupported_key(case: Case) -> Iterator[Finding]:
    for certificate in case.distinct:
        key = certificate.public_key
        if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            yield finding(
                Status.WARN,
                "unsupported-key",
                case.subject(certificate),
                msg("an Ed25519 or Ed448 key: browsers do not take it"),
            )
        elif _unusable(key) or certificate.explicit_curve:
            kind = (
                "DSA"
                if isinstance(key, dsa.DSAPublicKey)
                else getattr(getattr(key, "curve", None), "name", "unknown")
            )
            yield finding(
                Status.FAIL,
                "unsupported-key",
                case.subject(certificate),
                msg("a key that TLS clients do not take: {kind}", kind=kind),
                remedy=msg("make an RSA or P-256 key and have it certified"),
            )


def _unusable(key: object) -> bool:
    """True for DSA, and for what Go cannot read: other curves, unknown kinds."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name not in GO_CURVES and key.key_size >= EC_BITS
    return not isinstance(key, rsa.RSAPublicKey)


RULES: tuple[Rule, ...] = (
    expired,
    not_yet_valid,
    bad_ca_flag,
    bad_key_usage,
    eku_no_serverauth,
    pathlen_violated,
    name_constraint_violated,
    unknown_critical_extension,
    signature_unchecked,
    expired_intermediate,
    expired_ca,
    expires_soon,
    long_validity,
    leaf_is_ca,
    missing_aki,
    missing_eku,
    missing_key_usage,
    eku_any,
    weak_key,
    weak_signature,
    unsupported_key,
)
