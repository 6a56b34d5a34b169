"""judge: a certificate chain, its key and its CA against one another and a name, as one report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rancher_tui.certificates import (
    keys,
    reading,
    rules_ca,
    rules_file,
    rules_key,
    rules_names,
    rules_order,
    rules_pass,
    rules_path,
)
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.facts import facts_of
from rancher_tui.certificates.rule import CHECK, STEP, Rule
from rancher_tui.finding import Finding, Report

RULES: tuple[Rule, ...] = (
    *rules_file.RULES,
    *rules_order.RULES,
    *rules_path.RULES,
    *rules_names.RULES,
    *rules_key.RULES,
    *rules_ca.RULES,
    *rules_pass.RULES,
)
"""Every rule, in the order in which findings are told; one code each."""


def judge(
    chain: bytes,
    *,
    chain_name: str,
    key: bytes | None = None,
    key_name: str = "",
    ca: bytes | None = None,
    ca_name: str = "",
    fqdn: str | None = None,
    at: datetime | None = None,
    passphrase: str | None = None,
    system: Sequence[Certificate] = (),
) -> Report:
    """Judge the bytes of the files; nothing is read, written or sent, and nothing raises for their content.

    `at` is the time asked about (default now; without a zone it is UTC). `system` is what this machine trusts,
    used to propose a template. `passphrase` opens an encrypted key or a PKCS#12 file and is not kept.
    """
    case = open_case(
        chain,
        chain_name=chain_name,
        key=key,
        key_name=key_name,
        ca=ca,
        ca_name=ca_name,
        fqdn=fqdn,
        at=at,
        passphrase=passphrase,
        system=system,
    )
    return Report(CHECK, tuple(_findings(case)), facts_of(case), step=STEP)


def open_case(
    chain: bytes,
    *,
    chain_name: str,
    key: bytes | None = None,
    key_name: str = "",
    ca: bytes | None = None,
    ca_name: str = "",
    fqdn: str | None = None,
    at: datetime | None = None,
    passphrase: str | None = None,
    system: Sequence[Certificate] = (),
) -> Case:
    """The files read and ready to be judged."""
    return Case(
        chain=reading.read(chain, passphrase),
        chain_name=chain_name,
        key=keys.read(key, passphrase),
        key_name=key_name or "key",
        key_data=key,
        ca=None if ca is None else reading.read(ca, passphrase),
        ca_name=ca_name or "CA file",
        ca_data=ca,
        fqdn=fqdn,
        at=_in_utc(at or datetime.now(UTC)),
        system=system,
    )


def _in_utc(moment: datetime) -> datetime:
    """The same moment in UTC, at the calendar's ends without its zone."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def _findings(case: Case) -> Iterator[Finding]:
    """What every rule tells; a code appears once a subject."""
    told: set[tuple[str, str]] = set()
    for rule in RULES:
        for finding in rule(case):
            if (finding.code, finding.subject) not in told:
                told.add((finding.code, finding.subject))
                yield finding
