"""Which versions go together: from what is known a set, and each refusal in a sentence with its row."""

from __future__ import annotations

import pytest

from rancher_tui import facts
from rancher_tui.compatibility.notices import images, notices
from rancher_tui.compatibility.solve import Known, judge, solve
from rancher_tui.compatibility.tags import judge_tag
from rancher_tui.finding import Status


def codes(known: Known) -> list[str]:
    return [finding.code for finding in judge(known).findings if finding.status is Status.FAIL]


def test_with_nothing_known_the_set_is_the_one_that_was_released_together() -> None:
    found = solve(Known())
    assert (found.rancher, found.rke, found.kubernetes) == ("v2.0.8", "v0.1.16", "v1.11.6-rancher1-1")
    assert "17.03" in found.docker
    assert found.works
    assert not found.use_forwarded_headers


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (Known(rancher="stable"), "rancher-floating-tag"),
        (Known(rancher="latest"), "rancher-floating-tag"),
        (Known(rancher="v2.0.8-rc1"), "rancher-pre-release"),
        (Known(rancher="v2.0.9"), "rancher-helm-only"),
        (Known(rancher="v2.14.3"), "rancher-helm-only"),
        (Known(rancher="2.0.8"), "rancher-bad-tag"),
        (Known(rancher="v1.6.0"), "rancher-unknown-tag"),
        (Known(rke="v0.1.18", kubernetes="v1.11.6-rancher1-1"), "kubernetes-not-carried"),
        (Known(rke="v0.2.8", kubernetes="v1.11.66-rancher1-1"), "kubernetes-not-carried"),
        (Known(rke="v1.2.0", kubernetes="v1.16.15-rancher1-2"), "kubernetes-too-new"),
        (Known(rke="v1.2.0"), "kubernetes-not-pinned"),
        (Known(rke="v0.2.8", kubernetes="v1.8.11-rancher2-1"), "kubernetes-too-old"),
        (Known(rke="v0.1.16", kubernetes="1.11"), "kubernetes-bad-version"),
        (Known(rke="newest"), "rke-bad-version"),
        (Known(rke="v0.1.1"), "rke-too-old"),
        (Known(rke="v0.1.16", docker="20.10.7"), "docker-not-accepted"),
        (Known(docker="26.1.0"), "docker-not-accepted"),
        (Known(rke="v0.1.10", docker="18.06.1-ce"), "docker-not-accepted"),
        (Known(rke="v1.2.0", kubernetes="v1.11.6-rancher1-1", docker="29.0.1"), "docker-too-new"),
        (Known(docker="podman"), "docker-bad-version"),
    ],
)
def test_what_cannot_work_is_refused(known: Known, code: str) -> None:
    assert codes(known) == [code]


@pytest.mark.parametrize(
    "known",
    [
        Known(rancher="v2.0.8"),
        Known(rancher="v2.0.0"),
        Known(rke="v0.1.18", kubernetes="v1.11.9-rancher1-1"),
        Known(rke="v0.2.8", kubernetes="v1.11.6-rancher1-1"),
        Known(rke="v1.2.0", kubernetes="v1.15.12-rancher2-6"),
        Known(rke="v0.1.16", docker="18.06.1-ce"),
        Known(rke="v0.1.16", docker="17.03.2-ce"),
        Known(rke="v1.2.6", kubernetes="v1.11.6-rancher1-1", docker="20.10.7"),
        Known(os="Ubuntu 16.04.7 LTS"),
    ],
)
def test_what_is_just_inside_is_taken(known: Known) -> None:
    assert codes(known) == []


def test_a_refusal_is_one_sentence_with_the_row_it_rests_on() -> None:
    found = [item for item in judge(Known(rke="v1.2.0", kubernetes="v1.16.15-rancher1-2")).findings if item.bad]
    assert len(found) == 1
    assert found[0].evidence["row"]
    assert found[0].remedy


def test_the_remedy_pins_a_version_that_this_rke_carries_and_rancher_runs_on() -> None:
    for row in facts.rows("rke"):
        solution = solve(Known(rke=row["version"]))
        assert solution.kubernetes in facts.carried_kubernetes(row["version"])
        assert facts.number("1.9") <= facts.number(solution.kubernetes)[:2] <= facts.number("1.15")
        assert judge(Known(rke=row["version"], kubernetes=solution.kubernetes)).ok


@pytest.mark.parametrize("docker", ["1.13.1", "17.03.2-ce", "18.09.9", "19.03.15", "20.10.24"])
def test_a_docker_that_is_there_chooses_an_rke_that_takes_it(docker: str) -> None:
    solution = solve(Known(docker=docker))
    assert solution.works
    assert docker.rpartition(".")[0] in solution.docker


def test_where_the_versions_do_not_go_together_a_set_that_does_is_named() -> None:
    report = judge(Known(rke="v0.1.16", docker="20.10.7"))
    instead = report.facts["instead"]
    assert judge(Known(rke=instead["rke"], kubernetes=instead["kubernetes_version"], docker="20.10.7")).ok
    assert judge(Known()).facts["instead"] is None


def test_forwarded_headers_follow_the_ingress() -> None:
    assert solve(Known(rke="v1.0.9", kubernetes="v1.13.11-rancher1-1")).use_forwarded_headers
    assert not solve(Known(rke="v0.2.8", kubernetes="v1.13.10-rancher1-2")).use_forwarded_headers


def test_a_tag_is_judged_with_what_the_template_and_the_options_need() -> None:
    assert [finding.code for finding in judge_tag("v2.0.0", recognized_ca=True)] == ["rancher-no-cacerts"]
    assert [finding.status for finding in judge_tag("v2.0.1", recognized_ca=True)] == [Status.PASS]
    assert "rancher-no-audit" in [finding.code for finding in judge_tag("v2.0.6", audit=True)]
    assert "rancher-no-audit" not in [finding.code for finding in judge_tag("v2.0.7", audit=True)]


def test_the_images_of_a_set_name_kubernetes_the_plugin_and_rancher() -> None:
    found = images("v1.11.6-rancher1-1")
    assert "rancher/hyperkube:v1.11.6-rancher1" in found
    assert "rancher/rancher-agent:v2.0.8" in found
    assert not any("weave" in image for image in found)
    assert any("weave" in image for image in images("v1.11.6-rancher1-1", plugin="weave"))
    assert images("v9.9.9") == ()


def test_what_to_know_today_is_said_with_its_source() -> None:
    assert [notice.code for notice in notices()] == [
        "rke1-end-of-life",
        "known-vulnerabilities",
        "addon-install-limit",
        "supported-path",
    ]
    assert all(notice.text and notice.source.startswith("https://") for notice in notices())


@pytest.mark.parametrize(
    "name", ["rke", "kubernetes", "docker", "images", "rancher", "api_versions", "os", "rke_fields"]
)
def test_every_table_names_its_source_and_its_day(name: str) -> None:
    table = facts.table(name)
    assert table["source"]
    assert str(table["taken"]) == "2026-11-23"
    assert table["rows"]


def test_a_version_of_rke_that_nobody_named_is_said_to_be_assumed() -> None:
    def said(known: Known) -> str:
        return next(finding.title.english for finding in judge(known).findings if finding.code == "versions-fit")

    assert "assumed" in said(Known()) and "assumed" not in said(Known(rke="v0.1.16"))
