"""Other people's path validation vectors: agreement counted, disagreements explained, nothing that both refuse.

x509-limbo judges by the public Web's and RFC 5280's letter, also where no client does; BetterTLS by what clients do.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from rancher_tui.finding import Report

DATA = Path(os.environ.get("RANCHER_TUI_TEST_DATA", "/nonexistent")) / "x509"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="RANCHER_TUI_TEST_DATA holds no x509 vectors")

JUDGED_APART = frozenset({"weak-key", "weak-signature", "unsupported-key", "bad-der"})
"""Fails about a certificate of the path that do not change whether the chain is valid, but keep clients from it."""

PROFILE_ONLY = "a MUST of RFC 5280 or the Web's profile for who issues; OpenSSL and Go do not refuse it"
WARNED = "told as a warning, for OpenSSL or Go take it"
TOLERATED = "a malformed detail that OpenSSL does not refuse"
COMMON_NAME = "the vector wants the common name to repeat an alternative name; no client looks at it"
LAX = "refused here as by both others: key usage without one of a TLS server's"
EXPLAINED: dict[str, str] = {
    "pathlen::validation-ignores-pathlen-in-leaf": LAX,
    "rfc5280::ca-as-leaf": LAX,
    "rfc5280::aki::leaf-missing-aki": WARNED,
    "rfc5280::aki::intermediate-missing-aki": WARNED,
    "rfc5280::aki::cross-signed-root-missing-aki": WARNED,
    "rfc5280::nc::permitted-dns-match-noncritical": PROFILE_ONLY,
    "rfc5280::nc::invalid-dnsname-leading-period": TOLERATED,
    "rfc5280::nc::not-allowed-in-ee-noncritical": PROFILE_ONLY,
    "rfc5280::nc::not-allowed-in-ee-critical": PROFILE_ONLY,
    "rfc5280::nc::nc-permits-invalid-dns-san": TOLERATED,
    "rfc5280::pc::ica-noncritical-pc": PROFILE_ONLY,
    "rfc5280::san::noncritical-with-empty-subject": PROFILE_ONLY,
    "rfc5280::san::underscore-dns": "underscores are no host names, but OpenSSL and Go match them",
    "rfc5280::serial::too-long": PROFILE_ONLY,
    "rfc5280::serial::zero": PROFILE_ONLY,
    "rfc5280::serial::negative": "Go refuses it since 1.23; Rancher's agents are older",
    "rfc5280::ski::root-missing-ski": PROFILE_ONLY,
    "rfc5280::ski::intermediate-missing-ski": PROFILE_ONLY,
    "rfc5280::ca-empty-subject": PROFILE_ONLY,
    "rfc5280::root-non-critical-basic-constraints": PROFILE_ONLY,
    "rfc5280::leaf-ku-keycertsign": PROFILE_ONLY,
    "webpki::aki::root-with-aki-ski-mismatch": PROFILE_ONLY,
    "webpki::aki::root-with-aki-all-fields": PROFILE_ONLY,
    "webpki::aki::root-with-aki-missing-keyidentifier": PROFILE_ONLY,
    "webpki::cn::ipv4-hex-mismatch": COMMON_NAME,
    "webpki::cn::ipv4-leading-zeros-mismatch": COMMON_NAME,
    "webpki::cn::ipv6-uppercase-mismatch": COMMON_NAME,
    "webpki::cn::ipv6-uncompressed-mismatch": COMMON_NAME,
    "webpki::cn::ipv6-non-rfc5952-mismatch": COMMON_NAME,
    "webpki::cn::punycode-not-in-san": COMMON_NAME,
    "webpki::cn::utf8-vs-punycode-mismatch": COMMON_NAME,
    "webpki::cn::not-in-san": COMMON_NAME,
    "webpki::cn::case-mismatch": COMMON_NAME,
    "webpki::eku::ee-anyeku": WARNED,
    "webpki::eku::ee-critical-eku": PROFILE_ONLY,
    "webpki::eku::ee-without-eku": WARNED,
    "webpki::eku::root-has-eku": PROFILE_ONLY,
    "webpki::san::public-suffix-wildcard-san": WARNED,
    "webpki::san::public-suffix-multi-label-wildcard-san": WARNED,
    "webpki::san::public-suffix-private-namespace-wildcard-san": "a private registry's suffix is in no table here",
    "webpki::san::san-critical-with-nonempty-subject": PROFILE_ONLY,
    "webpki::forbidden-dsa-root": "the kind of a trust anchor's key is not judged",
    "webpki::forbidden-rsa-not-divisible-by-8-in-root": PROFILE_ONLY,
    "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf": PROFILE_ONLY,
    "webpki::ee-basicconstraints-ca": WARNED,
}


@cache
def _vectors(source: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((DATA / f"{source}_subset.json").read_text())["testcases"]
    return [case for case in cases if "max-chain-depth" not in case["features"]]


@cache
def _report(source: str, index: int) -> Report:
    case = _vectors(source)[index]
    name = case["expected_peer_name"]
    return judge(
        Files(
            "\n".join([case["peer_certificate"], *case["untrusted_intermediates"]]).encode(),
            chain_name="chain",
            ca="\n".join(case["trusted_certs"]).encode(),
            ca_name="ca",
            fqdn=name["value"] if name else None,
            at=datetime.fromisoformat(case["validation_time"] or case["at_used"]),
        )
    )


def _accepted(report: Report) -> bool:
    """Whether a client may use the chain for the name, by our judgement."""
    facts = report.facts
    places = {item["sha256"]: f"ca certificate {item['position']}" for item in reversed(facts["ca_certificates"])}
    places |= {item["sha256"]: f"chain certificate {item['position']}" for item in reversed(facts["certificates"])}
    on_path = {places[digest] for digest in facts["path"]}
    kept_from = any(item.bad and item.code in JUDGED_APART and item.subject in on_path for item in report.findings)
    return facts["chain_valid"] is True and facts["fqdn_covered"] is not False and not kept_from


def _disagreements(source: str) -> list[str]:
    cases = enumerate(_vectors(source))
    return [
        case["id"]
        for index, case in cases
        if _accepted(_report(source, index)) != (case["expected_result"] == "SUCCESS")
    ]


def test_bettertls_agrees_to_the_last_vector() -> None:
    assert _disagreements("bettertls") == []


def test_every_disagreement_with_limbo_is_explained() -> None:
    found = _disagreements("limbo")
    print(Counter(EXPLAINED.get(item, "?") for item in found), len(_vectors("limbo")) - len(found), "agree")
    assert set(found) == set(EXPLAINED)


@pytest.mark.parametrize("source", ["limbo", "bettertls"])
def test_nothing_is_accepted_that_both_others_refuse(source: str) -> None:
    wrong = [
        case["id"]
        for index, case in enumerate(_vectors(source))
        if _accepted(_report(source, index))
        and all(case["answers"][judge_name]["result"] != "SUCCESS" for judge_name in ("cryptography", "openssl"))
        and case["expected_result"] != "SUCCESS"
    ]
    assert wrong == []
