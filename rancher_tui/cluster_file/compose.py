"""The cluster file that a state stands for, built as YAML structures from a template, never by text substitution.

A file that was read in keeps its comments, order and unknown keys: only what differs from the state is set. The
text is parsed back and compared with the state before it is given out.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from rancher_tui import facts
from rancher_tui.cluster_file import addon_objects, etcd, merge, objects, roundtrip, schema
from rancher_tui.cluster_file.addons import parse
from rancher_tui.cluster_file.bindings import (
    BINDINGS,
    NODE_BINDINGS,
    Binding,
    field_value,
    interface_key,
    mapping_of,
    reads_docker_override,
    taint_of,
)
from rancher_tui.cluster_file.decode import decode
from rancher_tui.cluster_file.errors import ComposeError
from rancher_tui.cluster_file.secret_places import put_back
from rancher_tui.cluster_file.state_of import node_of, state_of
from rancher_tui.cluster_file.tree import SyntaxProblem, TooLarge, documents
from rancher_tui.i18n import msg
from rancher_tui.install.references import INLINE_KEYS
from rancher_tui.install.state import TEMPLATES, Bastion, InstallState, Node

__all__ = ["ComposeError", "compose"]

Secret = Callable[[str], str]
Host = TypeVar("Host", Node, Bastion)


def compose(state: InstallState, *, secret: Secret, rke: str | None) -> str:
    """The text of rancher-cluster.yml; ComposeError says what is missing or cannot be written.

    `secret` gives the value behind a reference, `rke` is the release that will read the file (None: the
    recommended one).
    """
    release = rke or facts.RECOMMENDED_RKE
    state = _resolved(state, secret)
    taken = bool(state.cluster_file_source)
    source = put_back(state.cluster_file_source, secret) if taken else _template(state.template)
    source, rest = first_document(source) if taken else (source, "")
    before = roundtrip.dump(_tree(source), source) if taken else source
    tree = _tree(source)
    known = state_of(_plain(tree), _addon_values(tree))
    for binding in (*BINDINGS, Binding("ingress", ("ingress", "options"), "pairs")):
        _bind(tree, binding, state, known, release)
    _nodes(tree, state)
    _network_interface(tree, state, known)
    _registry(tree, state, known, secret)
    etcd.put(tree, state, known, secret, release)
    _addons(tree, state, known, secret)
    written = roundtrip.dump(tree, source)
    text = merge.kept(source, before, written) + rest if taken else written
    _compare(text, state)
    return text


def first_document(text: str) -> tuple[str, str]:
    """The document that RKE reads, and everything behind it, which stays as it is."""
    stream = documents(text)
    try:
        next(stream, None)
        second = next(stream, None)
    except (SyntaxProblem, TooLarge):
        return text, ""
    if second is None:
        return text, ""
    lines = text.split("\n")
    return "\n".join([*lines[: second.line - 1], ""]), "\n".join(lines[second.line - 1 :])


def _tree(source: str) -> Any:
    """The file for editing, each comment with the key that it is about."""
    try:
        tree = roundtrip.load(source)
    except YAMLError as error:
        raise ComposeError(
            msg("the file that was read in cannot be edited: {error}", error=roundtrip.trouble(error))
        ) from error
    if not isinstance(tree, dict):
        raise ComposeError(msg("the file that was read in holds no cluster"))
    roundtrip.settle_comments(tree)
    return tree


def _template(name: str) -> str:
    if name not in TEMPLATES:
        raise ComposeError(msg("no template is chosen (step 5)"))
    return (resources.files("assets") / "cluster_file" / f"{name}.yml").read_text("utf-8")


def _plain(tree: Any) -> Any:
    """Round-trip containers as plain dicts and lists."""
    if isinstance(tree, dict):
        return {str(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(item) for item in tree]
    return str(tree) if isinstance(tree, str) else tree


def _addon_values(tree: Any) -> list[Any]:
    text = tree.get("addons")
    if not isinstance(text, str) or not text.strip():
        return []
    try:
        return [_plain(item) for item in roundtrip.load_all(text) if item is not None]
    except YAMLError as error:
        raise ComposeError(
            msg("the add-ons of the file that was read in are no YAML: {error}", error=roundtrip.trouble(error))
        ) from error


def _wanted(binding: Binding, state: InstallState, rke: str) -> Any:
    if binding.field == "ingress":
        pairs = state.options.ingress_options
        needed = facts.needs_forwarded_headers(state.kubernetes_version) and state.template.startswith("external-")
        if needed and not any(pair.startswith("use-forwarded-headers=") for pair in pairs):
            pairs = (*pairs, "use-forwarded-headers=true")
        return pairs
    if binding.field == "options.ignore_docker_version" and not reads_docker_override(rke):
        return False
    return field_value(state, binding.field)


def _bind(tree: Any, binding: Binding, state: InstallState, known: InstallState, rke: str) -> None:
    """Set one key where the state differs from the file."""
    if binding.field == "options.ingress_options":
        return
    wanted = _wanted(binding, state, rke)
    present = field_value(known, "options.ingress_options" if binding.field == "ingress" else binding.field)
    unset = objects.get(tree, *binding.path) is None
    if wanted == present and (not unset or not wanted or binding.field in _DEFAULTED):
        return
    value = _written(binding, wanted)
    if value is None:
        roundtrip.delete_path(tree, binding.path)
    else:
        roundtrip.set_path(tree, binding.path, value, before="addons")


_DEFAULTED = frozenset({"options.bastion.port"})


def _written(binding: Binding, value: Any) -> Any:
    """A field's value as it stands in the file; None for a key that is left out."""
    match binding.kind:
        case "flag":
            return True if value else None
        case "int":
            return int(value) if value.strip().isdigit() else (value.strip() or None)
        case "port":
            return value.strip() if value.strip() not in ("", "22") else None
        case "list":
            return roundtrip.flow([roundtrip.scalar(item) for item in value]) if value else None
        case "pairs":
            pairs = {
                roundtrip.scalar(key): DoubleQuotedScalarString(item) for key, item in mapping_of(value).items()
            }
            return CommentedMap(pairs) if pairs else None
        case "taints":
            return CommentedSeq([_taint(item) for item in value]) if value else None
        case _:
            return roundtrip.scalar(value.strip()) if value.strip() else None


def _taint(text: str) -> CommentedMap:
    return CommentedMap({key: roundtrip.scalar(part) for key, part in taint_of(text).items()})


def _nodes(tree: Any, state: InstallState) -> None:
    """The nodes in the state's order; an entry of the file whose node is unchanged stays as it is."""
    present = tree.get("nodes")
    entries = list(present) if isinstance(present, list) else []
    read = [(node_of(_plain(entry)), entry) for entry in entries if isinstance(entry, dict)]
    if [node for node, _entry in read] == list(state.nodes):
        return
    kept = CommentedSeq()
    for node in state.nodes:
        same = next((entry for known, entry in read if known == node), None)
        near = next((entry for known, entry in read if known.address == node.address), None)
        kept.append(same if same is not None else _node_entry(node, near))
    tree["nodes"] = kept


def _resolved(state: InstallState, secret: Secret) -> InstallState:
    """The state with the inline keys and certificates of nodes and bastion in place of the references to them."""
    bastion = _with_keys(state.options.bastion, secret)
    options = state.options.model_copy(update={"bastion": bastion})
    nodes = tuple(_with_keys(node, secret) for node in state.nodes)
    return state.model_copy(update={"options": options, "nodes": nodes})


def _with_keys(host: Host, secret: Secret) -> Host:
    given = {name: secret(text) for name in INLINE_KEYS if (text := getattr(host, name))}
    return host.model_copy(update=given) if given else host


def _node_entry(node: Node, near: Any) -> CommentedMap:
    """A node's entry; keys that we do not know are kept from the entry of the same address."""
    entry = near if isinstance(near, CommentedMap) else CommentedMap()
    for binding in NODE_BINDINGS:
        key = binding.path[0]
        value = _written(binding, getattr(node, binding.field))
        if value is None:
            entry.pop(key, None)
        elif key not in entry or _bare(entry[key]) != _bare(value):
            entry[key] = value
    return entry


def _bare(value: Any) -> Any:
    """A value without the line end that a block of text has."""
    plain = _plain(value)
    return plain.strip() if isinstance(plain, str) else plain


def _network_interface(tree: Any, state: InstallState, known: InstallState) -> None:
    key = interface_key(state)
    interface = state.options.network_interface.strip()
    if interface == known.options.network_interface:
        return
    if interface and not key:
        raise ComposeError(msg("the plugin {plugin} takes no interface", plugin=state.options.network_plugin))
    if interface:
        roundtrip.set_path(tree, ("network", "options", key), roundtrip.scalar(interface), before="addons")
    elif key:
        roundtrip.delete_path(tree, ("network", "options", key))


def _registry(tree: Any, state: InstallState, known: InstallState, secret: Secret) -> None:
    registry = state.options.registry
    password = secret(registry.password) if registry.password else ""
    if registry.model_copy(update={"password": password}) == known.options.registry or not registry.url.strip():
        if not registry.url.strip() and known.options.registry.url:
            tree.pop("private_registries", None)
        return
    entry = CommentedMap({"url": roundtrip.scalar(registry.url.strip())})
    if registry.user:
        entry["user"] = roundtrip.scalar(registry.user)
    if password:
        entry["password"] = roundtrip.scalar(password)
    if registry.is_default:
        entry["is_default"] = True
    others = list(tree.get("private_registries") or [])[1:]
    roundtrip.set_path(tree, ("private_registries",), CommentedSeq([entry, *others]), before="addons")


def _addons(tree: Any, state: InstallState, known: InstallState, secret: Secret) -> None:
    """Rancher's objects in the add-ons; objects of others stay."""
    text = tree.get("addons")
    source = text if isinstance(text, str) else ""
    try:
        documents = roundtrip.load_all(source) if source.strip() else []
    except YAMLError as error:
        raise ComposeError(msg("the add-ons are no YAML: {error}", error=roundtrip.trouble(error))) from error
    documents = [item for item in documents if item is not None]
    before = roundtrip.dump_all(documents, source)
    _deployment, container = objects.rancher(documents)
    fitting = container is not None and objects.template(documents) == state.template
    if not fitting:
        others = [item for item in documents if not addon_objects.is_ranchers(item)]
        fresh = roundtrip.load(_template(state.template))
        documents = [item for item in roundtrip.load_all(fresh["addons"]) if item is not None] + others
    addon_objects.put(documents, state, known if fitting else None, secret)
    after = roundtrip.dump_all(documents, source)
    if after != before:
        merged = merge.kept(source, before, after)
        tree["addons"] = LiteralScalarString(merged if source.endswith("\n") else merged.rstrip("\n"))


_COMPARED = ("fqdn", "template", "rancher_version", "kubernetes_version")


def _compare(text: str, state: InstallState) -> None:
    """Read the text as another program would and hold it against the state, field by field."""
    document = next(documents(text), None)
    values = decode(document.root if document else None, schema.cluster(None)).values
    again = _stripped(state_of(values, parse(str(values.get("addons") or "")).values, state))
    wanted = _stripped(state)
    pairs = [(field, getattr(again, field), getattr(wanted, field)) for field in _COMPARED]
    pairs.append(("nodes", len(again.nodes), len(wanted.nodes)))
    for number, node in enumerate(wanted.nodes, 1):
        back = again.nodes[number - 1] if number <= len(again.nodes) else Node()
        pairs += [(f"node {number} {name}", getattr(back, name), value) for name, value in node]
    for field, found, value in pairs:
        if found != value:
            shown = "…" if field.endswith(INLINE_KEYS) else repr(found)[:200]
            raise ComposeError(msg("{field} reads back as {found}", field=field, found=shown))


def _stripped(state: InstallState) -> InstallState:
    """The state without blanks around the texts of its rows and fields."""
    texts = {name: value.strip() for name, value in state if isinstance(value, str)}
    return state.model_copy(update={**texts, "nodes": tuple(map(_stripped_node, state.nodes))})


def _stripped_node(node: Node) -> Node:
    update = {name: value.strip() for name, value in node if isinstance(value, str)}
    return node.model_copy(update={**update, "port": update["port"] or "22"})
