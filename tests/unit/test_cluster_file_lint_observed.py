"""Lint against what real rke binaries took and refused, file by file and release by release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.cluster_file.lint import lint

RELEASES = ("v0.1.18", "v0.2.8", "v0.3.2", "v1.2.0")
OURS = ("nodes.no-controlplane", "nodes.no-worker", "nodes.placeholder", "yaml.placeholder", "addons.")
"""Codes that are a fail although RKE takes the file (contract)."""


def table(name: str) -> Any:
    text = (Path(__file__).parent / name).read_text()
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def observed() -> list[Any]:
    first, more = table("cluster_file_observed.yml"), table("cluster_file_observed_more.yml")
    rows: list[tuple[str, str, str, tuple[str, ...]]] = [
        (row["name"], row["rke"], row["text"].replace("BASE\n", first["base"]), RELEASES) for row in first["rows"]
    ]
    rows += [
        (name, letters, text.replace("BASE\n", more["base"]), ("v0.1.16", *RELEASES))
        for name, letters, text in more["rows"]
    ]
    return [
        pytest.param(text, release, letter == "r", id=f"{name}-{release}")
        for name, letters, text, releases in rows
        for release, letter in zip(releases, letters, strict=True)
    ]


def agrees(text: str, release: str, refused: bool) -> None:
    report = lint(text.encode(), name="rancher-cluster.yml", rke=release)
    fails = [finding for finding in report.findings if finding.bad]
    if refused:
        assert fails, "RKE refuses this file, lint does not"
    else:
        left = [(finding.code, finding.title.english) for finding in fails if not finding.code.startswith(OURS)]
        assert not left, "RKE takes this file"
    assert all(finding.subject.startswith("rancher-cluster.yml:") for finding in report.findings)


@pytest.mark.parametrize(("text", "release", "refused"), observed())
def test_a_file_fails_where_rke_refuses_it_and_nowhere_else(text: str, release: str, refused: bool) -> None:
    agrees(text, release, refused)


@pytest.mark.parametrize("place", range(3), ids=["v0.1.16", "v0.2.8", "v0.3.2"])
def test_a_wrong_type_fails_under_every_key_that_the_release_reads(place: int) -> None:
    release = ("v0.1.16", "v0.2.8", "v0.3.2")[place]
    types = table("cluster_file_observed_types.yml")
    for text, letters in types["rows"]:
        agrees(text.replace("BASE\n", types["base"]), release, letters[place] == "r")
