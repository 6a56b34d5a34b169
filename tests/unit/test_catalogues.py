"""Catalogues: every text for people is in them, translated, with the same fields, compiled as it stands."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from string import Formatter
from typing import Any

import pytest
import yaml
from babel.messages.catalog import Catalog, Message
from rich.cells import cell_len

from assets import FOLDER
from building import catalogues, texts
from rancher_tui.actions import usual_table
from rancher_tui.i18n import DOMAIN, LANGUAGES, N_
from rancher_tui.wording import edits

TRANSLATED = LANGUAGES[1:]


@lru_cache(maxsize=4)
def catalogue(language: str) -> Catalog:
    return catalogues.read(language)


@lru_cache(maxsize=1)
def template() -> Catalog:
    return catalogues.template()


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def plural(message: Message) -> str:
    return message.id[-1] if isinstance(message.id, (tuple, list)) else message.id


def fields(text: str) -> set[str]:
    return {f"{name}:{form}" for _text, name, form, _conversion in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_fuzzy(language: str) -> None:
    held = {catalogues.singular(message) for message in messages(language) if catalogues.translation(message)}
    wanted = {catalogues.singular(message) for message in template() if message.id}
    assert sorted(wanted - held) == []
    assert [message.id for message in messages(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_fields_of_its_text(language: str) -> None:
    wrong = []
    for message in messages(language):
        held = fields(catalogues.translation(message))
        if held != fields(catalogues.singular(message)) and held != fields(plural(message)):
            wrong.append((message.id, catalogues.translation(message)))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_only_listed_texts_are_the_same_in_both(language: str) -> None:
    listed = set(texts.table()["same"])
    same = {
        catalogues.singular(message)
        for message in messages(language)
        if catalogues.translation(message) == catalogues.singular(message)
    }
    told = {text for text in same if re.search(r"[A-Za-z]", re.sub(r"\{[^}]*\}", "", text))}
    assert sorted(told - listed) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_blanks_at_the_ends_stay(language: str) -> None:
    wrong = [
        text
        for message in messages(language)
        if (text := catalogues.singular(message))[:1].isspace() != catalogues.translation(message)[:1].isspace()
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_written_one(language: str) -> None:
    compiled = (texts.folder_of(language) / f"{DOMAIN}.mo").read_bytes()
    assert compiled == catalogues.written(catalogue(language))[1]


@pytest.mark.parametrize("language", TRANSLATED)
def test_titles_in_the_last_line_stay_short(language: str) -> None:
    translated = {catalogues.singular(message): catalogues.translation(message) for message in messages(language)}
    titles = {title for action in usual_table().actions for title in (action.title, *action.titles.values())}
    long = [told for title in titles if cell_len(told := translated.get(title, "")) > 14]
    assert long == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_help_page_has_its_twin_with_the_same_fields(language: str) -> None:
    for page in (FOLDER / "help").glob("*.md"):
        twin = page.with_name(language) / page.name
        assert re.findall(r"^## .*", twin.read_text("utf-8"), re.MULTILINE) == re.findall(
            r"^## .*", page.read_text("utf-8"), re.MULTILINE
        ), page.name


def test_texts_of_tables_are_named_in_the_list_of_tables() -> None:
    """A table that holds titles, remedies or hints is either listed in texts.yml or holds none for people."""
    patterns = [pattern for kind in ("texts", "escaped") for pattern in texts.table()[kind]]
    listed = {str(file.relative_to(FOLDER)) for pattern in patterns for file in FOLDER.glob(pattern)}
    apart = {"rke/phases.yml", "facts/os.yml", "facts/rancher.yml", "facts/rke.yml", "facts/docker.yml"}
    found = set()
    for path in FOLDER.rglob("*.yml"):
        name = str(path.relative_to(FOLDER))
        if name.startswith(("cluster_file/", "balancer/", "lab/", "locale/")):
            continue
        if _has_texts(yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
            found.add(name)
    assert found - listed - apart == set()


def _has_texts(data: Any) -> bool:
    if isinstance(data, dict):
        named = any(
            key in ("title", "help", "hint", "remedy", "detail", "text", "why") and isinstance(value, str)
            for key, value in data.items()
        )
        return named or any(map(_has_texts, data.values()))
    return isinstance(data, list) and any(map(_has_texts, data))


def test_names_of_edits_are_known_by_their_shape() -> None:
    assert edits.shape("node 3: ssh key") == N_("node {number}: {field}")
    assert edits.shape("set fqdn, template") == N_("set {path}")
    assert edits.shape("another program's edit") == ""
    assert edits.shown("another program's edit") == "another program's edit"


def test_every_edit_that_the_program_makes_is_known_by_its_shape() -> None:
    unknown = []
    for path in [*(texts.ROOT / "rancher_tui").rglob("*.py"), *(texts.ROOT / "screens").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
                name = _name_of_edit(call.func, call.args[0])
                if name and not edits.shape(name):
                    unknown.append(f"{path.name}:{call.lineno} {name}")
    assert unknown == []


def _name_of_edit(function: ast.Attribute, first: ast.expr) -> str:
    """The first argument of `store.edit`, `store.update`, `_edit` and the like, with fields filled in; else ``."""
    if function.attr not in ("edit", "update", "_edit", "_edit_state", "_use"):
        return ""
    if function.attr in ("edit", "update") and "store" not in ast.unparse(function.value):
        return ""
    if isinstance(first, ast.Constant):
        return str(first.value)
    if isinstance(first, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in first.values)
    return ""
