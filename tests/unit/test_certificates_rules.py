"""Every rule earns its place: every code is told by a planted case, and without any one rule a planted case fails."""

from __future__ import annotations

import re
from functools import cache

import pytest

from rancher_tui.certificates import judge
from rancher_tui.certificates.rule import Rule, code_of
from rancher_tui.finding import Finding, Status
from tests.unit.test_certificates_planted import CASES

CODES = [
    "wrong-order",
    "missing-intermediate",
    "duplicate-certificate",
    "unrelated-certificate",
    "unneeded-certificate",
    "cross-signed",
    "multiple-leaves",
    "no-leaf",
    "signature-mismatch",
    "untrusted-root",
    "root-included",
    "self-signed-leaf",
    "expired",
    "not-yet-valid",
    "expired-intermediate",
    "expired-ca",
    "expires-soon",
    "long-validity",
    "fqdn-not-covered",
    "cn-only",
    "bad-san",
    "no-san",
    "public-suffix-wildcard",
    "fqdn-not-qualified",
    "fqdn-syntax",
    "bad-ca-flag",
    "bad-key-usage",
    "eku-no-serverauth",
    "pathlen-violated",
    "name-constraint-violated",
    "unknown-critical-extension",
    "leaf-is-ca",
    "missing-aki",
    "missing-eku",
    "missing-key-usage",
    "eku-any",
    "weak-key",
    "weak-signature",
    "unsupported-key",
    "key-mismatch",
    "key-encrypted",
    "several-keys",
    "key-unusable",
    "key-not-pem",
    "key-missing",
    "key-in-chain-file",
    "not-pem",
    "no-certificate",
    "truncated-pem",
    "bad-der",
    "unsupported-label",
    "bad-pem",
    "bom",
    "trailing-garbage",
    "leading-text",
    "crlf",
    "no-final-newline",
    "other-block",
    "key-in-ca-file",
    "ca-not-ca",
    "ca-not-pem",
    "ca-bad-pem",
    "ca-no-certificate",
    "ca-missing",
    "ca-not-root",
    "ca-duplicate",
    "leaf-in-ca",
    "intermediate-in-ca",
]
"""The public vocabulary of `cert`; the product's interface, written down here and not taken from the code."""

PASSES = frozenset({"order-right", "chain-proven", "key-matches", "fqdn-covered", "ca-encoded", "system-store"})
OWN = frozenset({"signature-unchecked", "ca-guide-sample"})
"""Codes beyond the public vocabulary."""


@cache
def _reports() -> dict[str, tuple[Finding, ...]]:
    return {f"{number} {case.name}": case.judged().findings for number, case in enumerate(CASES)}


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120


def test_every_rule_is_a_known_code_and_every_code_has_its_rule() -> None:
    assert {code_of(rule) for rule in judge.RULES} == set(CODES) | PASSES | OWN


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_told_by_a_case_and_absent_from_others(code: str) -> None:
    telling = [name for name, found in _reports().items() if any(item.code == code for item in found)]
    assert 0 < len(telling) < len(CASES)


@pytest.mark.parametrize("rule", [rule for rule in judge.RULES if code_of(rule) in CODES], ids=code_of)
def test_without_one_rule_a_case_fails(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases that told the code are judged again without its rule."""
    complete = _reports()
    monkeypatch.setattr(judge, "RULES", tuple(other for other in judge.RULES if other is not rule))
    code = code_of(rule)
    for case, found in zip(CASES, complete.values(), strict=True):
        if any(item.code == code for item in found) and case.differences():
            return
    raise AssertionError(f"no case misses {code}")


def test_findings_are_complete() -> None:
    """Every finding has a short title in words, the check's name and step, and a code once a subject."""
    for name, found in _reports().items():
        assert len({(item.code, item.subject) for item in found}) == len(found), name
        for item in found:
            assert (item.check, item.step) == ("certificates", 7)
            assert re.fullmatch(r"[a-z-]+", item.code)
            assert item.title.english and item.subject is not None
            assert len(item.title.template) <= 70, item.title.template
            assert item.status is not Status.FAIL or item.remedy or item.detail, (item.code, name)


def test_a_report_goes_to_json_and_back() -> None:
    import json

    from rancher_tui.finding import Report

    for case in CASES[:40]:
        report = case.judged()
        assert Report.restore(json.loads(json.dumps(report.record()))).to_json() == json.loads(
            json.dumps(report.to_json())
        )
