"""What the rules of lint look at, and how they report: a file decoded for one RKE release, with its add-ons."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from rancher_tui import facts
from rancher_tui.cluster_file.addons import Addon, Addons, Placement, parse, placement
from rancher_tui.cluster_file.decode import Decoded
from rancher_tui.cluster_file.tree import LINE_END, Node, file_text
from rancher_tui.facts import Number
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message

CHECK: Final = "cluster-file"
STEP: Final = 10


@dataclass(slots=True)
class Sink:
    """Where findings go: each code once a subject, with its place in the file."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def add(
        self,
        status: Status,
        code: str,
        place: tuple[int, int],
        path: str,
        title: Message,
        remedy: Message = EMPTY,
        **evidence: Any,
    ) -> None:
        """A finding at a place (line and column from 1) under a key's path."""
        subject = f"{self.name}:{place[0]}:{place[1]} {path}".rstrip()
        if (code, subject) not in self.seen:
            self.seen.add((code, subject))
            self.findings.append(
                Finding(status, code, subject, title, remedy=remedy, evidence=evidence, check=CHECK, step=STEP)
            )


@dataclass
class Context:
    """One file under judgement."""

    sink: Sink
    data: bytes
    rke: str
    release: Number
    fqdn: str
    decoded: Decoded
    budget: list[int]

    def say(
        self, status: Status, code: str, path: tuple[str, ...], title: Message, remedy: Message = EMPTY,
        at: Node | None = None, **evidence: Any,
    ) -> None:  # fmt: skip
        """A finding at the node `at`, else at the value under `path`, else at the nearest thing above it."""
        node = at or self.decoded.place(*path)
        place = (node.line, node.column) if node else (1, 1)
        self.sink.add(status, code, place, ".".join(path), title, remedy, **evidence)

    def get(self, *path: str) -> Any:
        """A decoded value; None where it is not set."""
        value: Any = self.decoded.values
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def text(self, *path: str) -> str:
        """A decoded text; empty where it is not set."""
        value = self.get(*path)
        return value if isinstance(value, str) else ""

    def since(self, *numbers: int) -> bool:
        """Whether the judged RKE is at least this release."""
        return self.release >= numbers

    @property
    def kubernetes(self) -> str:
        """The Kubernetes version that the judged RKE would really install; empty if not known."""
        return facts.used_kubernetes(self.rke, self.text("kubernetes_version"))

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines without their ends."""
        return LINE_END.split(file_text(self.data))

    def raw(self, node: Node) -> str:
        """A node's own characters in the file, quotes included, and two more behind them."""
        lines = self.lines[node.line - 1 : node.end_line]
        if len(lines) == 1:
            return lines[0][node.column - 1 : node.end_column + 1]
        return (
            "\n".join((lines[0][node.column - 1 :], *lines[1:-1], lines[-1][: node.end_column + 1]))
            if lines
            else ""
        )

    @cached_property
    def addons(self) -> Addons:
        """The documents in `addons`."""
        return parse(self.text("addons"), self.budget)

    @cached_property
    def placement(self) -> Placement:
        """How places inside `addons` map to the file."""
        node = self.decoded.places.get(("addons",))
        return placement(node, self.lines) if node is not None else Placement(1, 0, False)

    def say_inside(
        self, status: Status, code: str, addon: Addon, path: tuple[str, ...], title: Message,
        remedy: Message = EMPTY, at: Node | None = None, **evidence: Any,
    ) -> None:  # fmt: skip
        """A finding inside an add-on document, placed in the file."""
        node = at or addon.decoded.place(*path) or addon.root
        place = self.placement.outer(node.line, node.column) if node else (1, 1)
        self.sink.add(status, code, place, ".".join(("addons", addon.label, *path)), title, remedy, **evidence)
