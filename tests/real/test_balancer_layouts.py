"""Configurations as other hands lay them out: right ones pass, one thing removed or wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.balancer.lint import lint
from tests.conftest import require
from tests.real.balancers import make_pair

pytestmark = pytest.mark.real

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "balancer_layouts.yml").read_text())
LAYOUTS: dict[str, dict[str, Any]] = TABLE["layouts"]
VARIANTS: list[dict[str, Any]] = TABLE["variants"]


def lay_out(layout: dict[str, Any], folder: Path, change: tuple[str, str, str] | None = None) -> Path:
    """Write the layout's files, one text changed; the file for lint."""
    require(layout["kind"])
    pair = make_pair(folder)
    for name, text in layout["files"].items():
        if change is not None and name == change[0]:
            assert text.count(change[1]) == 1, f"{change[1]!r} is there {text.count(change[1])} times"
            text = text.replace(*change[1:])
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        filled = text.replace("CERT", str(pair.chain)).replace("KEY", str(pair.key)).replace("DIR", str(folder))
        path.write_text(filled.replace("PEM", str(pair.combined)))
    return folder / str(next(iter(layout["files"])))


async def codes(file: Path) -> list[str]:
    return sorted({finding.code for finding in (await lint(file)).findings if finding.status != "pass"})


@pytest.mark.parametrize("name", LAYOUTS)
async def test_a_right_configuration_is_not_blamed(name: str, tmp_path: Path) -> None:
    assert await codes(lay_out(LAYOUTS[name], tmp_path)) == []


@pytest.mark.parametrize("variant", VARIANTS, ids=[f"{row['layout']}: {row['id']}" for row in VARIANTS])
async def test_what_is_removed_or_wrong_is_named(variant: dict[str, Any], tmp_path: Path) -> None:
    file = lay_out(LAYOUTS[variant["layout"]], tmp_path, tuple(variant["replace"]))
    assert await codes(file) == sorted(variant["codes"])


async def test_of_several_sites_the_one_that_is_named_is_judged(tmp_path: Path) -> None:
    file = lay_out(LAYOUTS["several"], tmp_path)
    found = {finding.code for finding in (await lint(file, "wiki.example.com")).findings}
    assert {"host-header", "headers-dropped", "short-timeout"} & found
    file = lay_out(LAYOUTS["acls"], tmp_path)
    found = {finding.code for finding in (await lint(file, "wiki.example.com")).findings}
    assert found == {"single-backend", "no-health-check"}


async def test_a_name_that_no_site_answers_to_is_told(tmp_path: Path) -> None:
    file = lay_out(LAYOUTS["snippets"], tmp_path)
    (finding,) = (await lint(file, "console.example.com")).findings
    assert (finding.code, finding.status) == ("not-served", "fail")


async def test_a_file_that_includes_itself_is_a_broken_configuration(tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    file.write_text(f"events {{}} http {{ server {{ listen 80; include {file}; }} }}")
    report = await lint(file)
    assert not report.ok
