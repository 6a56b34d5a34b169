"""Each configuration that is broken in one place is found, by lint, by rehearsal, or by both, under its name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.balancer.lint import lint
from rancher_tui.balancer.write import write
from rancher_tui.finding import Finding
from tests.conftest import require
from tests.real.balancers import SERVERS, LocalNodes, make_pair
from tests.real.test_balancer_rehearse import brisk, install, rehearsed

pytestmark = pytest.mark.real

VARIANTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "balancer_variants.yml").read_text())
RUNNABLE = [variant for variant in VARIANTS if "rehearsal" in variant]


def names(variants: list[dict[str, Any]]) -> list[str]:
    return [f"{variant['kind']}: {variant['id']}" for variant in variants]


def broken(config: str, replacements: list[list[str]], **ports: str) -> str:
    """The configuration with each first text replaced by the second."""
    for old, new in replacements:
        for name, port in ports.items():
            old, new = old.replace(name, port), new.replace(name, port)
        everywhere = old.startswith("ALL:")
        old = old.removeprefix("ALL:")
        assert config.count(old) == 1 or (everywhere and old in config), (
            f"{old!r} is there {config.count(old)} times"
        )
        config = config.replace(old, new)
    return config


def shown_in_full(findings: Iterable[Finding]) -> None:
    """Every text has what it names, and every finding is plain data."""
    for finding in findings:
        for text in (finding.title, finding.detail, finding.remedy):
            text.template.format(**text.arguments)
        json.dumps(finding.to_json())


def variant_of(variant: dict[str, Any], folder: Path) -> tuple[Any, Any, str]:
    pair, state = make_pair(folder), install(folder)
    ports = {"PORT": state.balancer.https_port, "NODE": state.balancer.node_port}
    written = brisk(write(state, variant["kind"]).text)
    return pair, state, broken(written, variant["replace"], **ports)


@pytest.mark.parametrize("variant", VARIANTS, ids=names(VARIANTS))
async def test_lint_names_what_is_broken(variant: dict[str, Any], tmp_path: Path) -> None:
    require(variant["kind"])
    _pair, _state, config = variant_of(variant, tmp_path)
    file = tmp_path / "config"
    file.write_text(config)
    report = await lint(file)
    shown_in_full(report.findings)
    found = [finding for finding in report.findings if finding.status != "pass"]
    assert sorted(finding.code for finding in found) == sorted(variant["lint"]), [f.to_json() for f in found]
    assert report.facts["kind"] == variant["kind"]


@pytest.mark.parametrize("variant", RUNNABLE, ids=names(RUNNABLE))
async def test_a_rehearsal_names_what_is_broken(variant: dict[str, Any], tmp_path: Path) -> None:
    require(variant["kind"])
    pair, state, config = variant_of(variant, tmp_path)
    nodes = LocalNodes()
    with SERVERS[variant["kind"]](tmp_path, config, int(state.balancer.https_port)):
        idle = float(variant.get("idle", 0.2))
        findings, _facts = await rehearsed(state, pair, nodes, idle=idle, settle=1.0, limit=3.0, stop_one=False)
    shown_in_full(findings)
    found = [finding for finding in findings if finding.status != "pass"]
    assert sorted(finding.code for finding in found) == sorted(variant["rehearsal"]), [f.to_json() for f in found]
    assert nodes.left_over == []


@pytest.mark.parametrize("kind", ["nginx", "haproxy"])
async def test_what_we_write_ourselves_lints_clean(kind: str, tmp_path: Path) -> None:
    require(kind)
    make_pair(tmp_path)
    file = tmp_path / "config"
    file.write_text(write(install(tmp_path), kind).text)
    report = await lint(file)
    assert [(finding.status.value, finding.code) for finding in report.findings] == [("pass", "fit")]
