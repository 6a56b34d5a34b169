"""YAML read by its events, without building objects from tags: every scalar stays the text that was typed.

Nesting, size and aliases are bounded, so hostile text costs little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rancher_tui.i18n import Message, msg
from rancher_tui.nodes.paste_rows import Rows, roles_of

DEEPEST = 60
_FIELDS = ("address", "user", "port", "internal_address", "hostname_override", "docker_socket", "ssh_key_path")


@dataclass(slots=True)
class Branch:
    """A mapping or a list, with the line it begins on (from 1)."""

    line: int
    pairs: dict[str, Any] | None = None
    items: list[Any] = field(default_factory=list)
    key: str | None = None


class UnreadableError(ValueError):
    """No YAML that can be taken; `line` from 1 and words for people."""

    def __init__(self, line: int, text: Message) -> None:
        super().__init__(text.english)
        self.line = line
        self.text = text


def read_tree(text: str) -> Any:
    """The first document as Branches and texts; UnreadableError."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    stack: list[Branch] = []
    anchors: dict[str, Any] = {}
    root: Any = None
    try:
        for event in yaml.parse(text, Loader=loader):
            value: Any = None
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                if len(stack) >= DEEPEST:
                    raise UnreadableError(line, msg("nested too deeply"))
                value = Branch(line, {} if isinstance(event, yaml.MappingStartEvent) else None)
                if event.anchor:
                    anchors[event.anchor] = value
                root = _place(stack, value, line, root)
                stack.append(value)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                stack.pop()
            elif isinstance(event, yaml.ScalarEvent):
                if event.anchor:
                    anchors[event.anchor] = event.value
                root = _place(stack, event.value, line, root)
            elif isinstance(event, yaml.AliasEvent):
                root = _place(stack, anchors.get(event.anchor or ""), line, root)
            elif isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UnreadableError(mark.line + 1 if mark else 0, msg("{error}", error=error.problem or "-")) from None
    except yaml.YAMLError as error:
        raise UnreadableError(0, msg("{error}", error=str(error))) from None
    return root


def _place(stack: list[Branch], value: Any, line: int, root: Any) -> Any:
    """Put a value where it belongs; the document's root comes back."""
    if not stack:
        return value
    top = stack[-1]
    if top.pairs is None:
        top.items.append(value)
    elif top.key is None:
        top.key = value if isinstance(value, str) else f"?{line}"
    else:
        top.pairs[top.key] = value
        top.key = None
    return root


def pairs(value: Any) -> dict[str, Any]:
    """The pairs of a mapping, none for anything else."""
    return value.pairs if isinstance(value, Branch) and value.pairs is not None else {}


def items(value: Any) -> list[Any]:
    """The items of a list, none for anything else."""
    return value.items if isinstance(value, Branch) and value.pairs is None else []


def text_of(value: Any) -> str:
    """A scalar's text; empty for null and for anything else."""
    return "" if not isinstance(value, str) or value in ("~", "null") else value.strip()


def read_rke(tree: Any, rows: Rows) -> None:
    """The hosts of a cluster file or of its `nodes:` block."""
    for entry in items(pairs(tree).get("nodes")) or items(tree):
        if not isinstance(entry, Branch) or entry.pairs is None:
            rows.problem(entry.line if isinstance(entry, Branch) else 0, msg("an entry is no node"))
            continue
        node = entry.pairs
        fields: dict[str, Any] = {name: text_of(node.get(name)) for name in (*_FIELDS, "ssh_cert_path")}
        role = node.get("role", node.get("roles"))
        fields["roles"] = roles_of([text_of(role)] if isinstance(role, str) else map(text_of, items(role)))
        fields["labels"] = tuple(f"{name}={text_of(value)}" for name, value in pairs(node.get("labels")).items())
        fields["taints"] = tuple(_taints(node.get("taints")))
        if text_of(node.get("ssh_key")):
            rows.problem(entry.line, msg("an inline private key is not taken; give its file as ssh_key_path"))
        rows.add(entry.line, fields)


def _taints(value: Any) -> Iterator[str]:
    for taint in map(pairs, items(value)):
        yield f"{text_of(taint.get('key'))}={text_of(taint.get('value'))}:{text_of(taint.get('effect'))}"
