"""The keys and types that an RKE release reads from a cluster file, from assets/facts/rke_fields.yml."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from rancher_tui import facts
from rancher_tui.facts import Number


@dataclass(slots=True)
class Shape:
    """A type: `string`, `int`, `int32`, `int64`, `float64`, `bool`, `any`, `object`, `list` or `map`.

    An object has fields, a list or map has an element.
    """

    kind: str
    fields: dict[str, Shape] = field(default_factory=dict)
    element: Shape | None = None

    @property
    def go(self) -> str:
        """The type as Go writes it in RKE's messages."""
        if self.kind == "list" and self.element:
            return f"[]{self.element.go}"
        if self.kind == "map" and self.element:
            return f"map[string]{self.element.go}"
        return {"any": "interface {}", "object": "struct"}.get(self.kind, self.kind)


def _shape(text: str, path: str, objects: dict[str, Shape]) -> Shape:
    """The shape of a type such as `list[object]` for the value at `path`."""
    for kind, suffix in (("list", "[]"), ("map", "{}")):
        if text.startswith(f"{kind}["):
            return Shape(kind, element=_shape(text[len(kind) + 1 : -1], path + suffix, objects))
    if text != "object":
        return Shape(text)
    return objects.setdefault(path, Shape("object"))


@lru_cache(maxsize=16)
def cluster(version: Number | None) -> Shape:
    """The shape of a whole cluster file for an RKE release, or of all releases together for None.

    Where the releases differ in a type, the newest one's counts for None.
    """
    root = Shape("object")
    objects = {"": root}
    for path, key, text, *spans in facts.rows("rke_fields"):
        if version is not None and not any(facts.in_span(span, version) for span in spans):
            continue
        inner = f"{path}.{key}" if path else key
        objects.setdefault(path, Shape("object")).fields[key] = _shape(text, inner, objects)
    return root


@lru_cache(maxsize=1)
def spans() -> dict[tuple[str, str], str]:
    """The releases that know a key, by the path of its object (with [] and {}) and its name."""
    found: dict[tuple[str, str], str] = {}
    for path, key, _type, *parts in facts.rows("rke_fields"):
        found[path, key] = " ".join(filter(None, (found.get((path, key)), " ".join(parts))))
    return found
