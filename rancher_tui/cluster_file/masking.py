"""A cluster file for showing: the same lines, with a mask in place of every secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rancher_tui.cluster_file import secret_places
from rancher_tui.cluster_file.addons import parse, placement
from rancher_tui.cluster_file.tree import SyntaxProblem, TooLarge, documents

MASK: Final = "••••••"
_KEYS: Final = r"tls\.key|key\.pem|ssh_key|ssh_cert|secret_key|aws_secret_access_key|[\w.-]*password|token"
_LINE: Final = re.compile(rf"^(\s*(?:- )?[\"']?(?:{_KEYS})[\"']?:[ \t]+)([^\s<#].*)$", re.IGNORECASE)
_BEGIN, _END = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), re.compile(r"-----END [A-Z ]*PRIVATE KEY-----")

Span = tuple[int, int, int, int]
"""Line and column of a text's begin and end (from 1, the end exclusive)."""


def masked(text: str) -> list[str]:
    """The lines of `text` with masks; a text that is no YAML is masked by the look of its lines."""
    lines = text.split("\n")
    try:
        spans = list(_spans(text, lines))
    except (SyntaxProblem, TooLarge, RecursionError):
        spans = []
    for span in sorted(spans, reverse=True):
        _cover(lines, span)
    return list(_by_look(lines))


def _spans(text: str, lines: list[str]) -> Iterator[Span]:
    document = next(documents(text), None)
    root = document.root if document else None
    for place in secret_places.outer(root):
        yield _span(place)
    pairs = list(root.pairs()) if root is not None else []
    node = next((value for key, value in pairs if key.text == "addons"), None)
    where = placement(node, lines) if node is not None else None
    if node is None or where is None or not where.exact:
        return
    for place in secret_places.inner(parse(node.text).documents):
        line, column, end_line, end_column = _span(place)
        yield (*where.outer(line, column), *where.outer(end_line, end_column))


def _span(place: secret_places.SecretPlace) -> Span:
    node = place.node
    return node.line, node.column, node.end_line, node.end_column


def _cover(lines: list[str], span: Span) -> None:
    """Mask a span, each of its lines by itself, so that every line keeps its number."""
    line, column, end_line, end_column = span
    while end_line > line and end_column == 1:
        end_line -= 1
        end_column = len(lines[end_line - 1]) + 1
    tail = lines[end_line - 1][end_column - 1 :]
    for number in range(line + 1, end_line + 1):
        body = lines[number - 1].lstrip(" ")
        blanks = lines[number - 1][: len(lines[number - 1]) - len(body)]
        lines[number - 1] = f"{blanks}{MASK}" if body else ""
    head = lines[line - 1][: column - 1]
    if end_line == line:
        lines[line - 1] = f"{head}{MASK}{tail}"
    else:
        lines[line - 1] = f"{head}{lines[line - 1][column - 1 : column + 1].strip()}"
        lines[end_line - 1] += tail if tail.strip() else ""


def _by_look(lines: list[str]) -> Iterator[str]:
    """Lines with masks where they look like a secret although nothing was found there."""
    inside = False
    for line in lines:
        if inside or _BEGIN.search(line):
            inside = not _END.search(line)
            yield f"{line[: len(line) - len(line.lstrip())]}{MASK}"
            continue
        match = _LINE.match(line)
        value = match[2] if match else ""
        hidden = match is not None and MASK not in value and value.strip("\"' |>-+") and not _reference(value)
        yield f"{match[1]}{MASK}" if match is not None and hidden else line


def _reference(value: str) -> bool:
    return re.match(r"[\"']?(secret|env|file):", value) is not None
