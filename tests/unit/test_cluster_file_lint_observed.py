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


def observed() -> list[Any]:
    recorded = yaml.safe_load((Path(__file__).parent / "cluster_file_observed.yml").read_text())
    return [
        pytest.param(
            row["text"].replace("BASE\n", recorded["base"]), release, letter == "r", id=f"{row['name']}-{release}"
        )
        for row in recorded["rows"]
        for release, letter in zip(RELEASES, row["rke"], strict=True)
    ]


@pytest.mark.parametrize(("text", "release", "refused"), observed())
def test_a_file_fails_where_rke_refuses_it_and_nowhere_else(text: str, release: str, refused: bool) -> None:
    report = lint(text.encode(), name="rancher-cluster.yml", rke=release)
    fails = [finding for finding in report.findings if finding.bad]
    if refused:
        assert fails, "RKE refuses this file, lint does not"
    else:
        left = [(finding.code, finding.title.english) for finding in fails if not finding.code.startswith(OURS)]
        assert not left, "RKE takes this file"
    assert all(finding.subject.startswith("rancher-cluster.yml:") for finding in report.findings)
