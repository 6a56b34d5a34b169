"""Planted cases about order, membership and trust."""

from __future__ import annotations

from typing import Any

from tests.unit.certificates_pki import DAY, FQDN, NOW, Issued, chain_of, issue, key, name, root, server
from tests.unit.certificates_planted import Planted, order, planted

LEAF, LOWER, UPPER, ROOT = chain_of(2)
STRANGER = root("Stranger Root")
STRANGER_CA = issue("Stranger CA", STRANGER)
FAIL, WARN = "fail", "warn"


def _case(label: str, *issued: Issued, ca: tuple[Issued, ...] | None = (ROOT,), **more: Any) -> Planted:
    return planted(label, *issued, leaf=more.pop("leaf", LEAF), ca=ca, **more)


def _good() -> list[Planted]:
    right = {"order_ok": True, "chain_valid": True, "missing_intermediate": False, "root_included": False}
    alone = server(FQDN, ROOT, key_name="alone")
    return [
        _case("a right chain", LEAF, LOWER, UPPER, facts={**right, "correct_order": order(LEAF, LOWER, UPPER)}),
        _case("a leaf issued by the root", alone, leaf=alone, facts=right),
        _case(
            "the root served too",
            LEAF,
            LOWER,
            UPPER,
            ROOT,
            expect={"root-included": WARN},
            facts={**right, "root_included": True, "correct_order": order(LEAF, LOWER, UPPER, ROOT)},
        ),
        _case(
            "no CA file",
            LEAF,
            LOWER,
            UPPER,
            ca=None,
            expect={"ca-missing": WARN},
            facts={"order_ok": True, "chain_valid": None, "missing_intermediate": False},
        ),
    ]


def _wrong_order() -> list[Planted]:
    right = order(LEAF, LOWER, UPPER)
    wrong = {"wrong-order": FAIL}
    facts = {"order_ok": False, "chain_valid": True, "correct_order": right}
    other = server("other.example.com", LOWER)
    return [
        _case("intermediates swapped", LEAF, UPPER, LOWER, expect=wrong, facts=facts),
        _case("leaf last", UPPER, LOWER, LEAF, expect=wrong, facts=facts),
        _case("leaf between", LOWER, LEAF, UPPER, expect=wrong, facts=facts),
        _case(
            "all turned round with the root",
            ROOT,
            UPPER,
            LOWER,
            LEAF,
            expect={"wrong-order": FAIL, "root-included": WARN},
            facts={"order_ok": False, "correct_order": order(LEAF, LOWER, UPPER, ROOT)},
        ),
        _case(
            "a copy of the leaf",
            LEAF,
            LEAF,
            LOWER,
            UPPER,
            expect={"wrong-order": WARN, "duplicate-certificate": FAIL},
            facts=facts,
        ),
        _case(
            "a copy at the end",
            LEAF,
            LOWER,
            UPPER,
            LOWER,
            expect={"wrong-order": WARN, "duplicate-certificate": FAIL},
            facts=facts,
        ),
        _case(
            "a stranger at the end",
            LEAF,
            LOWER,
            UPPER,
            STRANGER_CA,
            expect={"wrong-order": WARN, "unrelated-certificate": FAIL},
            facts=facts,
        ),
        _case(
            "a stranger between",
            LEAF,
            STRANGER,
            LOWER,
            UPPER,
            expect={"wrong-order": WARN, "unrelated-certificate": FAIL},
            facts={**facts, "root_included": False},
        ),
        _case(
            "a stranger and swapped",
            LEAF,
            STRANGER,
            UPPER,
            LOWER,
            expect={"wrong-order": FAIL, "unrelated-certificate": FAIL},
            facts=facts,
        ),
        _case(
            "another host's leaf in front",
            other,
            LEAF,
            LOWER,
            UPPER,
            expect={"wrong-order": FAIL, "multiple-leaves": WARN},
            facts=facts,
        ),
        _case(
            "another host's leaf at the end",
            LEAF,
            LOWER,
            UPPER,
            other,
            expect={"wrong-order": WARN, "multiple-leaves": WARN},
            facts=facts,
        ),
    ]


def _leaves() -> list[Planted]:
    old = server(FQDN, LOWER, begin=NOW - 400 * DAY, end=NOW - DAY)
    rival = server(FQDN, LOWER, key_name="rival")
    self_signed = server(FQDN)
    ca_leaf = server(FQDN, LOWER, ca=True, key_usage=("digital_signature", "key_cert_sign"), key_name="ca leaf")
    return [
        _case(
            "no leaf",
            LOWER,
            UPPER,
            leaf=None,
            fqdn=FQDN,
            expect={"no-leaf": FAIL, "key-missing": WARN},
            facts={
                "order_ok": None,
                "chain_valid": None,
                "correct_order": [],
                "fqdn_covered": None,
                "missing_intermediate": False,
                "root_included": False,
            },
        ),
        _case(
            "two leaves of one host, the key decides",
            rival,
            LEAF,
            LOWER,
            UPPER,
            expect={"multiple-leaves": FAIL, "wrong-order": FAIL},
            facts={"correct_order": order(LEAF, LOWER, UPPER), "key_matches": True},
        ),
        _case(
            "a renewal of the same key before its forerunner",
            LEAF,
            LOWER,
            UPPER,
            old,
            expect={"multiple-leaves": FAIL, "wrong-order": WARN},
            facts={"chain_valid": True},
        ),
        _case(
            "a self-signed server certificate that is its own CA",
            self_signed,
            leaf=self_signed,
            ca=(self_signed,),
            expect={"self-signed-leaf": WARN},
            facts={"chain_valid": True, "order_ok": True, "root_included": False},
        ),
        _case(
            "a self-signed server certificate that the CA file lacks",
            self_signed,
            leaf=self_signed,
            expect={"self-signed-leaf": WARN, "untrusted-root": FAIL},
            facts={"chain_valid": False},
        ),
        _case(
            "a leaf marked as a CA",
            ca_leaf,
            LOWER,
            UPPER,
            leaf=ca_leaf,
            expect={"leaf-is-ca": WARN},
            facts={"chain_valid": True, "order_ok": True},
        ),
    ]


def _missing() -> list[Planted]:
    missing = {"missing-intermediate": FAIL}
    facts = {"missing_intermediate": True, "chain_valid": False}
    return [
        _case("the upper intermediate is missing", LEAF, LOWER, expect=missing, facts={**facts, "order_ok": True}),
        _case("only the leaf", LEAF, expect=missing, facts={**facts, "order_ok": True}),
        _case("a gap inside", LEAF, UPPER, expect=missing, facts={**facts, "order_ok": None}),
        _case(
            "a gap below the root",
            LEAF,
            LOWER,
            ROOT,
            expect={**missing, "root-included": WARN},
            facts={**facts, "order_ok": None, "root_included": True},
        ),
        _case(
            "leaf and root alone",
            LEAF,
            ROOT,
            expect={**missing, "root-included": WARN},
            facts={**facts, "order_ok": None},
        ),
        _case(
            "a stranger instead of the issuer",
            LEAF,
            STRANGER_CA,
            expect={**missing, "unrelated-certificate": FAIL, "wrong-order": WARN},
            facts={**facts, "order_ok": False},
        ),
        _case(
            "the wrong CA file",
            LEAF,
            LOWER,
            UPPER,
            ca=(STRANGER,),
            expect=missing,
            facts=facts,
        ),
        _case(
            "the CA file holds the intermediate",
            LEAF,
            LOWER,
            ca=(UPPER, ROOT),
            expect={"missing-intermediate": WARN, "intermediate-in-ca": WARN},
            facts={"missing_intermediate": True, "chain_valid": True, "order_ok": True},
        ),
        _case(
            "the CA file closes a gap inside",
            LEAF,
            UPPER,
            ca=(LOWER, ROOT),
            expect={"missing-intermediate": WARN, "intermediate-in-ca": WARN, "unneeded-certificate": WARN},
            facts={"missing_intermediate": True, "chain_valid": True, "order_ok": None},
        ),
    ]


def _untrusted() -> list[Planted]:
    same_name = root(key_name="another key of the root's name")
    one = issue("Circle One", issuer_name=name("Circle Two"), signer=key("Circle Two"))
    two = issue("Circle Two", issuer_name=name("Circle One"), signer=key("Circle One"))
    lost = server(FQDN, one, key_name="circle leaf")
    untrusted = {"untrusted-root": FAIL}
    return [
        _case(
            "a root that the CA file lacks",
            LEAF,
            LOWER,
            UPPER,
            ROOT,
            ca=(STRANGER,),
            expect={**untrusted, "root-included": WARN},
            facts={"chain_valid": False, "missing_intermediate": False, "root_included": True},
        ),
        _case(
            "a CA of the right name and another key",
            LEAF,
            LOWER,
            UPPER,
            ca=(same_name,),
            expect=untrusted,
            facts={"chain_valid": False, "missing_intermediate": False},
        ),
        _case(
            "issuers in a circle",
            lost,
            one,
            two,
            leaf=lost,
            expect={**untrusted, "missing-aki": WARN},
            facts={"chain_valid": False, "order_ok": True, "missing_intermediate": False},
        ),
    ]


def _mismatch() -> list[Planted]:
    fake = issue("Example CA 1", UPPER, key_name="fake lower")
    forged = server(FQDN, LOWER, signer=key("forger"), key_name="forged")
    mismatch = {"signature-mismatch": FAIL}
    facts = {"chain_valid": False, "missing_intermediate": False}
    return [
        _case("an intermediate made anew with another key", LEAF, fake, UPPER, expect=mismatch, facts=facts),
        _case("a forged leaf", forged, LOWER, UPPER, leaf=forged, expect=mismatch, facts=facts),
        _case(
            "the look-alike beside the right one",
            LEAF,
            LOWER,
            UPPER,
            fake,
            expect={"unrelated-certificate": FAIL, "wrong-order": WARN},
            facts={"chain_valid": True},
        ),
        _case(
            "the look-alike next to the leaf",
            LEAF,
            fake,
            LOWER,
            UPPER,
            expect={**mismatch, "wrong-order": WARN},
            facts={"chain_valid": True, "order_ok": False},
        ),
    ]


def _crossed() -> list[Planted]:
    other_root = root("Other Root")
    crossed = issue("Example Root", other_root, key_name="Example Root")
    upper_again = issue("Example CA 2", ROOT, end=NOW + 100 * DAY)
    return [
        _case(
            "a cross-signed root beyond the trusted one",
            LEAF,
            LOWER,
            UPPER,
            crossed,
            expect={"cross-signed": WARN, "unneeded-certificate": WARN},
            facts={"chain_valid": True, "order_ok": True},
        ),
        _case(
            "the cross-signed root leads to the other CA",
            LEAF,
            LOWER,
            UPPER,
            crossed,
            ca=(other_root,),
            facts={"chain_valid": True, "order_ok": True},
        ),
        _case(
            "two ways up",
            LEAF,
            LOWER,
            UPPER,
            upper_again,
            expect={"cross-signed": WARN},
            facts={"chain_valid": True, "order_ok": None},
        ),
        _case(
            "more than the trusted intermediate needs",
            LEAF,
            LOWER,
            UPPER,
            ca=(LOWER,),
            expect={"unneeded-certificate": WARN, "ca-not-root": WARN, "intermediate-in-ca": WARN},
            facts={"chain_valid": True, "order_ok": True},
        ),
    ]


CASES = [*_good(), *_wrong_order(), *_leaves(), *_missing(), *_untrusted(), *_mismatch(), *_crossed()]
