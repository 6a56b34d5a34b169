"""The YAML inside `addons`: its documents as trees with places in the outer file, and as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rancher_tui.cluster_file import objects
from rancher_tui.cluster_file.decode import Decoded, decode
from rancher_tui.cluster_file.schema import Shape
from rancher_tui.cluster_file.tree import Kind, Node, SyntaxProblem, documents


@dataclass(slots=True)
class Addon:
    """One document: its index, its tree, its plain value, and what was refused in it."""

    index: int
    decoded: Decoded
    root: Node | None

    @property
    def value(self) -> Any:
        """The object as plain data."""
        return self.decoded.values

    @property
    def label(self) -> str:
        """`Kind/name`, or the document's number from 1."""
        kind, name = objects.kind(self.value), objects.name(self.value)
        return f"{kind}/{name}" if kind and name else kind or str(self.index + 1)


@dataclass(slots=True)
class Addons:
    """All documents up to the first place that cannot be read."""

    documents: list[Addon] = field(default_factory=list)
    problem: SyntaxProblem | None = None

    @property
    def values(self) -> list[Any]:
        """The objects as plain data."""
        return [addon.value for addon in self.documents]


def parse(text: str, budget: list[int] | None = None) -> Addons:
    """The documents of an `addons` text; empty ones are left out."""
    found = Addons()
    try:
        for index, document in enumerate(documents(text, budget)):
            if document.root is not None and not _empty(document.root):
                found.documents.append(Addon(index, decode(document.root, Shape("any")), document.root))
    except SyntaxProblem as problem:
        found.problem = problem
    return found


def _empty(root: Node) -> bool:
    return root.kind is Kind.SCALAR and root.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Placement:
    """How places in a block scalar map to the file: inner line 1 is file line `first`, column 1 is `indent + 1`.

    `exact` is false for quoted and folded texts, whose lines are not the file's.
    """

    first: int
    indent: int
    exact: bool

    def outer(self, line: int, column: int) -> tuple[int, int]:
        """The place in the file of a place inside the text (all from 1)."""
        return (self.first + line - 1, self.indent + column) if self.exact else (self.first, self.indent + 1)


def placement(node: Node, lines: list[str]) -> Placement:
    """Where the text of a scalar node stands; `lines` are the file's lines without their ends."""
    if node.style != "|" or node.alias_of is not None:
        return Placement(node.line, node.column - 1, False)
    for number in range(node.line, len(lines)):
        line = lines[number]
        if line.strip():
            return Placement(node.line + 1, len(line) - len(line.lstrip(" ")), True)
    return Placement(node.line + 1, 0, True)
