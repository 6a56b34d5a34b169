"""Rancher's own objects among the add-ons, found and read the same way in any tree of mappings and lists."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any, Final

NAMESPACE: Final = "cattle-system"
CA_SECRET: Final = "cattle-keys-server"  # noqa: S105 - a name
TLS_SECRET: Final = "cattle-keys-ingress"  # noqa: S105 - a name
CA_KEY: Final = "cacerts.pem"
SSL_REDIRECT: Final = "nginx.ingress.kubernetes.io/ssl-redirect"
_IMAGE = re.compile(r"(?P<repository>(?:[^\s@]+/)?rancher/rancher)(?::(?P<tag>[^\s:@/]*))?(?:@\S+)?")


def get(tree: Any, *path: str | int) -> Any:
    """The value at a path of keys and indexes; None where anything on the way is missing or of another kind."""
    for step in path:
        inside = isinstance(tree, list) and isinstance(step, int) and -len(tree) <= step < len(tree)
        if not inside and not (isinstance(tree, dict) and step in tree):
            return None
        tree = tree[step]
    return tree


def kind(item: Any) -> str:
    """An object's kind, as text."""
    found = get(item, "kind")
    return found if isinstance(found, str) else ""


def name(item: Any) -> str:
    """An object's name, as text."""
    found = get(item, "metadata", "name")
    return found if isinstance(found, str) else ""


def find(items: Iterable[Any], wanted: str, *names: str) -> Any:
    """The first object of a kind with one of these names (any name without names); None if there is none."""
    for item in items:
        if kind(item) == wanted and (not names or name(item) in names):
            return item
    return None


def containers(item: Any) -> list[Any]:
    """The containers of a Deployment."""
    found = get(item, "spec", "template", "spec", "containers")
    return found if isinstance(found, list) else []


def image_parts(image: Any) -> tuple[str, str] | None:
    """(repository, tag) of an image of Rancher's server, None for any other image."""
    match = _IMAGE.fullmatch(image.strip()) if isinstance(image, str) else None
    return (match["repository"], match["tag"] or "") if match else None


def rancher(items: Iterable[Any]) -> tuple[Any, Any]:
    """(Deployment, container) that runs Rancher's server; (None, None) if there is none."""
    for item in items:
        if kind(item) != "Deployment":
            continue
        for container in containers(item):
            if image_parts(get(container, "image")):
                return item, container
    return None, None


def ingress(items: Iterable[Any]) -> Any:
    """Rancher's Ingress: by its name, else the one that leads to cattle-service."""
    items = list(items)
    named = find(items, "Ingress", "cattle-ingress-http")
    if named is not None:
        return named
    for item in items:
        if kind(item) == "Ingress" and "cattle-service" in map(str, _services(item)):
            return item
    return None


def _services(item: Any) -> list[Any]:
    rules = get(item, "spec", "rules")
    found = []
    for rule in rules if isinstance(rules, list) else []:
        paths = get(rule, "http", "paths")
        for path in paths if isinstance(paths, list) else []:
            found.append(get(path, "backend", "serviceName") or get(path, "backend", "service", "name"))
    return found


def arguments(container: Any) -> list[str]:
    """A container's arguments as texts."""
    found = get(container, "args")
    return [str(item) for item in found] if isinstance(found, list) else []


def environment(container: Any) -> dict[str, str]:
    """A container's environment: names and plain values."""
    found = get(container, "env")
    pairs = found if isinstance(found, list) else []
    return {str(get(item, "name")): str(get(item, "value")) for item in pairs if get(item, "value") is not None}


def template(items: Iterable[Any]) -> str:
    """Which of the four templates the objects follow; empty where Rancher is not among them."""
    items = list(items)
    deployment, container = rancher(items)
    if deployment is None:
        return ""
    public = "--no-cacerts" in arguments(container)
    ends_tls = bool(get(ingress(items), "spec", "tls")) or find(items, "Secret", TLS_SECRET) is not None
    return ("ingress-" if ends_tls else "external-") + ("recognized-ca" if public else "certificate")


def decode_base64(text: Any) -> bytes | None:
    """The bytes behind a Secret's value, None for what is no base64."""
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def encode_base64(text: str) -> str:
    """One line of base64, as a Secret wants it."""
    return base64.b64encode(text.encode()).decode()
