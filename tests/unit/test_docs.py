"""What the docs say holds: commands and options exist, links lead somewhere, keys and codes are the program's."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from building import commands
from building.texts import ROOT
from rancher_tui.actions import shown_key, usual_table

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
STEPS = sorted((ROOT / "docs").rglob("steps/*.md"))
STEP_IDS = [str(page.relative_to(ROOT / "docs")) for page in STEPS]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


def calls(text: str) -> Iterator[list[str]]:
    """Every call of rancher-tui in blocks and in running text, as words."""
    for line in re.findall(r"```\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"\n|&&", line):
            plain = part.split("  #")[0].strip()
            if plain.startswith("rancher-tui "):
                yield shlex.split(plain.split(" > ")[0])
    for found in re.findall(r"`(rancher-tui [a-z-][^`\n]*)`", text):
        yield shlex.split(found)


@lru_cache(maxsize=1)
def known() -> dict[str, commands.Command]:
    return {command.name: command for command in commands.every()}


def wrong(words: list[str]) -> str:
    """What is wrong with a call; empty when nothing is."""
    _program, *rest = words
    table = known()
    while rest and rest[0].startswith("-"):
        option = next((item for item in table[""].options if rest[0].partition("=")[0] in item.names), None)
        if option is None:
            return f"no option {rest[0]}"
        rest = rest[2:] if option.value and "=" not in rest[0] else rest[1:]
    if not rest or rest[0] in ("SESSION", "prod"):
        return ""
    name, *arguments = rest
    if name not in table:
        return f"no command {name}"
    return wrong_arguments(table[name], arguments)


def wrong_arguments(command: commands.Command, arguments: list[str]) -> str:
    places = 0
    while arguments:
        word, *arguments = arguments
        if word == "--":
            break
        if word.startswith("-") and word != "-":
            option = next((item for item in command.options if word.partition("=")[0] in item.names), None)
            if option is None:
                return f"{command.name} has no option {word}"
            if option.value and "=" not in word:
                if not arguments:
                    return f"{word} wants a value"
                arguments = arguments[1:]
        else:
            places += 1
    if places > len(command.arguments) and not any(item.many for item in command.arguments):
        return f"{command.name} takes {len(command.arguments)} arguments"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_in_the_docs_can_be_called(page: Path) -> None:
    bad = {" ".join(words): told for words in calls(page.read_text("utf-8")) if (told := wrong(words))}
    assert bad == {}


def test_the_docs_call_many_commands() -> None:
    called = {words[1] for page in PAGES for words in calls(page.read_text("utf-8"))}
    assert len(called & set(known())) > 25


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _hash, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", STEPS, ids=STEP_IDS)
def test_keys_of_a_step_are_keys_there(page: Path) -> None:
    place = page.stem.split("-", 1)[1]
    there = {shown_key(key) for action in usual_table().at(place) for key in action.keys}
    named = set(re.findall(r"`([a-zA-Z?=<>&/.,]|f\d)`", page.read_text("utf-8")))
    assert named <= there


@pytest.mark.parametrize("page", STEPS, ids=STEP_IDS)
def test_codes_in_a_steps_table_are_codes_of_the_program(page: Path) -> None:
    rows = re.findall(r"^\| `([a-z]+(?:-[a-z]+)+)` \|", page.read_text("utf-8"), re.MULTILINE)
    assert [code for code in rows if f'"{code}"' not in sources()] == []


@lru_cache(maxsize=1)
def sources() -> str:
    return "".join(path.read_text("utf-8") for path in (ROOT / "rancher_tui").rglob("*.py"))
