"""Rules about names: the FQDN asked for, and what the server certificate carries."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from rancher_tui.certificates import names
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.rule import Rule, finding
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg


def fqdn_syntax(case: Case) -> Iterator[Finding]:
    if case.fqdn is not None and case.host is None:
        yield finding(
            Status.FAIL,
            "fqdn-syntax",
            case.fqdn,
            msg("neither a DNS name nor an IP address"),
            remedy=msg("give the name alone, without https://, port or path"),
        )


def fqdn_not_qualified(case: Case) -> Iterator[Finding]:
    if case.host is not None and case.host.name and "." not in case.host.name:
        yield finding(
            Status.WARN,
            "fqdn-not-qualified",
            case.fqdn or "",
            msg("a name without a domain"),
            detail=msg("whether it resolves depends on each machine's search list"),
        )


def fqdn_not_covered(case: Case) -> Iterator[Finding]:
    leaf = case.leaf
    if leaf is None or case.host is None or case.covers(leaf):
        return
    carried = [*leaf.dns_names, *(str(address) for address in leaf.ip_addresses)]
    yield finding(
        Status.FAIL,
        "fqdn-not-covered",
        case.subject(leaf),
        msg("does not cover {name}", name=case.fqdn or ""),
        detail=msg("it is for {names}", names=", ".join(carried[:8])) if carried else msg("it carries no name"),
        remedy=msg("have it issued with this name as subject alternative name"),
        names=carried[:100],
    )


def cn_only(case: Case) -> Iterator[Finding]:
    leaf = case.leaf
    if leaf is None or case.host is None or case.covers(leaf):
        return
    if names.common_name_covers(leaf, case.host):
        yield finding(
            Status.WARN,
            "cn-only",
            case.subject(leaf),
            msg("{name} stands only in the common name", name=case.fqdn or ""),
            detail=msg("browsers and Go since 1.15 do not look there"),
        )


def no_san(case: Case) -> Iterator[Finding]:
    if case.leaf is not None and case.leaf.extension(x509.SubjectAlternativeName) is None:
        yield finding(Status.WARN, "no-san", case.subject(case.leaf), msg("it has no subject alternative name"))


def bad_san(case: Case) -> Iterator[Finding]:
    leaf = case.leaf
    if leaf is None or leaf.extension(x509.SubjectAlternativeName) is None:
        return
    bad = names.bad_entries(leaf)
    if bad or not leaf.alternative_names:
        yield finding(
            Status.WARN,
            "bad-san",
            case.subject(leaf),
            msg("names that no client can match: {names}", names=", ".join(bad[:5]) or "-"),
            names=bad[:100],
        )


def public_suffix_wildcard(case: Case) -> Iterator[Finding]:
    wide = names.widest_entries(case.leaf) if case.leaf is not None else []
    if wide:
        yield finding(
            Status.WARN,
            "public-suffix-wildcard",
            case.subject(case.leaf) if case.leaf else case.chain_name,
            msg("a wildcard below a public suffix: {names}", names=", ".join(wide[:5])),
            detail=msg("browsers and OpenSSL refuse it, Go takes it"),
        )


RULES: tuple[Rule, ...] = (
    fqdn_syntax,
    fqdn_not_qualified,
    fqdn_not_covered,
    cn_only,
    no_san,
    bad_san,
    public_suffix_wildcard,
)
