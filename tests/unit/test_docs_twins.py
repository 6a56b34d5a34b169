"""The docs in Chinese say what the English ones say: the same commands, keys, codes and links, in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from building.texts import ROOT
from tests.unit.test_docs import calls

DOCS, CHINESE = ROOT / "docs", ROOT / "docs" / "zh_CN"
APART = {"benchmarks.md"}
"""Pages of figures, in English only."""
MADE = {"2am.md", "keys.md"}
"""Made from tables, in each language: held by the tests of made pages."""
PAGES = {page.relative_to(DOCS): page for page in DOCS.rglob("*.md") if not page.is_relative_to(CHINESE)}
TWINS = {
    "README.md": (ROOT / "README.md", CHINESE / "README.md"),
    **{
        str(name): (page, CHINESE / name)
        for name, page in sorted(PAGES.items())
        if str(name) not in APART and str(name) not in MADE
    },
}
twins = pytest.mark.parametrize(("english", "chinese"), TWINS.values(), ids=TWINS.keys())


def quoted(page: Path) -> list[str]:
    """What stands in backquotes: keys, codes, files, options."""
    plain = re.sub(r"```\n.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return sorted(set(re.findall(r"`([^`\n]+)`", plain)))


def links(page: Path) -> set[str]:
    """Where a page leads, by the English twin's path; the links between the languages left out."""
    found = set()
    for target in re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", page.read_text("utf-8")):
        if "://" in target:
            found.add(target)
            continue
        place = (page.parent / target).resolve()
        if place.is_relative_to(CHINESE):
            own = place.relative_to(CHINESE)
            place = ROOT / own if str(own) == "README.md" else DOCS / own
        found.add(str(place))
    mine = ROOT / "README.md" if page.name == "README.md" else DOCS / (
        page.relative_to(CHINESE) if page.is_relative_to(CHINESE) else page.relative_to(DOCS)
    )  # fmt: skip
    return found - {str(mine)}


def shape(page: Path) -> list[str]:
    """Headings by depth, rows of tables by their columns, blocks of commands, in order."""
    return re.findall(r"^(#+ |```|\||\d+\. |- )", page.read_text("utf-8"), re.MULTILINE)


def test_every_page_has_its_twin() -> None:
    own = {page.relative_to(CHINESE) for page in CHINESE.rglob("*.md")} - {Path("README.md")}
    assert {str(name) for name in PAGES.keys() - own} <= APART
    assert own - PAGES.keys() == set()


@twins
def test_a_twin_calls_the_same_commands(english: Path, chinese: Path) -> None:
    assert list(calls(chinese.read_text("utf-8"))) == list(calls(english.read_text("utf-8")))


@twins
def test_a_twin_names_the_same_keys_codes_and_files(english: Path, chinese: Path) -> None:
    assert quoted(chinese) == quoted(english)


@twins
def test_a_twin_leads_to_the_same_places(english: Path, chinese: Path) -> None:
    assert links(chinese) == links(english)


@twins
def test_a_twin_has_the_same_parts(english: Path, chinese: Path) -> None:
    assert [part for part in shape(chinese) if part != "- "] == [part for part in shape(english) if part != "- "]


@twins
def test_a_twin_is_written_in_chinese(english: Path, chinese: Path) -> None:
    plain = re.sub(
        r"```\n.*?```|`[^`\n]*`|\]\([^)]*\)|\"[^\"]*\"", "", chinese.read_text("utf-8"), flags=re.DOTALL
    )
    assert re.findall(r"(?:[A-Za-z]{2,}[ ,.;:]+){6,}", plain) == []
    assert len(re.findall(r"[\u4e00-\u9fff]", plain)) > len(plain) / 4
