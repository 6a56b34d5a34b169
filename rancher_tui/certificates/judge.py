"""judge: a certificate chain, its key and its CA against one another and a name, as one report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
from rancher_tui.certificates.facts import facts_of
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.rule import CHECK, STEP, Rule, finding
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg

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


def judge(files: Files) -> Report:
    """Judge the files; nothing is read, written or sent, and nothing raises for their content."""
    case = open_case(files)
    return Report(CHECK, tuple(_findings(case)), facts_of(case), step=STEP)


def not_served(files: Files, error: str) -> Report:
    """The judgement where the chain could not be fetched: unknown, and what is known without it."""
    report = judge(files.with_chain(b""))
    unseen = finding(
        Status.UNKNOWN,
        "not-served",
        files.chain_name,
        msg("showed no certificate: {error}", error=error),
        remedy=msg("check address, port and firewall; the load balancer must be running"),
    )
    known = (item for item in report.findings if item.code != "no-certificate")
    return replace(report, findings=(unseen, *known))


def open_case(files: Files) -> Case:
    """The files read and ready to be judged."""
    return Case(
        chain=reading.read(files.chain, files.passphrase),
        chain_name=files.chain_name,
        key=keys.read(files.key, files.passphrase),
        key_name=files.key_name or "key",
        key_data=files.key,
        ca=None if files.ca is None else reading.read(files.ca, files.passphrase),
        ca_name=files.ca_name or "CA file",
        ca_data=files.ca,
        fqdn=files.fqdn,
        at=_in_utc(files.at or datetime.now(UTC)),
        system=files.system,
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
        for found in rule(case):
            if (found.code, found.subject) not in told:
                told.add((found.code, found.subject))
                yield found
