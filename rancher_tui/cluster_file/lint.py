"""Lint: a cluster file judged for one RKE release, with line and column, before `rke up` finds out.

What RKE refuses is a fail, what it takes at most a warning, but for broken or lost add-ons, placeholders, missing
roles and a CA that is none.
"""

from __future__ import annotations

from typing import Any

from rancher_tui import facts
from rancher_tui.cluster_file import (
    objects,
    rules_addons,
    rules_newer,
    rules_nodes,
    rules_services,
    rules_version,
    rules_yaml,
    schema,
)
from rancher_tui.cluster_file.addons import parse
from rancher_tui.cluster_file.context import CHECK, STEP, Context, Sink
from rancher_tui.cluster_file.decode import decode
from rancher_tui.cluster_file.placeholders import placeholder_in, unfilled_in
from rancher_tui.cluster_file.rules_yaml import nodes_below
from rancher_tui.cluster_file.tree import (
    MAX_NODES,
    Document,
    Kind,
    Node,
    SyntaxProblem,
    TooLarge,
    documents,
    file_text,
)
from rancher_tui.finding import Report, Status
from rancher_tui.i18n import msg

_CLOSING = frozenset(",]}")
MAX_COLONS = 20
"""Colons that are looked past in one file."""


def lint(data: bytes, *, name: str, rke: str | None = None, fqdn: str | None = None) -> Report:
    """The report on a file's bytes; `rke` is the release judged for, the recommended one where it is none."""
    judged = rke if rke and facts.release(rke) else facts.RECOMMENDED_RKE
    judged = judged if judged.startswith("v") else f"v{judged}"
    sink = Sink(name)
    budget = [MAX_NODES]
    release = facts.release(judged) or (0, 1, 16)
    found: dict[str, Any] = _empty_facts(judged)
    try:
        data = data if release < (0, 3, 0) else _spaced(data)
        document = _first(data, budget, sink, release)
        if document is not None:
            decoded = decode(document.root, schema.cluster(release), release < (0, 3, 0))
            context = Context(sink, data, judged, release, (fqdn or "").strip(), decoded, budget)
            _judge(context, document)
            found = _facts(context)
    except TooLarge as problem:
        title = msg("more than {number} values: too large to be judged", number=MAX_NODES)
        sink.add(Status.UNKNOWN, "yaml.too-large", (problem.line, 1), "", title)
    except RecursionError:
        sink.add(Status.UNKNOWN, "yaml.too-deep", (1, 1), "", msg("nested too deep to be judged"))
    return Report(CHECK, tuple(sink.findings), found, step=STEP)


def _spaced(data: bytes) -> bytes:
    """The file with a blank behind colons like that of `[a:]`, which RKE takes from v0.3.0 on (observed)."""
    for _attempt in range(MAX_COLONS):
        try:
            next(documents(data), None)
        except SyntaxProblem as problem:
            if "found unexpected ':'" not in problem.problem:
                return data
            lines = file_text(data).splitlines(keepends=True)
            line = lines[problem.line - 1]
            if line[problem.column : problem.column + 1] not in _CLOSING:
                return data
            lines[problem.line - 1] = f"{line[: problem.column]} {line[problem.column :]}"
            data = "".join(lines).encode()
        except TooLarge:
            return data
        else:
            return data
    return data


def _first(data: bytes, budget: list[int], sink: Sink, release: tuple[int, ...]) -> Document | None:
    """The first document, the only one that RKE reads; what stands behind it is judged for being lost."""
    stream = documents(data, budget)
    try:
        document = next(stream, None)
    except SyntaxProblem as problem:
        if problem.code == "nesting" and release < (0, 3, 0):
            raise TooLarge(problem.line) from None
        _syntax(sink, problem)
        return None
    if document is None:
        return Document(None, 1, False)
    try:
        for later in stream:
            _later(sink, later)
    except SyntaxProblem as problem:
        if release < (0, 3, 0) and not sink.findings and not _separate(data, problem):
            _syntax(sink, problem)
            return None
        title = msg("RKE reads nothing from here on: {words}", words=problem.problem)
        sink.add(Status.WARN, "yaml.after-document", (problem.line, problem.column), "", title)
    except TooLarge:
        pass
    return document


def _separate(data: bytes, problem: SyntaxProblem) -> bool:
    """Whether a `---` begins a document of its own before the problem."""
    before = data.decode("utf-8", "replace").splitlines()[: problem.line]
    return any(line.startswith("---") for line in before[1:])


def _later(sink: Sink, document: Document) -> None:
    root = document.root
    if root is None or (root.kind is Kind.SCALAR and not root.text.strip()):
        return
    keys = {key.text for key, _value in root.pairs()}
    lost = bool(keys & {"kind", "apiVersion"})
    title = (
        msg("this object is lost: RKE reads only the first document of the file")
        if lost
        else msg("RKE reads only the first document of the file")
    )
    remedy = msg("indent it below addons: |-") if lost else msg("delete it")
    code = "addons.lost" if lost else "yaml.more-documents"
    sink.add(Status.FAIL if lost else Status.WARN, code, (root.line, root.column), "", title, remedy)


def _syntax(sink: Sink, problem: SyntaxProblem) -> None:
    title = msg("this is no YAML: {words}", words=problem.problem)
    sink.add(Status.FAIL, f"yaml.{problem.code}", (problem.line, problem.column), "", title)


def _judge(context: Context, document: Document) -> None:
    if document.root is not None:
        rules_yaml.check(context, document, document.root)
    unread = {problem.path[:1] for problem in context.decoded.problems}
    if () not in unread:
        if ("nodes",) not in unread:
            rules_nodes.check(context)
        if not unread - {("nodes",)}:
            rules_services.check(context)
            rules_newer.check(context)
        _placeholders(context, document.root)
    rules_addons.check(context)
    rules_version.check(context)
    for path, key, _shape in context.decoded.unknown:
        if path[-1] == "addons":
            title = msg("addons must stand at the top level: here they are lost")
            context.say(Status.FAIL, "addons.lost", path, title, msg("move addons to the left margin"), at=key)


def _placeholders(context: Context, root: Node | None) -> None:
    """Placeholders anywhere in the file, also under keys that RKE ignores; the add-ons have their own rule."""
    for path, node, _flow in nodes_below(root) if root is not None else ():
        if node.kind is not Kind.SCALAR or path == ("addons",) or node.alias_of is not None:
            continue
        place = "nodes" if path[:1] == ("nodes",) else "yaml"
        found = unfilled_in(node.text) if place == "nodes" else placeholder_in(node.text)
        found = found or ("USER" if path[-1:] == ("user",) and node.text == "USER" else "")
        if found:
            title = msg("the placeholder {text} is not filled in", text=found)
            context.say(Status.FAIL, f"{place}.placeholder", path, title, at=node, placeholder=found)


def _empty_facts(rke: str) -> dict[str, Any]:
    return {
        "nodes": 0,
        "template": None,
        "rke": rke,
        "kubernetes_version": None,
        "placeholders": [],
        "unknown_keys": [],
        "dead_keys": [],
    }


def _facts(context: Context) -> dict[str, Any]:
    unknown, dead = rules_yaml.unknown_and_dead(context)
    left = [item.evidence["placeholder"] for item in context.sink.findings if item.code.endswith(".placeholder")]
    return {
        "nodes": len(context.get("nodes") or []),
        "template": objects.template(context.addons.values) or None,
        "rke": context.rke,
        "kubernetes_version": context.text("kubernetes_version") or None,
        "placeholders": left,
        "unknown_keys": unknown,
        "dead_keys": dead,
    }


def ingress_hosts(data: bytes) -> list[str]:
    """The hosts of Rancher's Ingress in a cluster file; none where it cannot be read."""
    try:
        document = next(documents(data), None)
        decoded = decode(document.root if document else None, schema.cluster(None))
        items = parse(str(decoded.values.get("addons") or "")).values
    except (SyntaxProblem, TooLarge):
        return []
    rules = objects.get(objects.ingress(items), "spec", "rules")
    return [str(rule["host"]) for rule in rules or [] if isinstance(rule, dict) and rule.get("host")]
