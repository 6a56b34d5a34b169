"""Rules: one function a code of contract.md, each judging a Case by itself; the function's name is the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message

CHECK, STEP = "certificates", 7
Rule = Callable[[Case], Iterator[Finding]]


def code_of(rule: Rule) -> str:
    """The code that a rule judges: `wrong_order` is `wrong-order`."""
    return getattr(rule, "__name__", "").replace("_", "-")


def finding(
    status: Status,
    code: str,
    subject: str,
    title: Message,
    *,
    detail: Message = EMPTY,
    remedy: Message = EMPTY,
    **evidence: Any,
) -> Finding:
    """A finding of this check; keyword arguments beyond the known are its evidence."""
    return Finding(status, code, subject, title, detail, remedy, evidence, CHECK, STEP)


def name_of(certificate: Certificate) -> str:
    """What people call a certificate: its common name, else its subject, else its first DNS name."""
    if certificate.common_names:
        return certificate.common_names[-1]
    return certificate.subject or next(iter(certificate.dns_names), certificate.sha256[:16])


def shown_time(certificate: Certificate) -> tuple[str, str]:
    """Both ends of the validity in UTC, for people."""
    return _to_the_minute(certificate.not_before), _to_the_minute(certificate.not_after)


def _to_the_minute(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%d %H:%M UTC")) if moment.year >= 1000 else moment.isoformat()


def rfc3339(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) if moment.year >= 1000 else moment.isoformat()
