"""What was proven: one passing finding for order, path, key, name and the CA that the cluster file gets."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.certificates import ca
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.rule import Rule, finding, name_of
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg


def order_right(case: Case) -> Iterator[Finding]:
    if case.order_ok:
        number = len(case.chain.certificates)
        yield finding(Status.PASS, "order-right", case.chain_name, msg("{number} in right order", number=number))


def chain_proven(case: Case) -> Iterator[Finding]:
    if case.chain_valid:
        anchor = name_of(case.path[-1])
        yield finding(Status.PASS, "chain-proven", case.chain_name, msg("proven up to {name}", name=anchor))


def key_matches(case: Case) -> Iterator[Finding]:
    if case.leaf is not None and case.matches_key(case.leaf):
        yield finding(Status.PASS, "key-matches", case.key_name, msg("the key of {name}", name=name_of(case.leaf)))


def fqdn_covered(case: Case) -> Iterator[Finding]:
    if case.leaf is not None and case.covers(case.leaf):
        title = msg("covers {name}", name=case.fqdn or "")
        yield finding(Status.PASS, "fqdn-covered", case.subject(case.leaf), title)


def ca_encoded(case: Case) -> Iterator[Finding]:
    encoded = ca.encode(case.ca_data) if case.ca_data is not None else None
    if encoded is not None and encoded.checksum is not None and case.usable_ca:
        yield finding(
            Status.PASS,
            "ca-encoded",
            case.ca_name,
            msg(
                "{number} characters, one line; agents' checksum {sum}",
                number=len(encoded.normalised or ""),
                sum=f"{encoded.checksum[:8]}…{encoded.checksum[-8:]}",
            ),
            checksum=encoded.checksum,
        )


def system_store(case: Case) -> Iterator[Finding]:
    if case.leaf is None or not case.system:
        return
    trusted = case.system_trusts
    yield finding(
        Status.PASS,
        "system-store",
        case.chain_name,
        msg("this machine trusts it by its own store")
        if trusted
        else msg("of a CA that this machine does not know; agents get it from Rancher"),
        trusted=trusted,
    )


RULES: tuple[Rule, ...] = (system_store, order_right, key_matches, fqdn_covered, ca_encoded, chain_proven)
"""The last one that passes is what the step shows as its proof."""
