"""Editing YAML so that comments, order and what we do not know survive: ruamel's round trip, and paths in it."""

from __future__ import annotations

import itertools
from collections import Counter
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from ruamel.yaml.tokens import CommentToken

from rancher_tui.cluster_file.resolve import is_text

_WIDTH = 1_000_000


class _LiteralEmitter(Emitter):
    """Keeps a literal block literal where its text has blanks at line ends."""

    def analyze_scalar(self, scalar: Any) -> Any:
        analysis = super().analyze_scalar(scalar)
        if analysis.multiline and not analysis.special_characters_found:
            analysis.allow_block = True
        return analysis

    def check_printable(self, scalar: str) -> bool:
        return all(character in "\n\t" or character.isprintable() for character in scalar)


def editor(text: str = "") -> YAML:
    """A round-trip reader and writer with the indentation of `text`."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.allow_duplicate_keys = True
    mapping, offset = _indentation(text)
    yaml.indent(mapping=mapping, sequence=offset + 2, offset=offset)
    return yaml


def _indentation(text: str) -> tuple[int, int]:
    """(of a mapping, of a dash under its key), as most places of the text have them; 2 and 0 by default."""
    mappings: Counter[int] = Counter()
    offsets: Counter[int] = Counter()
    parent = -1
    for line in text.splitlines():
        stripped = line.lstrip(" ")
        indent = len(line) - len(stripped)
        if not stripped or stripped[0] == "#":
            continue
        if parent >= 0 and stripped.startswith("- ") and indent >= parent:
            offsets[indent - parent] += 1
        elif parent >= 0 and indent > parent and not stripped.startswith("-"):
            mappings[indent - parent] += 1
        parent = indent if stripped.rstrip().endswith(":") and not stripped.startswith("-") else -1
    mapping, offset = mappings.most_common(1), offsets.most_common(1)
    return mapping[0][0] if mapping else 2, offset[0][0] if offset else 0


def load(text: str) -> Any:
    """The first document of `text` for editing."""
    for document in editor().load_all(text):
        return document
    return None


def load_all(text: str) -> list[Any]:
    """All documents of `text` for editing."""
    return list(editor().load_all(text))


def trouble(error: Exception) -> str:
    """What is wrong with a text that cannot be edited, and in which line; not the text, which may hold secrets."""
    problem = getattr(error, "problem", None) or type(error).__name__
    line = getattr(getattr(error, "problem_mark", None), "line", None)
    told = str(problem).partition(" with value ")[0]
    return told if line is None else f"{told} (line {line + 1})"


def dump(document: Any, like: str = "") -> str:
    """The text of one document, indented like `like`."""
    out = StringIO()
    editor(like).dump(document, out)
    return out.getvalue()


def dump_all(parts: list[Any], like: str = "") -> str:
    """The text of several documents, each behind `---`."""
    return "".join(f"---\n{dump(part, like)}" for part in parts)


def entries(tree: Any) -> list[tuple[Any, Any]]:
    """The keys and values of a mapping, the indexes and items of a list, nothing of anything else."""
    if isinstance(tree, dict):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, list) else []


def scalar(text: str) -> str:
    """`text` for writing: quoted where some reader would take it for something else than text."""
    if is_text(text) and "\n" not in text:
        return text
    quoted: str = LiteralScalarString(text) if "\n" in text else DoubleQuotedScalarString(text)
    return quoted


def set_path(tree: Any, path: tuple[str, ...], value: Any, before: str = "") -> None:
    """Put `value` at a path of mappings, which are made where they are missing.

    A new key of the top level goes before the key `before`, if that is there.
    """
    for depth, step in enumerate(path[:-1]):
        if not isinstance(tree.get(step), dict):
            _add(tree, step, CommentedMap(), before if depth == 0 else "")
        tree = tree[step]
    _add(tree, path[-1], value, before if len(path) == 1 else "")


def _add(tree: Any, key: str, value: Any, before: str) -> None:
    if key in tree or before not in tree:
        tree[key] = value
    else:
        tree.insert(list(tree).index(before), key, value)


def delete_path(tree: Any, path: tuple[str, ...]) -> None:
    """Take a key away, and the mappings above it that are empty then."""
    parents = []
    for step in path[:-1]:
        if not isinstance(tree, dict) or step not in tree:
            return
        parents.append((tree, step))
        tree = tree[step]
    if isinstance(tree, dict):
        tree.pop(path[-1], None)
    for parent, step in reversed(parents):
        if parent[step]:
            return
        del parent[step]


def flow(items: list[Any]) -> CommentedSeq:
    """A list written on one line: `[a, b]`."""
    found = CommentedSeq(items)
    found.fa.set_flow_style()
    return found


def settle_comments(tree: Any) -> None:
    """Hand each comment that stands before a key of the top level to that key, not to what precedes it."""
    keys = list(tree)
    for key, following in itertools.pairwise(keys):
        holder, last = _last_leaf(tree, key)
        entry = holder.ca.items.get(last)
        slot = 2 if isinstance(holder, CommentedMap) else 0
        token = entry[slot] if entry and len(entry) > slot else None
        if token is None or isinstance(token, list):
            continue
        own, newline, rest = token.value.partition("\n")
        if not rest.strip():
            continue
        entry[slot] = CommentToken(own + newline, token.start_mark, None) if own else None
        moved = CommentToken(rest, CommentMark(0), None)
        slots = tree.ca.items.setdefault(following, [None, None, None, None])
        slots[1] = [moved, *(slots[1] or [])]


def _last_leaf(tree: Any, key: Any) -> tuple[Any, Any]:
    """(container, key or index) of the last thing below `key`, where ruamel hangs the comments that follow."""
    value = tree[key]
    while isinstance(value, (CommentedMap, CommentedSeq)) and value and not value.fa.flow_style():
        tree = value
        key = list(value)[-1] if isinstance(value, CommentedMap) else len(value) - 1
        value = tree[key]
    return tree, key
