"""Where the secrets of a cluster file stand: keys and passwords of RKE, and what the add-ons keep in Secrets.

A CA and other certificates are public and no secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from rancher_tui.cluster_file import objects
from rancher_tui.cluster_file.addons import Addon
from rancher_tui.cluster_file.placeholders import is_placeholder
from rancher_tui.cluster_file.resolve import is_text
from rancher_tui.cluster_file.rules_yaml import nodes_below
from rancher_tui.cluster_file.tree import Kind, Node
from rancher_tui.install.references import is_reference

SECRET_KEYS: Final = frozenset(
    {
        *("ssh_key", "password", "secret_key", "aws_secret_access_key", "aws_session_token"),
        *("ssh_cert", "aadclientsecret", "aadclientcertpassword", "token", "user_key"),
    }
)
"""Keys of the outer file whose text is a secret wherever they stand, in lower case (all RKE types)."""
_ETCD_KEY: Final = ("services", "etcd", "key")
_ENCRYPTION: Final = ("services", "kube-api", "secrets_encryption_config")
_PROXIES: Final = frozenset({"HTTP_PROXY", "HTTPS_PROXY"})
_REFERENCE: Final = re.compile(r"""(?<![^\s\[{,])(["']?)(secret:[A-Za-z0-9_.-]+)\1(?=[\s,}\]]|$)""")
_ALONE: Final = re.compile(
    r"""(?P<head>(?P<margin>\ *(?:-\ )*)[^\s#"'{\[][^#"'{\[]*:\ +(?:[&!]\S+\ +)*)
        ["']?(?P<reference>secret:[A-Za-z0-9_.-]+)["']?\s*""",
    re.VERBOSE,
)
"""A line that holds a key of a block mapping and its reference, nothing else."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./+=-]+(?: [A-Za-z0-9_./+=-]+)*")
_SECRET_NAME: Final = re.compile(r"PASSWORD|SECRET|TOKEN|PASSPHRASE")


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """A scalar that is a secret: its path of keys, its node with the place, and whether brackets are around it."""

    path: tuple[str, ...]
    node: Node
    in_flow: bool

    @property
    def name(self) -> str:
        """A name for the session's secrets."""
        return re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join(self.path))


def outer(root: Node | None) -> Iterator[SecretPlace]:
    """The secrets of the file itself."""
    for path, node, flow in nodes_below(root) if root is not None else ():
        if path and _holds_text(node) and _is_secret(path):
            yield SecretPlace(path, node, flow)


def _is_secret(path: tuple[str, ...]) -> bool:
    encrypted = path[: len(_ENCRYPTION)] == _ENCRYPTION and path[-1] == "secret"
    return path[-1].lower() in SECRET_KEYS or path == _ETCD_KEY or encrypted


def _holds_text(node: Node) -> bool:
    """Whether a node is a text of its own that somebody filled in, and no reference yet."""
    if node.kind is not Kind.SCALAR or node.alias_of is not None or not node.text.strip():
        return False
    return not is_placeholder(node.text) and not is_reference(node.text)


def inner(addons: Iterable[Addon]) -> Iterator[SecretPlace]:
    """The secrets in the add-ons: data of Secrets but certificates, and passwords in the environment."""
    for addon in addons:
        secret = objects.kind(addon.value) == "Secret"
        for path, node, flow in nodes_below(addon.root) if addon.root is not None else ():
            if not _holds_text(node):
                continue
            hidden = secret and path[:1] in (("data",), ("stringData",)) and len(path) == 2 and not _public(node)
            if hidden or _secret_variable(addon.value, path, node):
                yield SecretPlace(("addons", str(addon.index), *path), node, flow)


def _public(node: Node) -> bool:
    data = objects.decode_base64(node.text) or node.text.encode()
    return b"-----BEGIN CERTIFICATE" in data and b"PRIVATE KEY" not in data


def _secret_variable(value: Any, path: tuple[str, ...], node: Node) -> bool:
    """Whether this is the value of an environment variable that holds a password."""
    if path[-1:] != ("value",) or len(path) < 3 or path[-3] != "env":
        return False
    entry = value
    for step in path[:-1]:
        entry = objects.get(entry, int(step) if isinstance(entry, list) and step.isdigit() else step)
    name = str(objects.get(entry, "name")).upper()
    return (name in _PROXIES and "@" in node.text) or bool(_SECRET_NAME.search(name))


def put_back(text: str, secret: Callable[[str], str]) -> str:
    """A file's text with the secrets in place of the references that reading left in it."""
    return "\n".join(_with_secrets(line, secret) for line in text.split("\n"))


def _with_secrets(line: str, secret: Callable[[str], str]) -> str:
    if "secret:" not in line:
        return line
    alone = _ALONE.fullmatch(line)
    value = secret(alone["reference"]) if alone else ""
    if alone and "\n" in value:
        blanks = " " * (len(alone["margin"]) + 2)
        mark = "|-" if not value.endswith("\n") else "|" if not value.endswith("\n\n") else "|+"
        lines = [f"{blanks}{part}" if part else "" for part in value.removesuffix("\n").split("\n")]
        if not value.startswith((" ", "\n")):
            return "\n".join([f"{alone['head']}{mark}", *lines])
    return _REFERENCE.sub(lambda match: _scalar(match[1], secret(match[2])), line)


def _scalar(quote: str, value: str) -> str:
    """A value as a scalar of one line in these quotes, or in double ones where it needs them."""
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if not quote and is_text(value) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def spliced(lines: list[str], edits: Iterable[tuple[tuple[int, int], tuple[int, int], str]]) -> list[str]:
    """`lines` (without their ends) with each text between two places (from 1, end exclusive) replaced.

    What follows a block scalar keeps its line.
    """
    found = list(lines)
    for (line, column), (end_line, end_column), text in sorted(edits, reverse=True):
        while end_line > line and end_column == 1:
            end_line -= 1
            end_column = len(found[end_line - 1]) + 1
        tail = found[end_line - 1][end_column - 1 :] if end_line <= len(found) else ""
        found[line - 1 : end_line] = [found[line - 1][: column - 1] + text + tail]
    return found
