"""Rules about the file's order and membership: leaf, copies, strangers, missing links, trust."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.certificates import names
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.rule import Rule, finding, name_of
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg

_FIX = msg("rancher-tui cert CHAIN --fix OUT writes the repaired chain").or_key(
    "{key:write} writes the repaired chain"
)


def no_leaf(case: Case) -> Iterator[Finding]:
    if case.chain.certificates and case.leaf is None:
        yield finding(
            Status.FAIL,
            "no-leaf",
            case.chain_name,
            msg("no server certificate in it, only CAs"),
            remedy=msg("put the server's certificate first"),
        )


def multiple_leaves(case: Case) -> Iterator[Finding]:
    leaf = case.leaf
    if leaf is None or not case.other_leaves:
        return
    rivals = [other for other in case.other_leaves if _same_host(case, leaf, other)]
    yield finding(
        Status.FAIL if rivals else Status.WARN,
        "multiple-leaves",
        case.chain_name,
        msg("{number} server certificates in one file", number=len(case.leaves)),
        detail=msg("judged is {name}", name=name_of(leaf)),
        remedy=_FIX,
        subjects=[case.subject(item) for item in case.leaves],
    )


def _same_host(case: Case, one: Certificate, other: Certificate) -> bool:
    """Whether two server certificates cover a name in common; without names, by their common names."""
    if case.covers(one) and case.covers(other):
        return True
    if not (one.alternative_names and other.alternative_names):
        return bool({name.lower() for name in _hosts(one)} & {name.lower() for name in _hosts(other)})
    if set(one.ip_addresses) & set(other.ip_addresses):
        return True
    return any(names.patterns_meet(mine, theirs) for mine in one.dns_names for theirs in other.dns_names)


def _hosts(certificate: Certificate) -> list[str]:
    return certificate.dns_names or certificate.common_names


def wrong_order(case: Case) -> Iterator[Finding]:
    if case.order_ok is not False:
        return
    positions = {item: index for index, item in reversed(list(enumerate(case.chain.certificates, 1)))}
    right = [positions[item] for item in case.order]
    yield finding(
        Status.WARN if case.disorder_is_mild else Status.FAIL,
        "wrong-order",
        case.chain_name,
        msg("the certificates do not stand in order"),
        detail=_right_order(case, ", ".join(str(item) for item in right)),
        remedy=_FIX,
        right_positions=right,
    )


def _right_order(case: Case, positions: str) -> Message:
    """The right order, and what is the matter with a file that begins with another certificate."""
    if case.chain.certificates[0] != case.leaf:
        return msg(
            "right is: certificate {positions} of the file; as it is nginx refuses it (key values mismatch)",
            positions=positions,
        )
    return msg("right is: certificate {positions} of the file; browsers may cope", positions=positions)


def duplicate_certificate(case: Case) -> Iterator[Finding]:
    first: dict[Certificate, int] = {}
    for position, certificate in enumerate(case.chain.certificates, 1):
        if certificate in first:
            yield finding(
                Status.FAIL,
                "duplicate-certificate",
                f"{case.chain_name} certificate {position}",
                msg("a copy of certificate {number}", number=first[certificate]),
                remedy=_FIX,
            )
        first.setdefault(certificate, position)


def unrelated_certificate(case: Case) -> Iterator[Finding]:
    for certificate in case.strangers:
        yield finding(
            Status.FAIL,
            "unrelated-certificate",
            case.subject(certificate),
            msg("{name} issued nothing on the way up", name=name_of(certificate)),
            remedy=_FIX,
        )


def unneeded_certificate(case: Case) -> Iterator[Finding]:
    if case.end != "trusted":
        return
    for certificate in case.distinct:
        beyond = certificate in case.on_the_way and certificate not in case.needed
        if (
            beyond
            and not certificate.self_signed
            and certificate not in case.held
            and not _another_way(case, certificate)
        ):
            yield finding(
                Status.WARN,
                "unneeded-certificate",
                case.subject(certificate),
                msg("{name} stands beyond a trusted one", name=name_of(certificate)),
                remedy=_FIX,
            )


def _another_way(case: Case, certificate: Certificate) -> bool:
    """True for a certificate below the trusted ones, on a way up that was not chosen."""
    return any(certificate in path for path in case.trusted_paths)


def cross_signed(case: Case) -> Iterator[Finding]:
    way = [item for item in dict.fromkeys([*case.path, *case.order]) if item != case.leaf]
    for certificate in case.distinct:
        twin = next((item for item in way if item != certificate and _twins(item, certificate)), None)
        if twin is not None and (certificate not in way or way.index(twin) < way.index(certificate)):
            yield finding(
                Status.WARN,
                "cross-signed",
                case.subject(certificate),
                msg("a second certificate of {name} with the same key", name=name_of(certificate)),
                detail=msg("its issuer is {issuer}", issuer=certificate.issuer),
            )


def _twins(one: Certificate, other: Certificate) -> bool:
    return one.subject_key == other.subject_key and one.same_key(other)


def signature_mismatch(case: Case) -> Iterator[Finding]:
    if case.mismatch is None:
        return
    certificate, wrong = case.mismatch
    yield finding(
        Status.FAIL,
        "signature-mismatch",
        case.subject(wrong),
        msg("has the name of the issuer, but its key did not sign"),
        detail=msg(
            "{certificate} names {issuer} as its issuer; this one's key is another",
            certificate=case.subject(certificate),
            issuer=certificate.issuer,
        ),
        remedy=msg("get the intermediate that really issued it from your CA"),
        signed=case.subject(certificate),
    )


def missing_intermediate(case: Case) -> Iterator[Finding]:
    if case.end == "missing":
        last = case.longest_way[-1]
        yield finding(
            Status.FAIL,
            "missing-intermediate",
            case.subject(last),
            msg("its issuer is in neither file"),
            detail=msg(
                "issued by {issuer}; the intermediate is missing, or {ca} is the wrong CA file",
                issuer=last.issuer,
                ca=case.ca_name,
            ),
            remedy=msg("add the issuer's certificate to the chain, or give the right CA file"),
            issuer=last.issuer,
        )
    held = case.missing_in_chain
    if held is not None:
        yield finding(
            Status.WARN,
            "missing-intermediate",
            case.chain_name,
            msg("{name} is only in the CA file", name=name_of(held)),
            detail=msg("clients that trust only the root cannot build the path"),
            remedy=msg("add it to the chain file"),
            issuer=held.subject,
        )


def untrusted_root(case: Case) -> Iterator[Finding]:
    if case.end != "untrusted":
        return
    last = case.longest_way[-1]
    other = next((item for item in case.held if item.subject_key == last.issuer_key), None)
    if other is not None:
        detail = msg("{ca} holds that name with another key", ca=case.ca_name)
    elif last.self_signed:
        detail = msg("it is self-signed, and {ca} does not hold it", ca=case.ca_name)
    else:
        detail = msg("the issuers run in a circle that {ca} is no part of", ca=case.ca_name)
    yield finding(
        Status.FAIL,
        "untrusted-root",
        case.subject(last),
        msg("the path ends at {issuer}, which is not trusted", issuer=last.issuer or name_of(last)),
        detail=detail,
        remedy=msg("give the CA file that belongs to this chain"),
    )


def root_included(case: Case) -> Iterator[Finding]:
    for certificate in case.roots:
        yield finding(
            Status.WARN,
            "root-included",
            case.subject(certificate),
            msg("the root {name} need not be served", name=name_of(certificate)),
            detail=msg("clients have it or do not trust it; it costs bytes in every handshake"),
            remedy=_FIX,
        )


def self_signed_leaf(case: Case) -> Iterator[Finding]:
    if case.leaf is not None and case.leaf.self_signed:
        yield finding(
            Status.WARN,
            "self-signed-leaf",
            case.subject(case.leaf),
            msg("the server's certificate is self-signed"),
            detail=msg("every client must be given this very certificate, at each renewal again"),
        )


RULES: tuple[Rule, ...] = (
    no_leaf,
    multiple_leaves,
    wrong_order,
    duplicate_certificate,
    unrelated_certificate,
    signature_mismatch,
    missing_intermediate,
    untrusted_root,
    unneeded_certificate,
    cross_signed,
    root_included,
    self_signed_leaf,
)
