"""A tree read into RKE's configuration the way Go's yaml does it: what is taken, refused, replaced and ignored.

Source: RKE v0.1.18, v0.2.8, v0.3.2 and v1.2.0, observed, and the rules of their YAML library's decoder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rancher_tui.cluster_file.resolve import BOOL, FLOAT, INT, BadScalar, resolve, short
from rancher_tui.cluster_file.schema import Shape
from rancher_tui.cluster_file.tree import MAX_NODES, Kind, Node, TooLarge

Path = tuple[str, ...]

_INT_LIMITS = {"int": 2**63, "int64": 2**63, "int32": 2**31}


@dataclass(slots=True)
class Problem:
    """What RKE refuses while it reads: its words, the node and the key's path."""

    code: str
    text: str
    node: Node
    path: tuple[str, ...]


@dataclass(slots=True)
class Decoded:
    """The configuration, where each value came from, what was refused and which keys nothing reads.

    `values` holds only what was set to something (null counts as not set).
    """

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, ...], Node] = field(default_factory=dict)
    keys: dict[tuple[str, ...], Node] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[tuple[tuple[str, ...], Node, Shape]] = field(default_factory=list)

    def place(self, *path: str) -> Node | None:
        """The node of a value, or of the nearest thing above it that is there."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return self.places.get(())


def decode(root: Node | None, shape: Shape, old: bool = False) -> Decoded:
    """The configuration that RKE would work with; an empty file is an empty one. `old`: as RKE before v0.3.0."""
    found = Decoded()
    if root is None:
        return found
    found.places[()] = root
    decoder = _Decoder(found, old)
    good, value = decoder.value(root, shape, (), found.values)
    if good and isinstance(value, dict):
        found.values = value
    return found


class _Decoder:
    def __init__(self, found: Decoded, old: bool) -> None:
        self.found = found
        self.old = old
        self.active: set[int] = set()
        self.steps = 0
        self.aliased = 0
        self.stopped = False

    def value(self, node: Node, shape: Shape, path: Path, before: Any = None) -> tuple[bool, Any]:
        """(taken, value) of a node; a refusal is recorded. `before` is what an earlier duplicate key left."""
        self.steps += 1
        self.aliased += bool(self.active)
        if self.stopped:
            return False, None
        if self.steps > 2 * MAX_NODES:
            raise TooLarge(node.line)
        if not self.old and self.aliased > 100 and self.steps > 1000 and self.aliased > 0.99 * self.steps:
            self.stopped = True
            self._refuse("aliases", "document contains excessive aliasing", node, path)
            return False, None
        if node.dangling:
            self._refuse("yaml.anchor", f"unknown anchor '{node.text}' referenced", node, path)
            return False, None
        if node.alias_of is None:
            return self._inner(node, shape, path, before)
        if id(node.target) in self.active:
            self._refuse("yaml.anchor", f"anchor '{node.target.anchor}' value contains itself", node, path)
            return False, None
        self.active.add(id(node.target))
        try:
            return self._inner(node, shape, path, before)
        finally:
            self.active.discard(id(node.target))

    def _inner(self, node: Node, shape: Shape, path: Path, before: Any) -> tuple[bool, Any]:
        if node.kind is Kind.SCALAR:
            return self._scalar(node, shape, path)
        if short(node.tag) == "!!null":
            return True, None
        if node.kind is Kind.SEQUENCE:
            return self._sequence(node, shape, path)
        return self._mapping(node, shape, path, before)

    def _refuse(self, code: str, text: str, node: Node, path: Path) -> None:
        self.found.problems.append(Problem(code, text, node, path))

    def _mismatch(self, node: Node, tag: str, shape: Shape, path: Path) -> tuple[bool, Any]:
        tag = short(node.tag) or tag
        value = (
            ""
            if node.kind is not Kind.SCALAR
            else f" `{node.text[:7]}...`"
            if len(node.text) > 10
            else f" `{node.text}`"
        )
        self._refuse("type", f"cannot unmarshal {tag}{value} into {shape.go}", node, path)
        return False, None

    def _scalar(self, node: Node, shape: Shape, path: Path) -> tuple[bool, Any]:
        try:
            tag, value = resolve(node.text, node.tag, node.plain, self.old)
        except BadScalar as error:
            self._refuse("tag", str(error), node, path)
            return False, None
        if value is None:
            return True, None
        if shape.kind == "any":
            return True, value
        if shape.kind == "string":
            return True, value if tag == "!!binary" else node.text
        if shape.kind == "bool" and tag == BOOL:
            return True, value
        if shape.kind == "float64" and tag in (INT, FLOAT):
            return True, float(value)
        limit = _INT_LIMITS.get(shape.kind, 0)
        if tag in (INT, FLOAT) and -limit <= value < limit:
            return True, int(value)
        return self._mismatch(node, tag, shape, path)

    def _sequence(self, node: Node, shape: Shape, path: Path) -> tuple[bool, Any]:
        element = Shape("any") if shape.kind == "any" else shape.element
        if element is None or shape.kind not in ("any", "list"):
            return self._mismatch(node, "!!seq", shape, path)
        taken = []
        for index, item in enumerate(node.children()):
            inner = (*path, str(index))
            self.found.places[inner] = item
            good, value = self.value(item, element, inner)
            if good:
                taken.append(_zero(element) if value is None else value)
        return True, taken

    def _mapping(self, node: Node, shape: Shape, path: Path, before: Any) -> tuple[bool, Any]:
        if shape.kind not in ("any", "map", "object"):
            return self._mismatch(node, "!!map", shape, path)
        out: dict[Any, Any] = before if isinstance(before, dict) else {}
        for key, value in node.pairs():
            if _is_merge(key):
                self._merge(value, shape, path, out)
                continue
            good, name = self.value(
                key, Shape("any") if shape.kind == "any" else Shape("string"), (*path, key.text)
            )
            if good and not isinstance(name, (list, dict)):
                self._set(key, "" if name is None else name, value, shape, path, out)
        return True, out

    def _set(self, key: Node, name: Any, value: Node, shape: Shape, path: Path, out: dict[Any, Any]) -> None:
        element = shape.fields.get(name) if shape.kind == "object" else shape.element or Shape("any")
        inner = (*path, str(name))
        if element is None:
            if not value.anchor:
                self.found.unknown.append((inner, key, shape))
            return
        self.found.keys[inner] = key
        self.found.places[inner] = value
        kept = out.get(name) if shape.kind == "object" and element.kind in ("object", "map") else None
        good, read = self.value(value, element, inner, kept)
        if good and (read is not None or shape.kind != "object"):
            out[name] = _zero(element) if read is None else read
        elif good:
            out.pop(name, None)

    def _merge(self, node: Node, shape: Shape, path: Path, out: dict[Any, Any]) -> None:
        parts = list(reversed(node.children())) if node.kind is Kind.SEQUENCE and not node.alias_of else [node]
        for part in parts:
            if part.kind is not Kind.MAPPING:
                words = "map merge requires map or sequence of maps as the value"
                self._refuse("merge", words, part, (*path, "<<"))
                return
            self.value(part, shape, path, out)


def _zero(shape: Shape) -> Any:
    zeros: dict[str, Any] = {"string": "", "bool": False, "any": None, "object": {}, "map": {}, "list": []}
    return zeros.get(shape.kind, 0)


def _is_merge(key: Node) -> bool:
    return key.kind is Kind.SCALAR and key.text == "<<" and (key.plain or short(key.tag) == "!!merge")
