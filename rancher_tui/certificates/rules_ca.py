"""Rules about the CA file: what Rancher publishes and every agent checks its server with."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.certificates.ca import guide_sample
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.rule import Rule, finding, name_of
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg

_DAMAGED = ("bad-pem", "truncated-pem", "bad-der")
_OTHER_FORM = ("not-pem", "unsupported-label")


def ca_missing(case: Case) -> Iterator[Finding]:
    if case.ca is None:
        yield finding(
            Status.WARN,
            "ca-missing",
            case.chain_name,
            msg("no CA file was given: trust is not judged"),
            remedy=msg(
                "for a private CA give its file; for a recognized CA choose the template external-recognized-ca"
            ),
        )


def ca_no_certificate(case: Case) -> Iterator[Finding]:
    if case.ca is not None and "no-certificate" in case.ca.damage:
        yield finding(
            Status.FAIL,
            "ca-no-certificate",
            case.ca_name,
            msg("no certificate in the CA file"),
            remedy=msg("give the CA's certificate: a file with BEGIN CERTIFICATE"),
        )


def ca_not_pem(case: Case) -> Iterator[Finding]:
    if case.ca is not None and any(code in case.ca.damage for code in _OTHER_FORM):
        yield finding(
            Status.FAIL,
            "ca-not-pem",
            case.ca_name,
            msg("the CA is in another form: {form}", form=case.ca.form),
            remedy=msg("convert it to PEM: rancher-tui cert CA --fix OUT"),
            form=case.ca.form,
        )


def ca_bad_pem(case: Case) -> Iterator[Finding]:
    if case.ca is None:
        return
    found = {code: case.ca.damage[code] for code in _DAMAGED if code in case.ca.damage}
    if found:
        yield finding(
            Status.FAIL,
            "ca-bad-pem",
            case.ca_name,
            msg("the CA file is damaged or cut"),
            remedy=msg("copy the file again"),
            damage=found,
        )


def ca_not_ca(case: Case) -> Iterator[Finding]:
    if case.held and not case.usable_ca:
        yield finding(
            Status.FAIL,
            "ca-not-ca",
            case.ca_name,
            msg("none of its certificates is a CA"),
            remedy=msg("give the certificate of the CA that issued the server's"),
            subjects=[item.subject for item in case.held][:20],
        )


def ca_not_root(case: Case) -> Iterator[Finding]:
    authorities = [item for item in case.held if item.can_be_ca]
    if authorities and not any(item.self_signed for item in authorities):
        yield finding(
            Status.WARN,
            "ca-not-root",
            case.ca_name,
            msg("it holds an intermediate, but no root"),
            detail=msg("Go takes it as an end of trust; OpenSSL by default does not"),
        )


def intermediate_in_ca(case: Case) -> Iterator[Finding]:
    for certificate in case.held:
        if certificate.can_be_ca and not certificate.self_signed:
            yield finding(
                Status.WARN,
                "intermediate-in-ca",
                case.ca_subject(certificate),
                msg("{name} is an intermediate", name=name_of(certificate)),
                detail=msg("it belongs into the chain file"),
            )


def leaf_in_ca(case: Case) -> Iterator[Finding]:
    for certificate in case.held if case.usable_ca else []:
        own = certificate == case.leaf and certificate.self_signed
        if not certificate.can_be_ca and not own:
            yield finding(
                Status.WARN,
                "leaf-in-ca",
                case.ca_subject(certificate),
                msg("{name} is no CA", name=name_of(certificate)),
                detail=msg("agents would get it as if it were one"),
            )


def ca_duplicate(case: Case) -> Iterator[Finding]:
    seen = set()
    for position, certificate in enumerate(case.ca.certificates if case.ca else [], 1):
        if certificate in seen:
            yield finding(
                Status.WARN,
                "ca-duplicate",
                f"{case.ca_name} certificate {position}",
                msg("a copy of another in the file"),
            )
        seen.add(certificate)


def key_in_ca_file(case: Case) -> Iterator[Finding]:
    if case.ca is not None and case.ca.private_key:
        yield finding(
            Status.FAIL,
            "key-in-ca-file",
            case.ca_name,
            msg("a private key stands in the CA file: Rancher would publish it"),
            detail=msg("Rancher shows the CA to everyone at /v3/settings/cacerts"),
            remedy=msg("take the key out; if the file was ever published, make a new CA"),
        )


def ca_guide_sample(case: Case) -> Iterator[Finding]:
    for certificate in case.held:
        if guide_sample(certificate):
            yield finding(
                Status.WARN,
                "ca-guide-sample",
                case.ca_subject(certificate),
                msg("the sample CA of the install guide"),
                detail=msg("its key is not yours; it expired on 2018-07-05"),
                remedy=EMPTY,
            )


RULES: tuple[Rule, ...] = (
    ca_missing,
    ca_no_certificate,
    ca_not_pem,
    ca_bad_pem,
    ca_not_ca,
    ca_not_root,
    intermediate_in_ca,
    leaf_in_ca,
    ca_duplicate,
    key_in_ca_file,
    ca_guide_sample,
)
