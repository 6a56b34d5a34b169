"""A cluster file without its secrets: references stand in their places, everything else stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml.scalarstring import LiteralScalarString

from rancher_tui.cluster_file import roundtrip, secret_places
from rancher_tui.cluster_file.addons import Addons, placement
from rancher_tui.cluster_file.decode import Decoded
from rancher_tui.cluster_file.secret_places import SecretPlace, spliced
from rancher_tui.cluster_file.tree import Node

Edit = tuple[tuple[int, int], tuple[int, int], str]
_ANCHOR: Final = re.compile(r"(?:[&!]\S*[ \t]+)*")
_UNREAD: Final = re.compile(
    r"^(\s*(?:tls\.key|key\.pem|[\w.-]*(?:password|token))[\"']?:[ \t]+)([^\s#][^#]*?)\s*$", re.IGNORECASE
)


@dataclass(slots=True)
class Hidden:
    """The text with references, and the secrets behind them by name."""

    text: str
    secrets: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, value: str) -> str:
        """The reference to `value`, kept under `name` or, where that is taken, under a numbered one."""
        number, free = 1, name
        while self.secrets.get(free, value) != value:
            number += 1
            free = f"{name}.{number}"
        self.secrets[free] = value
        return f"secret:{free}"


def hide(text: str, root: Node | None, decoded: Decoded, addons: Addons) -> Hidden:
    """`text` (lines end in LF) with a reference in place of every secret of the file and of its add-ons."""
    found = Hidden(text)
    inside = _inner(found, decoded, addons)
    lines = text.split("\n")
    edits = [_edit(found, place, lines) for place in secret_places.outer(root)]
    node = decoded.places.get(("addons",))
    exact = placement(node, lines) if node is not None else None
    if inside and exact is not None and exact.exact:
        edits += [(exact.outer(*start), exact.outer(*end), new) for start, end, new in inside]
    found.text = "\n".join(spliced(lines, edits))
    if inside and (exact is None or not exact.exact):
        tree = roundtrip.load(found.text)
        tree["addons"] = LiteralScalarString("\n".join(spliced(str(tree["addons"]).split("\n"), inside)))
        found.text = roundtrip.dump(tree, found.text)
    return found


def _inner(found: Hidden, decoded: Decoded, addons: Addons) -> list[Edit]:
    """The edits of the add-ons' text; behind a place that is no YAML, what looks like a key or password."""
    lines = str(decoded.values.get("addons") or "").split("\n")
    edits = [_edit(found, place, lines) for place in secret_places.inner(addons.documents)]
    if addons.problem is not None:
        edited = {edit[0][0] for edit in edits}
        for number, line in enumerate(lines, 1):
            match = _UNREAD.match(line)
            if match and number not in edited and "<" not in match[2]:
                name = f"addons-line-{number}"
                start, end = (number, match.start(2) + 1), (number, match.end(2) + 1)
                edits.append((start, end, found.keep(name, match[2].strip("\"'"))))
    return edits


def _edit(found: Hidden, place: SecretPlace, lines: list[str]) -> Edit:
    node = place.node
    raw = lines[node.line - 1][node.column - 1 :]
    kept = _ANCHOR.match(raw)
    anchors = "".join(part + " " for part in (kept[0] if kept else "").split() if part.startswith("&"))
    quote = node.style if node.style in ("'", '"') else '"' if place.in_flow else ""
    new = f"{anchors}{quote}{found.keep(place.name, node.text)}{quote}"
    return (node.line, node.column), (node.end_line, node.end_column), new
