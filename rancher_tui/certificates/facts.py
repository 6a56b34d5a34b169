"""The facts of a judgement as contract.md names them, and what the screen draws beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rancher_tui.certificates import agent, ca, verifier
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.profile import details
from rancher_tui.certificates.rule import rfc3339

PRIVATE_CA, RECOGNIZED_CA = "external-certificate", "external-recognized-ca"
MOST_DETAILED = 100
"""Certificates of a file that are told in full."""
MOST_EDGES = 200
"""Pairs whose signatures are tried for the drawing."""


def facts_of(case: Case) -> dict[str, Any]:
    """Everything that `cert --json` prints under `facts`."""
    encoded = ca.encode(case.ca_data) if case.ca_data is not None else ca.Encoded(None, None, None)
    leaf = case.leaf
    return {
        "format": case.chain.form,
        "certificates": _certificates(case),
        "order_ok": case.order_ok,
        "correct_order": [item.sha256 for item in case.order],
        "missing_intermediate": case.missing_intermediate,
        "root_included": bool(case.roots),
        "key_state": case.key.state,
        "key_matches": None if leaf is None or case.key.public is None else case.matches_key(leaf),
        "fqdn_covered": None if leaf is None or case.host is None else case.covers(leaf),
        "chain_valid": case.chain_valid,
        "ca_base64": encoded.given,
        "ca_base64_normalised": encoded.normalised,
        "ca_checksum": encoded.checksum,
        "ca_certificates": _shown(case.ca.certificates if case.ca else [], case),
        "edges": {"file": edges(case.chain.certificates), "right": edges(case.order)},
        "path": [item.sha256 for item in case.path],
        "path_end": case.end,
        "anchor": case.path[-1].subject if case.end == "trusted" else None,
        "template": template(case),
        "agent_says": agent.says(case),
        "verifier": verifier.answer(case),
        "judged_at": rfc3339(case.at),
    }


def _certificates(case: Case) -> list[dict[str, Any]]:
    """The chain file's certificates with their roles."""
    return [
        {**item, "role": role}
        for item, role in zip(_shown(case.chain.certificates, case), case.roles(), strict=True)
    ]


def _shown(certificates: Sequence[Certificate], case: Case) -> list[dict[str, Any]]:
    return [
        {
            "position": position,
            "sha256": certificate.sha256,
            "subject": certificate.subject,
            "issuer": certificate.issuer,
            "not_before": rfc3339(certificate.not_before),
            "not_after": rfc3339(certificate.not_after),
            "days_left": (certificate.not_after - case.at).days,
            "names": [*certificate.dns_names, *map(str, certificate.ip_addresses)][:100],
            "details": details(certificate) if position <= MOST_DETAILED else {},
        }
        for position, certificate in enumerate(certificates, 1)
    ]


def edges(certificates: Sequence[Certificate]) -> list[dict[str, bool | None]]:
    """The three answers for each neighbouring pair."""
    return [edge(below, above) for below, above in pairwise(certificates[: MOST_EDGES + 1])]


def edge(below: Certificate, above: Certificate) -> dict[str, bool | None]:
    """Whether names and key identifiers fit (null: one absent), the signature verifies (null: not checkable)."""
    wanted, there = below.authority_key_id, above.subject_key_id
    return {
        "names": below.issuer_key is not None and below.issuer_key == above.subject_key,
        "key_ids": None if wanted is None or there is None else wanted == there,
        "signature": below.signed_by(above),
    }


def template(case: Case) -> str | None:
    """The template that the chain asks for: recognized CA where this machine's own store trusts it."""
    if case.leaf is None:
        return None
    if case.system_trusts and not case.chain_valid:
        return RECOGNIZED_CA
    return PRIVATE_CA if case.chain_valid or case.system else None
