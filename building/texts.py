"""Every text for people with the file it stands in: of the code, of tables in assets/, of the commands' help."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from babel.messages.extract import extract_from_dir

from assets import FOLDER
from rancher_tui import i18n

ROOT = FOLDER.parent
HEADS = ROOT / "building" / "heads"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "msg": None,
    "N_": None,
    "or_key": None,
    "msg_n": (1, 2),
    "ngettext": (1, 2),
}

Text = tuple[str | tuple[str, str], str]
"""The English text (singular and plural where it is counted), and the file it stands in."""


def every() -> Iterator[Text]:
    """All texts, in the order of files; a text in two places comes twice."""
    yield from of_code()
    yield from of_tables()
    yield from of_reports()
    yield from of_commands()


def of_code() -> Iterator[Text]:
    """Texts that are marked in the code."""
    for package in ("rancher_tui", "screens"):
        found = extract_from_dir(str(ROOT / package), method_map=[("**.py", "python")], keywords=KEYWORDS)
        for file, _line, text, _comments, _context in found:
            whole = text if isinstance(text, str) else (text[0], text[1])
            if whole:
                yield whole, f"{package}/{file}"
        for path in sorted((ROOT / package).rglob("*.py")):
            for text in _in_formatted(path.read_text("utf-8")):
                yield text, str(path.relative_to(ROOT))


def _in_formatted(source: str) -> Iterator[str]:
    """Texts that are marked inside of f-strings, where babel does not look before Python 3.12."""
    for formatted in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)):
        for call in (node for node in ast.walk(formatted) if isinstance(node, ast.Call)):
            first = call.args[0] if call.args else None
            marked = isinstance(call.func, ast.Name) and call.func.id in ("_", "msg", "N_")
            if marked and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                yield first.value


def of_reports() -> Iterator[Text]:
    """Texts that are marked in the templates of assets/report/."""
    found = extract_from_dir(str(FOLDER / "report"), method_map=[("**.j2", "jinja2")], keywords={"_": None})
    for file, _line, text, _comments, _context in found:
        yield str(text), f"assets/report/{file}"


def table() -> dict[str, Any]:
    """assets/locale/texts.yml."""
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "locale" / "texts.yml").read_text("utf-8"))
    return loaded


def of_tables() -> Iterator[Text]:
    """Texts of the tables that texts.yml names."""
    rules = table()
    for kind in ("texts", "escaped"):
        for pattern, paths in rules[kind].items():
            for file in sorted(FOLDER.glob(pattern)):
                data = yaml.safe_load(file.read_text("utf-8"))
                for text in (text for path in paths for text in _at(data, path.split("."))):
                    shown = text.replace("{", "{{").replace("}", "}}") if kind == "escaped" else text
                    yield shown, f"assets/{file.relative_to(FOLDER)}"


def _at(data: Any, path: list[str]) -> Iterator[str]:
    """The texts at a path; nothing where a row lacks it."""
    if not path:
        if isinstance(data, str) and data:
            yield data
        return
    first, *rest = path
    if first == "*":
        for item in data.values() if isinstance(data, dict) else data:
            yield from _at(item, rest)
    elif isinstance(data, dict) and first in data:
        yield from _at(data[first], rest)


def of_commands() -> Iterator[Text]:
    """Help of the commands and of their arguments, as the command line builds it, without the examples."""
    from rancher_tui.commands import program, usage

    for name, command in sorted(program.commands().items()):
        for text in usage.help_texts(command):
            yield text, f"rancher-tui {name}".strip()


def head(page: str, language: str) -> str:
    """What stands above the made part of a page."""
    return (HEADS / f"{page}.{language}.md").read_text("utf-8")


def words(language: str) -> dict[str, str]:
    """The words of the made pages in a language."""
    every: dict[str, dict[str, str]] = yaml.safe_load((HEADS / "words.yml").read_text("utf-8"))
    return every[language]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Texts in a language, whatever the locale says."""
    before = i18n._language
    i18n.use_language(language)
    try:
        yield
    finally:
        i18n.use_language(before)


def folder_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / "locale" / language / "LC_MESSAGES"
