"""A YAML document as a tree of nodes with their places, read from libyaml's events.

Built without recursion and within a budget, so that no file, however deep or large, can exhaust the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_NODES = 200_000
"""Nodes that are looked at; a file of 1,000 hosts has about 20,000."""
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1."""
MAX_DEPTH = 10_000
"""RKE refuses deeper nesting from v0.3.2 on (its YAML library's own limit)."""


class Kind(StrEnum):
    """What a node is."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"


@dataclass(slots=True, eq=False)
class Node:
    """A node and where it stands: lines and columns from 1, `end` exclusive.

    `text` is a scalar's value, `items` a sequence's nodes, or a mapping's keys and values by turns. `plain` is
    true for an unquoted scalar without a tag. An alias is a node of its own that shares the items of its anchor.
    """

    kind: Kind
    line: int
    column: int
    tag: str = ""
    text: str = ""
    style: str = ""
    plain: bool = False
    items: list[Node] | None = None
    flow: bool = False
    end_line: int = 0
    end_column: int = 0
    anchor: str = ""
    alias_of: Node | None = None
    open: bool = False
    dangling: bool = False

    @property
    def target(self) -> Node:
        """The node itself, or the anchored one behind an alias."""
        return self.alias_of or self

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """A mapping's keys and values in file order; nothing for other nodes."""
        items = self.target.items
        if self.target.kind is Kind.MAPPING and items:
            for index in range(0, len(items) - 1, 2):
                yield items[index], items[index + 1]

    def children(self) -> list[Node]:
        """A sequence's nodes; nothing for other nodes."""
        return (self.target.items or []) if self.target.kind is Kind.SEQUENCE else []


class SyntaxProblem(Exception):  # noqa: N818 - it is a problem of the file, shown as a finding
    """Text that is not YAML: the library's own words and the place (from 1)."""

    def __init__(self, problem: str, line: int, column: int, code: str = "syntax") -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.column = column
        self.code = code


class TooLarge(Exception):  # noqa: N818
    """A document with more nodes than are looked at."""

    def __init__(self, line: int) -> None:
        super().__init__(f"more than {MAX_NODES} nodes")
        self.line = line


@dataclass(slots=True)
class Document:
    """One document of a stream: its root (None when empty), where it starts, and what stood wrong after it."""

    root: Node | None
    line: int
    explicit: bool
    version: tuple[int, int] | None = None


def documents(data: bytes | str, budget: list[int] | None = None) -> Iterator[Document]:
    """The documents of a stream, one by one; raises SyntaxProblem at the first place that is no YAML.

    `budget` is a counter of one number, shared by several calls, of nodes that may still be read.
    """
    import yaml

    budget = budget if budget is not None else [MAX_NODES]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _read(yaml.parse(data, Loader=loader), budget)
    except yaml.reader.ReaderError as error:
        raise _reader_problem(error, data) from None
    except yaml.MarkedYAMLError as error:
        words = ", ".join(part for part in (error.context, error.problem) if part)
        line, column = _syntax_place(error, data)
        raise SyntaxProblem(words, line, column) from None
    except (UnicodeError, ValueError, RecursionError, MemoryError) as error:
        raise SyntaxProblem(str(error) or type(error).__name__, 1, 1) from None


def _syntax_place(error: Any, data: bytes | str) -> tuple[int, int]:
    """Line and column of a mistake; one that shows at the end of the text stands where it began."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1
    text = data if isinstance(data, str) else file_text(data)
    lines = LINE_END.split(text.rstrip("\r\n"))
    if mark.line >= len(lines):
        mark = error.context_mark or mark
    if mark.line >= len(lines):
        return len(lines), len(lines[-1]) + 1
    return mark.line + 1, mark.column + 1


def file_text(data: bytes) -> str:
    """The characters of a file, by its byte order mark; bytes that are none become replacement marks."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _reader_problem(error: Any, data: bytes | str) -> SyntaxProblem:
    """Where a character stands that YAML does not allow; the library tells its offset in bytes or characters."""
    before = data[: error.position]
    if isinstance(before, bytes):
        before = before.decode("utf-8", "replace")
    code = f" (#x{error.character:04x})" if isinstance(error.character, int) else ""
    return SyntaxProblem(
        f"{error.reason}{code}", before.count("\n") + 1, len(before) - before.rfind("\n"), "characters"
    )


def _read(events: Iterator[Any], budget: list[int]) -> Iterator[Document]:
    from yaml import events as kinds

    document = Document(None, 1, False)
    anchors: dict[str, Node] = {}
    stack: list[Node] = []
    for event in events:
        if isinstance(event, kinds.DocumentStartEvent):
            document = Document(None, _place(event)[0], bool(event.explicit), event.version)
            anchors = {}
            continue
        if isinstance(event, kinds.DocumentEndEvent):
            yield document
            continue
        if isinstance(event, kinds.CollectionEndEvent):
            closed = stack.pop()
            closed.open = False
            closed.end_line, closed.end_column = _place(event, "end_mark")
            continue
        node = _node(event, kinds, anchors)
        if node is None:
            continue
        budget[0] -= 1
        if budget[0] < 0:
            raise TooLarge(node.line)
        if stack:
            items = stack[-1].items
            assert items is not None
            items.append(node)
        else:
            document.root = node
        if isinstance(event, kinds.CollectionStartEvent):
            node.open = True
            stack.append(node)
            if len(stack) > MAX_DEPTH:
                raise SyntaxProblem(f"nested deeper than {MAX_DEPTH}", node.line, node.column, "nesting")


def _place(event: Any, mark: str = "start_mark") -> tuple[int, int]:
    """Line and column (from 1) of an event's mark."""
    found = getattr(event, mark)
    return found.line + 1, found.column + 1


def _node(event: Any, kinds: Any, anchors: dict[str, Node]) -> Node | None:
    """The node that an event begins; None for the stream's own events."""
    if not isinstance(event, kinds.NodeEvent):
        return None
    line, column = _place(event)
    if isinstance(event, kinds.AliasEvent):
        return _alias(event.anchor, anchors, line, column)
    if isinstance(event, kinds.ScalarEvent):
        plain = bool(event.implicit[0]) and not event.tag
        node = Node(Kind.SCALAR, line, column, event.tag or "", event.value, event.style or "", plain)
    else:
        kind = Kind.MAPPING if isinstance(event, kinds.MappingStartEvent) else Kind.SEQUENCE
        node = Node(kind, line, column, event.tag or "", items=[], flow=bool(event.flow_style))
    node.end_line, node.end_column = _place(event, "end_mark")
    if event.anchor:
        node.anchor = event.anchor
        anchors[event.anchor] = node
    return node


def _alias(name: str, anchors: dict[str, Node], line: int, column: int) -> Node:
    target = anchors.get(name)
    if target is None:
        return Node(Kind.SCALAR, line, column, text=name, dangling=True)
    return Node(
        target.kind,
        line,
        column,
        target.tag,
        target.text,
        target.style,
        target.plain,
        target.items,
        end_line=line,
        end_column=column + len(name) + 1,
        alias_of=target,
    )
