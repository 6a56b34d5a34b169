"""The lab's Kubernetes objects: a store that API servers, controllers and the ingress share, kept in one file."""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from rancher_tui.lab.layout import replace_text

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Resource in the plural, namespace (empty for cluster-wide ones), name."""

_SAVE_AFTER = 0.1


@cache
def facts() -> dict[str, Any]:
    """assets/lab/kubernetes.yml."""
    text = (resources.files("assets") / "lab" / "kubernetes.yml").read_text()
    loaded: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded


def now() -> str:
    """The time as Kubernetes writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def resource_of(api_version: str, kind: str) -> tuple[str, bool] | None:
    """The resource of a kind in a group version, and whether it has a namespace; None for an unknown kind."""
    for resource, (name, namespaced) in facts()["resources"].get(api_version, {}).items():
        if name == kind:
            return resource, namespaced
    return None


class ApplyError(Exception):
    """A manifest cannot be applied; `str()` is what kubectl says."""


class Cluster:
    """All objects; every change is told to the watchers and saved."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._objects: dict[Key, Object] = {}
        self._watchers: list[Callable[[Key, Object | None], None]] = []
        self._version = 1
        self._saving: asyncio.TimerHandle | None = None
        if path.exists():
            record = json.loads(path.read_text())
            self._version = record["version"]
            self._objects = {(key[0], key[1], key[2]): item for *key, item in record["objects"]}

    def watch(self, watcher: Callable[[Key, Object | None], None]) -> None:
        """Be told of every change: the key, and the object or None when it is gone."""
        self._watchers.append(watcher)

    def get(self, resource: str, namespace: str, name: str) -> Object | None:
        """One object."""
        return self._objects.get((resource, namespace, name))

    def list(self, resource: str, namespace: str | None = None) -> Iterator[Object]:
        """The objects of a resource, of one namespace or all, sorted by key."""
        for key in sorted(self._objects):
            if key[0] == resource and namespace in (None, key[1]):
                yield self._objects[key]

    def put(self, resource: str, item: Object) -> Object:
        """Create or replace an object; metadata that the server gives is filled in."""
        meta = item.setdefault("metadata", {})
        key = (resource, str(meta.get("namespace", "")), str(meta["name"]))
        before = self._objects.get(key)
        self._version += 1
        meta["resourceVersion"] = str(self._version)
        old = before["metadata"] if before else {}
        meta["uid"] = old.get("uid") or str(uuid.uuid4())
        meta["creationTimestamp"] = old.get("creationTimestamp") or now()
        self._objects[key] = item
        self._changed(key, item)
        return item

    def delete(self, resource: str, namespace: str, name: str) -> Object | None:
        """Remove an object; what it was, or None."""
        key = (resource, namespace, name)
        item = self._objects.pop(key, None)
        if item is not None:
            self._changed(key, None)
        return item

    def clear(self) -> None:
        """Forget everything, as a new etcd."""
        self._objects = {}
        self.save_soon()

    def _changed(self, key: Key, item: Object | None) -> None:
        self.save_soon()
        for watcher in self._watchers:
            watcher(key, item)

    def save_soon(self) -> None:
        """Save a little later, once for many changes."""
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(_SAVE_AFTER, self.save)

    def save(self) -> None:
        """Write all objects to the file."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
        objects = [[*key, item] for key, item in self._objects.items()]
        replace_text(self._path, json.dumps({"version": self._version, "objects": objects}))

    def apply(self, manifest: str) -> None:
        """What `kubectl apply -f` does with a manifest of many documents; ApplyError at the first bad one."""
        try:
            documents = [item for item in yaml.load_all(manifest, yaml.CSafeLoader) if item]
        except yaml.YAMLError as error:
            raise ApplyError(f"error converting YAML to JSON: {error}") from error
        for document in documents:
            resource, item = _judged(document)
            before = self.get(resource, item["metadata"].get("namespace", ""), item["metadata"]["name"])
            if before and "status" in before:
                item["status"] = before["status"]
            self.put(resource, item)


def _judged(document: Any) -> tuple[str, Object]:
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        raise ApplyError("error validating data: apiVersion, kind and metadata are required")
    version, kind = str(document.get("apiVersion")), str(document.get("kind"))
    found = resource_of(version, kind)
    if found is None:
        raise ApplyError(f'no matches for kind "{kind}" in version "{version}"')
    resource, namespaced = found
    item: Object = {**document, "metadata": dict(document["metadata"])}
    if not item["metadata"].get("name"):
        raise ApplyError("resource name may not be empty")
    if namespaced:
        item["metadata"].setdefault("namespace", "kube-system")
    else:
        item["metadata"].pop("namespace", None)
    if resource == "secrets":
        _judge_secret(item)
    if resource == "ingresses":
        _judge_ingress(item)
    return resource, item


def _judge_secret(item: Object) -> None:
    for name, value in (item.get("data") or {}).items():
        try:
            base64.b64decode(str(value), validate=True)
        except binascii.Error as error:
            raise ApplyError(
                f'Secret in version "v1" cannot be handled as a Secret: {name}: illegal base64 data'
            ) from error


def _judge_ingress(item: Object) -> None:
    for rule in (item.get("spec") or {}).get("rules") or []:
        host = str(rule.get("host", ""))
        try:
            ipaddress.ip_address(host)
        except ValueError:
            continue
        raise ApplyError(f'spec.rules[0].host: Invalid value: "{host}": must be a DNS name, not an IP address')
