"""The second opinion: what the library's own verifier answers, and why it may differ from ours.

It judges by the public Web's profile: it is stricter (a leaf marked as a CA, key identifiers, SHA-1, RSA below
2048 bits are refused) and laxer (it does not look at the dates of a trust anchor).
"""

from __future__ import annotations

import warnings
from typing import Any

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import READ_ERRORS, Certificate

MOST = 64
"""Certificates that are handed to it; it is not asked about larger files."""


def answer(case: Case) -> dict[str, Any] | None:
    """Its answer (`valid`, `error`) for the leaf and a name that it covers; None where it cannot be asked."""
    leaf, subject = case.leaf, _subject(case)
    if leaf is None or subject is None or not case.usable_ca or len(case.distinct) + len(case.held) > MOST:
        return None
    others = [item.x509 for item in case.distinct if item != leaf]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            policy = (
                PolicyBuilder().store(Store([item.x509 for item in case.held])).time(case.at.replace(tzinfo=None))
            )
            policy.build_server_verifier(subject).verify(leaf.x509, others)
        except (VerificationError, *READ_ERRORS) as error:
            return {"valid": False, "error": str(error)}
    return {"valid": True, "error": ""}


def _subject(case: Case) -> x509.DNSName | x509.IPAddress | None:
    """The name to ask for: the one asked of us where it is covered, else one of the leaf's own."""
    leaf = case.leaf
    if leaf is None:
        return None
    if case.host is not None and case.covers(leaf):
        return x509.IPAddress(case.host.address) if case.host.address else x509.DNSName(case.host.name)
    return _own_name(leaf)


def _own_name(leaf: Certificate) -> x509.DNSName | x509.IPAddress | None:
    for name in leaf.dns_names:
        if name.isascii():
            return x509.DNSName(name.replace("*.", "any.", 1))
    return x509.IPAddress(leaf.ip_addresses[0]) if leaf.ip_addresses else None
