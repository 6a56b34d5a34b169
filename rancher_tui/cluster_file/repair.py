"""Repair of the guide's samples as they are printed: keys and dashes at another indentation than due."""

from __future__ import annotations

import re

from rancher_tui.cluster_file import schema

_KEY = re.compile(r"( *)((?:- )?)([A-Za-z_][\w.-]*):(?:\s|$)")
_OBJECT_KEYS = frozenset({"apiVersion", "kind", "metadata", "spec", "data", "type"})
_ADDONS = re.compile(r"addons:\s*[|>]")
_SPACES_PER_TAB = 2


def repair(text: str) -> str:
    """The text with tabs and indentation mended; the same text where nothing of the kind is wrong."""
    lines = [_untabbed(line) for line in text.split("\n")]
    return "\n".join(_objects(_markers(_sections(_dedented(lines)))))


def _untabbed(line: str) -> str:
    body = line.lstrip(" \t")
    blanks = line[: len(line) - len(body)]
    return blanks.replace("\t", " " * _SPACES_PER_TAB) + body if body else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _dedented(lines: list[str]) -> list[str]:
    """Without the margin that every line has (a block copied out of a page)."""
    margin = min((_indent(line) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]


def _sections(lines: list[str]) -> list[str]:
    """`nodes:` entries whose dash and keys do not line up: the keys of an entry stand two right of its dash."""
    known = schema.cluster(None).element or schema.cluster(None)
    node_keys = known.fields["nodes"].element
    assert node_keys is not None
    found: list[str] = []
    inside, dash = False, 0
    for line in lines:
        match = _KEY.match(line)
        if match and not match[1] and not match[2]:
            inside = match[3] == "nodes"
        elif inside and match and match[2]:
            dash = len(match[1])
        elif inside and match and match[3] in node_keys.fields and _indent(line) != dash + 2:
            line = " " * (dash + 2) + line.lstrip(" ")
        found.append(line)
    return found


def _markers(lines: list[str]) -> list[str]:
    """`---` between the objects of `addons` where the block begins, not left or right of it."""
    found: list[str] = []
    indent = -1
    for line in lines:
        if _ADDONS.match(line):
            indent = 0
        elif indent == 0 and line.strip():
            indent = _indent(line)
        elif indent > 0 and line.strip() == "---" and line[:1] == " ":
            line = " " * indent + "---"
        found.append(line)
    return found


def _objects(lines: list[str]) -> list[str]:
    """Keys of a Kubernetes object that stand deeper than its first one: the rest moves left by as much."""
    found: list[str] = []
    base, shift = -1, 0
    for line in lines:
        match = _KEY.match(line)
        if line.strip() == "---":
            base, shift = -1, 0
        elif match and not match[2] and match[3] in ("apiVersion", "kind") and base < 0:
            base = len(match[1])
        elif match and not match[2] and match[3] in _OBJECT_KEYS and base >= 0 and not shift:
            shift = len(match[1]) - base if match[3] in ("kind", "metadata") and found_before(found, base) else 0
        found.append(line[shift:] if shift and _indent(line) >= shift + base else line)
    return found


def found_before(lines: list[str], base: int) -> bool:
    """Whether the last line with content is a finished `key: value` at `base`."""
    last = next((line for line in reversed(lines) if line.strip()), "")
    return _indent(last) == base and not last.rstrip().endswith(":")
