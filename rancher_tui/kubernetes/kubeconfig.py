"""A kubeconfig read safely: only what is inside the file, nothing run, no other file opened.

RKE writes everything inline (`certificate-authority-data`, `client-certificate-data`, `client-key-data`). What
would make kubectl run a program or read another file is refused by name.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from rancher_tui.files import read_named
from rancher_tui.i18n import Message, msg

LIMIT = 1 << 20
"""Bytes; RKE's are about 6 KB."""


class KubeconfigError(Exception):
    """Why a kubeconfig cannot be used. `code`: `kubeconfig-missing`, `…-unreadable` or `…-unsafe`."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message.english)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """How to reach one API server: its https address, and PEM bytes of its CA and of our certificate and key."""

    server: str
    ca: bytes
    certificate: bytes
    key: bytes
    token: str = ""

    def __repr__(self) -> str:
        return f"Kubeconfig({self.server!r})"


def read(path: Path) -> Kubeconfig:
    """Read the current context of a kubeconfig; KubeconfigError says why not."""
    try:
        data = read_named(path, LIMIT)
    except FileNotFoundError:
        raise KubeconfigError("kubeconfig-missing", msg("there is no {path}", path=str(path))) from None
    except OSError as error:
        raise _unreadable(msg("{path}: {reason}", path=str(path), reason=error.strerror)) from error
    return parse(data)


def parse(data: bytes) -> Kubeconfig:
    """`read` for bytes at hand."""
    try:
        document = yaml.load(data, yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _unreadable(msg("the kubeconfig is no YAML: {reason}", reason=str(error).split("\n")[0])) from error
    document = _mapping(document)
    contexts = document.get("contexts")
    name = document.get("current-context") or _only_name(contexts)
    context = _named(contexts, name, "context")
    cluster = _named(document.get("clusters"), context.get("cluster"), "cluster")
    user = _named(document.get("users"), context.get("user"), "user")
    _refuse_unsafe(cluster, user)
    return Kubeconfig(
        _server(cluster.get("server")),
        _decoded(cluster, "certificate-authority-data"),
        _decoded(user, "client-certificate-data"),
        _decoded(user, "client-key-data"),
        str(user.get("token") or ""),
    )


def _unreadable(message: Message) -> KubeconfigError:
    return KubeconfigError("kubeconfig-unreadable", message)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unreadable(msg("the kubeconfig does not hold what a kubeconfig holds"))
    return value


def _only_name(entries: Any) -> Any:
    if isinstance(entries, list) and len(entries) == 1 and isinstance(entries[0], dict):
        return entries[0].get("name")
    return None


def _named(entries: Any, name: Any, kind: str) -> dict[str, Any]:
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and name is not None and entry.get("name") == name:
            return _mapping(entry.get(kind))
    raise _unreadable(msg("the kubeconfig names no {kind} that it holds", kind=kind))


def _refuse_unsafe(cluster: dict[str, Any], user: dict[str, Any]) -> None:
    keys = ("exec", "auth-provider", "client-certificate", "client-key", "tokenFile", "username", "password")
    found = [key for key in keys if user.get(key)]
    found += [
        key for key in ("certificate-authority", "insecure-skip-tls-verify", "proxy-url") if cluster.get(key)
    ]
    if found:
        raise KubeconfigError(
            "kubeconfig-unsafe",
            msg("the kubeconfig uses {key}, which RKE never writes; it is not followed", key=found[0]),
        )


def _server(value: Any) -> str:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise _unreadable(msg("the kubeconfig's server is no https address"))
    return str(value).rstrip("/")


def _decoded(entry: dict[str, Any], key: str) -> bytes:
    value = entry.get(key) or ""
    try:
        return base64.b64decode(str(value), validate=False)
    except (binascii.Error, ValueError) as error:
        raise _unreadable(msg("{key} in the kubeconfig is no base64", key=key)) from error
