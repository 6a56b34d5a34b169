"""Random chains, dirt and faults, from fixed seeds: what follows from the plan alone must be what is told."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from rancher_tui.finding import Report, Status
from tests.unit.certificates_dirt import DIRT
from tests.unit.certificates_faults import FAULTS, faulty
from tests.unit.certificates_pki import FQDN, NOW, pem
from tests.unit.certificates_random import Plan, authority, host, plan

SEEDS = range(240)
EDGES = {"bom", "crlf", "leading-text", "trailing-garbage", "no-final-newline"}


def _file(chosen: Plan) -> bytes:
    return pem(*(made.issued for made in chosen.file))


def _judged(chosen: Plan, data: bytes) -> Report:
    return judge(
        Files(
            data,
            chain_name="chain",
            key=chosen.key.issued.key_pem if chosen.key else None,
            key_name="key",
            ca=None if chosen.ca is None else pem(*(made.issued for made in chosen.ca)),
            ca_name="ca",
            fqdn=FQDN,
            at=NOW,
        )
    )


def _told(report: Report) -> dict[str, set[tuple[str, str]]]:
    """Code to the subjects and statuses with which it is told."""
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for item in report.findings:
        if item.status is not Status.PASS:
            told[item.code].add((item.subject, item.status.value))
    return told


def _differences(chosen: Plan) -> list[str]:
    """What the report says otherwise than the plan."""
    report = _judged(chosen, _file(chosen))
    facts, told = report.facts, _told(report)
    wrong: list[str] = []

    def same(what: str, found: object, wanted: object) -> None:
        if found != wanted:
            wrong.append(f"seed {chosen.seed} {chosen.label}: {what} is {found!r}, not {wanted!r}")

    leaf, file = chosen.leaf, chosen.file
    same("chain_valid", facts["chain_valid"], chosen.chain_valid)
    same("recovered", [item["sha256"] for item in facts["certificates"]], [made.issued.sha256 for made in file])
    roles = [item["role"] for item in facts["certificates"]]
    copies = [index for index, made in enumerate(file) if made in file[:index]]
    same("copies", [index for index, role in enumerate(roles) if role == "duplicate"], copies)
    same(
        "duplicate-certificate",
        told["duplicate-certificate"],
        {(f"chain certificate {i + 1}", "fail") for i in copies},
    )
    leaves = [index for index, made in enumerate(file) if made in chosen.leaves and index not in copies]
    same("leaves", [index for index, role in enumerate(roles) if role == "leaf"], leaves)
    same("multiple-leaves", bool(told["multiple-leaves"]), len(chosen.leaves) > 1)
    same("no-leaf", bool(told["no-leaf"]), leaf is None)
    same(
        "key_matches",
        facts["key_matches"],
        None if not (leaf and chosen.key) else leaf.own_key == chosen.key.own_key,
    )
    same("fqdn_covered", facts["fqdn_covered"], None if leaf is None else FQDN in leaf.hosts)
    same("signature-mismatch", bool(told["signature-mismatch"]), chosen.mismatch is not None)
    same("ok", report.ok, not any(item.bad for item in report.findings))
    same("told twice", len({(item.code, item.subject) for item in report.findings}), len(report.findings))
    _order(chosen, report, same)
    return wrong


def _order(chosen: Plan, report: Report, same: object) -> None:
    assert callable(same)
    facts, told, leaf, file = report.facts, _told(report), chosen.leaf, chosen.file
    if chosen.order is not None:
        same("correct_order", facts["correct_order"], [made.issued.sha256 for made in chosen.order])
    if leaf is None or chosen.order is None:
        expected = False if leaf is not None and file[0] is not leaf else None
        same("order_ok", facts["order_ok"], expected)
    elif file == chosen.order or file[0] is not leaf:
        same("order_ok", facts["order_ok"], file == chosen.order)
    else:
        same("order_ok is true", facts["order_ok"] is True, False)
    same("wrong-order", bool(told["wrong-order"]), facts["order_ok"] is False)
    ends = {status for _, status in told["missing-intermediate"]} | {"root" for _ in told["untrusted-root"]}
    if chosen.trusted or not chosen.usable or leaf is None or chosen.mismatch:
        same("ends", ends - {"warn"}, set())
    else:
        same("the end", ends, {"fail"} if chosen.missing else {"root"})
    if leaf is not None and chosen.mismatch is None and (chosen.trusted or not chosen.usable):
        strangers = {
            f"chain certificate {file.index(made) + 1}"
            for made in chosen.distinct
            if made not in chosen.on_the_way and made not in chosen.leaves
        }
        same("unrelated-certificate", {subject for subject, _ in told["unrelated-certificate"]}, strangers)


@pytest.mark.parametrize("start", range(0, len(SEEDS), 40))
def test_random_chains_are_told_as_they_were_planned(start: int) -> None:
    assert [line for seed in SEEDS[start : start + 40] for line in _differences(plan(seed))] == []


def test_the_plans_reach_every_answer() -> None:
    """So many seeds must give every value of the facts; else the plans are too tame."""
    reports = [_judged(chosen, _file(chosen)).facts for chosen in map(plan, SEEDS)]
    for name in ("order_ok", "chain_valid"):
        assert {facts[name] for facts in reports} == {True, False, None}, name
    assert {facts["missing_intermediate"] for facts in reports} == {True, False}
    roles = {item["role"] for facts in reports for item in facts["certificates"]}
    assert roles == {"leaf", "intermediate", "root", "duplicate", "unrelated"}


@pytest.mark.parametrize("dirt", DIRT)
def test_dirt_loses_no_certificate_and_changes_no_judgement(dirt: str) -> None:
    """On plans with every kind of fault of order: the same facts, the same findings, and the dirt's own."""
    soil, form, codes = DIRT[dirt]
    for seed in range(6):
        chosen = next(it for it in map(plan, range(seed * 50, 500)) if len(it.file) > 1)
        clean, dirty = _judged(chosen, _file(chosen)), _judged(chosen, soil(_file(chosen)))
        same = (
            "certificates",
            "order_ok",
            "correct_order",
            "missing_intermediate",
            "root_included",
            "chain_valid",
        )
        assert [dirty.facts[name] for name in same] == [clean.facts[name] for name in same], chosen.label
        assert dirty.facts["format"] == form
        wanted = {(code, subject, status) for code, found in _told(clean).items() for subject, status in found}
        wanted |= {(code, "chain", status) for code, status in codes.items()}
        assert {(code, *rest) for code, found in _told(dirty).items() for rest in found} == wanted, chosen.label


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_anywhere_on_the_path_is_told_of_the_one_that_has_it(fault: str) -> None:
    for seed in range(8):
        made = faulty(fault, random.Random(f"{fault} {seed}"))
        report = judge(
            Files(
                pem(*made.chain),
                chain_name="chain",
                key=made.chain[0].key_pem,
                ca=made.root.pem,
                ca_name="ca",
                fqdn=FQDN,
                at=NOW,
            )
        )
        told = {
            (item.code, item.status.value, item.subject)
            for item in report.findings
            if item.status is not Status.PASS
        }
        assert told == made.told
        assert report.facts["chain_valid"] is made.valid
        assert report.facts["order_ok"] is True


def test_a_rollover_link_on_the_way_is_an_intermediate_and_no_root() -> None:
    """Its subject and issuer are one name, and another key signed it."""
    old = authority("Root that rolls over")
    link = authority("Root that rolls over", old, "its next key")
    leaf = host(FQDN, link, "leaf below the next key")
    chosen = Plan(0, [leaf, link], [old], leaf)
    report = _judged(chosen, _file(chosen))
    assert _told(report) == {}
    assert [item["role"] for item in report.facts["certificates"]] == ["leaf", "intermediate"]
    assert report.facts["chain_valid"] is True and report.facts["root_included"] is False
    assert _differences(Plan(0, [link, leaf, old], [old], leaf)) == []
