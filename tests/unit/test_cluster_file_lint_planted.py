"""Mistakes planted in a good file: each is found at its place, and its near miss is not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from rancher_tui.cluster_file.compose import compose
from rancher_tui.cluster_file.lint import lint
from rancher_tui.finding import Finding, Status
from tests.unit.cluster_file_case import ca_text, encoded, secret, state

NAME = "rancher-cluster.yml"


def good(template: str = "external-certificate") -> str:
    return compose(state(template), secret=secret, rke="v0.1.16")


@dataclass(frozen=True)
class Plant:
    """`old` becomes `new`; the finding `code` stands at the `spot` in the changed file."""

    name: str
    old: str
    code: str
    status: str
    spot: str
    path: str
    new: str = ""
    rke: str = "v0.1.16"
    near: str = ""


CA = encoded(ca_text())
TOKENS = {
    "{ca}": CA,
    "{ca-broken}": f"{CA[:40]}*{CA[41:]}",
    "{hello}": encoded("hello"),
    "{key}": encoded("-----BEGIN PRIVATE KEY-----\n"),
}


def plants() -> list[Plant]:
    rows = yaml.safe_load((Path(__file__).parent / "cluster_file_plants.yml").read_text())
    return [Plant(**{key: TOKENS.get(value, value) for key, value in row.items()}) for row in rows]


PLANTS = plants()


def place(text: str, spot: str) -> tuple[int, int]:
    before = text[: text.index(spot)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def judged(text: str, rke: str) -> tuple[Finding, ...]:
    return lint(text.encode(), name=NAME, rke=rke, fqdn="rancher.example.com").findings


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_mistake_is_found_at_its_place(plant: Plant) -> None:
    text = good()
    assert plant.old in text
    text = text.replace(plant.old, plant.new, 1)
    line, column = place(text, plant.spot)
    found = [finding for finding in judged(text, plant.rke) if finding.code == plant.code]
    assert [(finding.status.value, finding.subject) for finding in found] == [
        (plant.status, f"{NAME}:{line}:{column} {plant.path}")
    ]


@pytest.mark.parametrize("plant", [plant for plant in PLANTS if plant.near], ids=lambda plant: plant.name)
def test_its_near_miss_is_not(plant: Plant) -> None:
    text = good().replace(plant.old, plant.near, 1)
    assert plant.code not in [finding.code for finding in judged(text, plant.rke)]


@pytest.mark.parametrize("template", ["external-certificate", "external-recognized-ca"])
@pytest.mark.parametrize("rke", ["v0.1.16", "v0.2.2", "v0.2.8", "v1.2.0"])
def test_what_we_compose_has_nothing_against_it(template: str, rke: str) -> None:
    text = compose(state(template), secret=secret, rke=rke)
    report = lint(text.encode(), name=NAME, rke=rke, fqdn="rancher.example.com")
    assert not report.findings
    assert report.facts["template"] == template
    assert report.facts["nodes"] == 3
    assert report.facts["rke"] == rke


def test_a_yaml_error_inside_the_addons_is_told_at_its_line_in_the_file() -> None:
    text = (
        good()
        .replace("    metadata:\n      name: cattle-crb", "", 1)
        .replace("  kind: Service\n", "   kind: Service\n", 1)
    )
    line, _column = place(text, "   kind: Service\n")
    found = [finding for finding in judged(text, "v0.1.16") if finding.code == "addons.syntax"]
    assert len(found) == 1
    assert int(found[0].subject.split(":")[1]) in (line, line - 1, line + 1)
    assert found[0].status is Status.FAIL


def test_objects_that_fell_out_of_the_addons_are_lost() -> None:
    text = good() + "---\nkind: ConfigMap\napiVersion: v1\n"
    found = [finding for finding in judged(text, "v0.1.16") if finding.code == "addons.lost"]
    assert [finding.subject for finding in found] == [f"{NAME}:{text.count(chr(10)) - 1}:1"]


def test_a_file_without_rancher_is_judged_without_ranchers_rules() -> None:
    text = "nodes:\n- {address: a.example.com, user: u, role: [controlplane, etcd, worker]}\n"
    report = lint(text.encode(), name=NAME, rke="v1.2.0")
    assert not report.findings
    assert report.facts["template"] is None


def test_an_unknown_key_has_the_nearest_known_one_as_remedy() -> None:
    text = good().replace("  user: rancher", "  adress: x\n  user: rancher", 1)
    found = [finding for finding in judged(text, "v0.1.16") if finding.code == "yaml.unknown-key"]
    assert [finding.remedy.english for finding in found] == ["did you mean address?"]


def test_the_facts_name_what_is_left_and_what_nothing_reads() -> None:
    text = (
        good()
        .replace("snapshot: true", "backup: false", 1)
        .replace("host: rancher.example.com", "host: <FQDN>", 1)
    )
    text = text.replace("  user: rancher", "  usr: rancher", 1)
    facts = lint(text.encode(), name=NAME, rke="v0.1.16").facts
    assert facts["dead_keys"] == ["services.etcd.backup"]
    assert facts["unknown_keys"] == ["nodes.0.usr"]
    assert len(facts["placeholders"]) == 1
    assert facts["kubernetes_version"] == "v1.11.6-rancher1-1"


@pytest.mark.parametrize("form", ["utf-16", "utf-8-sig", "crlf", "cr"])
def test_other_encodings_and_line_ends_are_judged_alike(form: str) -> None:
    text = good()
    data = {"crlf": text.replace("\n", "\r\n").encode(), "cr": text.replace("\n", "\r").encode()}.get(form)
    assert not lint(data or text.encode(form), name=NAME, rke="v0.1.16", fqdn="rancher.example.com").findings


@pytest.mark.parametrize("data", [b"[" * 100_000, b"a: b\n" * 300_000, b"\0", b"&a " * 1000, b"- " * 50_000])
def test_a_hostile_file_is_judged_or_said_to_be_unjudged(data: bytes) -> None:
    assert not lint(data, name=NAME).ok


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("nodes: [", "1:9"),
        ("nodes: [a, b\n\n", "1:8"),
        ("nodes:\n- address: 'a\n  b: c\n\n", "2:12"),
        ("a: {b: c\n", "1:4"),
        ("a:\n\tb: c\n", "2:1"),
        ("a: |\n  x\n y\n", "3:2"),
    ],
)
@pytest.mark.parametrize("form", ["utf-8", "utf-16"])
def test_what_shows_at_the_end_of_the_file_is_told_where_it_began(text: str, where: str, form: str) -> None:
    found = lint(text.encode(form), name=NAME).findings
    assert [finding.subject for finding in found] == [f"{NAME}:{where}"]
