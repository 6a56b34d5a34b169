"""Rules about the file as YAML: what RKE cannot read, what it reads but ignores, and keys that stand twice."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator

from rancher_tui import facts
from rancher_tui.cluster_file import schema
from rancher_tui.cluster_file.context import Context
from rancher_tui.cluster_file.decode import decode
from rancher_tui.cluster_file.resolve import BadScalar, resolve
from rancher_tui.cluster_file.schema import Shape
from rancher_tui.cluster_file.tree import Document, Kind, Node
from rancher_tui.finding import Status
from rancher_tui.i18n import EMPTY, Message, msg

DEAD_ALWAYS = {
    ("services.etcd", "backup"): msg("write snapshot: false to turn snapshots off"),
    ("", "backup"): msg("write snapshot: false under services.etcd"),
    ("nodes[]", "ssh_agent_auth"): msg("set ssh_agent_auth at the top level"),
    ("bastion_host", "ssh_agent_auth"): msg("set ssh_agent_auth at the top level"),
    ("nodes[]", "nodeName"): msg("write hostname_override"),
}
"""Keys that no release acts on, and what would be right (reference: RKE, observed and read in its tags)."""
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COLON = re.compile(r":\S")
FLAG_ONLY_DOCKER = (1, 1, 3)
"""From this release on the command line alone decides about ignore_docker_version."""


def check(context: Context, document: Document, root: Node) -> None:
    """All rules of this module."""
    _document(context, document)
    _converted(context, root)
    _refusals(context)
    _keys(context)
    _walk(context, root)


def _document(context: Context, document: Document) -> None:
    if document.version and document.version != (1, 1):
        title = msg("RKE reads YAML 1.1 only: the %YAML line is refused")
        context.say(Status.FAIL, "yaml.version", (), title, msg("delete the %YAML line"))


def _converted(context: Context, root: Node) -> None:
    """From v1.0.0 on RKE converts the whole file to JSON first: what that refuses counts in unknown keys too."""
    if not context.since(1, 0, 0):
        return
    known = {id(problem.node) for problem in context.decoded.problems}
    whole = decode(root, Shape("any"))
    context.decoded.problems += [problem for problem in whole.problems if id(problem.node) not in known]


def _refusals(context: Context) -> None:
    for problem in context.decoded.problems:
        code = problem.code if problem.code.startswith("yaml.") else f"yaml.{problem.code}"
        title = msg("RKE refuses this value: {words}", words=problem.text)
        context.say(Status.FAIL, code, problem.path, title, _remedy(problem.text, problem.path), at=problem.node)


def _remedy(words: str, path: tuple[str, ...]) -> Message:
    if words.endswith("into []string"):
        return msg("write a list: {key}: [a, b]", key=path[-1] if path else "")
    if words.endswith(("into int", "into int32", "into int64")):
        return msg("write a number without quotes and unit")
    if words.endswith("into bool"):
        return msg("write true or false without quotes")
    if words.endswith("into string"):
        return msg("write one text; for several lines begin with |-")
    return EMPTY


def unknown_and_dead(context: Context) -> tuple[list[str], list[str]]:
    """(keys that no RKE knows, keys that this RKE does not act on), as dotted paths in file order."""
    unknown: list[str] = []
    dead: list[str] = []
    for path, _key, _shape in context.decoded.unknown:
        (dead if _other_release(path) or _dead(path) else unknown).append(".".join(path))
    dead += [".".join(path) for path in context.decoded.keys if _ineffective(context, path)]
    return unknown, dead


def _pattern(path: tuple[str, ...]) -> tuple[str, str]:
    """A key's object and name as the table of keys writes them: `nodes.0.user` is (`nodes[]`, `user`)."""
    parts: list[str] = []
    for step in path[:-1]:
        if step.isdigit() and parts:
            parts[-1] += "[]"
        else:
            parts.append(step)
    return ".".join(parts), path[-1]


def _other_release(path: tuple[str, ...]) -> str:
    return schema.spans().get(_pattern(path), "")


def _dead(path: tuple[str, ...]) -> Message | None:
    return DEAD_ALWAYS.get(_pattern(path))


def _ineffective(context: Context, path: tuple[str, ...]) -> bool:
    if path == ("ignore_docker_version",):
        return context.since(*FLAG_ONLY_DOCKER) and context.get(*path) is True
    return _pattern(path) in DEAD_ALWAYS


def _keys(context: Context) -> None:
    for path, key, shape in context.decoded.unknown:
        dead = _dead(path)
        span = _other_release(path)
        if dead is not None:
            title = msg("RKE ignores {key}: no release ever had it", key=path[-1])
            context.say(Status.WARN, "yaml.dead-key", path, title, dead, at=key)
        elif span:
            title = msg("RKE {rke} ignores {key}: it is for {span}", rke=context.rke, key=path[-1], span=span)
            context.say(Status.WARN, "yaml.dead-key", path, title, at=key)
        else:
            near = difflib.get_close_matches(path[-1].lower(), shape.fields, 1, 0.7)
            remedy = msg("did you mean {key}?", key=near[0]) if near else EMPTY
            context.say(
                Status.WARN,
                "yaml.unknown-key",
                path,
                msg("RKE ignores {key}: no such key", key=path[-1]),
                remedy,
                at=key,
            )
    for path, key in context.decoded.keys.items():
        if _ineffective(context, path):
            title = msg("RKE {rke} ignores {key} here", rke=context.rke, key=path[-1])
            remedy = DEAD_ALWAYS.get(_pattern(path), msg("give rke up the option --ignore-docker-version"))
            context.say(Status.WARN, "yaml.dead-key", path, title, remedy, at=key)


def nodes_below(root: Node) -> Iterator[tuple[tuple[str, ...], Node, bool]]:
    """(path, node, in a flow collection) of everything below a node, aliases not followed."""
    stack: list[tuple[tuple[str, ...], Node, bool]] = [((), root, False)]
    while stack:
        path, node, in_flow = stack.pop()
        yield path, node, in_flow
        if node.alias_of is not None:
            continue
        inside = in_flow or node.flow
        if node.kind is Kind.SEQUENCE:
            below = [((*path, str(index)), item, inside) for index, item in enumerate(node.children())]
        else:
            below = []
            for key, value in node.pairs():
                below.append(((*path, key.text), value, inside))
                if key.kind is not Kind.SCALAR:
                    below.append((path, key, inside))
        stack.extend(reversed(below))


def duplicate_keys(node: Node) -> Iterator[tuple[Node, Node]]:
    """(first, again) for every key that stands twice in a mapping."""
    first: dict[str, Node] = {}
    for key, _value in node.pairs():
        if key.kind is not Kind.SCALAR or key.text == "<<":
            continue
        if key.text in first:
            yield first[key.text], key
        first.setdefault(key.text, key)


def _walk(context: Context, root: Node) -> None:
    to_json = context.since(1, 0, 0)
    old_flow = not context.since(0, 3, 0)
    for path, node, in_flow in nodes_below(root):
        if node.kind is Kind.MAPPING and node.alias_of is None:
            for first, again in duplicate_keys(node):
                lost = path == () and again.text == "addons"
                code = "addons.lost" if lost else "yaml.duplicate-key"
                title = msg(
                    "{key} stands twice (first in line {line}): the last one counts",
                    key=again.text,
                    line=first.line,
                )
                context.say(Status.FAIL if lost else Status.WARN, code, (*path, again.text), title, at=again)
            for key, _value in node.pairs():
                _characters(context, (*path, key.text), key, in_flow or node.flow)
            if to_json:
                _json_keys(context, path, node)
        elif node.dangling:
            if not old_flow:
                title = msg("there is no anchor {name}", name=node.text)
                context.say(Status.FAIL, "yaml.anchor", path, title, at=node)
        elif node.kind is Kind.SCALAR:
            _characters(context, path, node, in_flow)
            if to_json:
                _json_value(context, path, node)


def _characters(context: Context, path: tuple[str, ...], node: Node, in_flow: bool) -> None:
    """Characters that RKE's reader refuses and a newer one takes (RKE v0.1.18 to v1.2.0, observed)."""
    quote = msg("put the text in quotes")
    if node.kind is not Kind.SCALAR or node.alias_of is not None:
        return
    if node.style == '"' and "/" in node.text and "/" in _ESCAPE.findall(context.raw(node)):
        title = msg("RKE refuses the escape \\/ in a quoted text")
        context.say(Status.FAIL, "yaml.syntax", path, title, msg("write / without the backslash"), at=node)
    elif in_flow and node.style == "" and "?" in node.text[1:]:
        title = msg("RKE refuses a question mark in an unquoted text between brackets")
        context.say(Status.FAIL, "yaml.syntax", path, title, quote, at=node)
    elif in_flow and node.style == "" and not context.since(0, 3, 0) and _COLON.search(context.raw(node)):
        title = msg("RKE {rke} refuses a colon in an unquoted text between brackets", rke=context.rke)
        context.say(Status.FAIL, "yaml.syntax", path, title, quote, at=node)


def _json_keys(context: Context, path: tuple[str, ...], node: Node) -> None:
    for key, _value in node.pairs():
        if key.kind is not Kind.SCALAR:
            context.say(Status.FAIL, "yaml.key", path, msg("RKE refuses a list or mapping as a key"), at=key)
        elif _resolved(key) is None:
            title = msg("RKE {rke} refuses an empty key", rke=context.rke)
            context.say(Status.FAIL, "yaml.key", path, title, msg("put the key in quotes"), at=key)


def _json_value(context: Context, path: tuple[str, ...], node: Node) -> None:
    value = _resolved(node)
    if isinstance(value, float) and not math.isfinite(value):
        title = msg("RKE {rke} refuses {text}: JSON has no such number", rke=context.rke, text=node.text)
        context.say(Status.FAIL, "yaml.number", path, title, msg("put it in quotes"), at=node)


def _resolved(node: Node) -> object:
    try:
        return resolve(node.text, node.tag, node.plain)[1]
    except BadScalar:
        return ""


def known_release(rke: str) -> bool:
    """Whether a text is a release that can be judged for."""
    return facts.release(rke) is not None
