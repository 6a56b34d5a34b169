"""The lab's Kubernetes API server: discovery and REST over the shared store, for clients with a certificate.

Without a client certificate the answer is 401; with one that is no administrator's, 403. One for each control
plane host, on the host's address.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rancher_tui.lab import cluster, http
from rancher_tui.lab.http import Request, Response, as_json

ADMIN_GROUP = "system:masters"

_PATH = re.compile(
    r"/(?:api|apis)/(?P<version>v1|[a-z0-9.]+/v[a-z0-9]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/[a-z]))?(?:/(?P<resource>[a-z]+))?(?:/(?P<name>[^/]+))?(?:/(?P<sub>[a-z]+))?"
)


def _status(code: int, reason: str, message: str) -> Response:
    record = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return as_json(code, {**record, "message": message, "reason": reason, "code": code})


def _user(peer: dict[str, Any]) -> tuple[str, list[str]] | None:
    """User and groups of a verified client certificate: its common name and organizations."""
    pairs = [pair for part in peer.get("subject", ()) for pair in part]
    names = [value for key, value in pairs if key == "commonName"]
    return (names[0], [value for key, value in pairs if key == "organizationName"]) if names else None


class ApiServer:
    """One kube-apiserver."""

    def __init__(self, store: cluster.Cluster, address: str, port: int, folder: Path) -> None:
        """`folder` holds kube-ca.pem, kube-apiserver.pem and kube-apiserver-key.pem."""
        self._store = store
        self._address = address
        self._port = port
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(folder / "kube-apiserver.pem", folder / "kube-apiserver-key.pem")
        self._tls.load_verify_locations(folder / "kube-ca.pem")
        self._tls.verify_mode = ssl.CERT_OPTIONAL
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on the host's API port; OSError when it is taken."""
        handler = http.listener(self._handle)
        self._server = await asyncio.start_server(handler, self._address, self._port, ssl=self._tls)

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _handle(self, request: Request) -> Response:
        user = _user(request.peer)
        if user is None:
            return _status(401, "Unauthorized", "Unauthorized")
        name, groups = user
        if ADMIN_GROUP not in groups:
            words = f'forbidden: User "{name}" cannot {request.method.lower()} path "{request.path}"'
            return _status(403, "Forbidden", words)
        plain = self._plain(request.path)
        return plain if plain is not None else self._resources(request)

    def _plain(self, path: str) -> Response | None:
        groups = [version for version in cluster.facts()["resources"] if "/" in version]
        if path in ("/healthz", "/healthz/ping", "/readyz"):
            return http.text(200, "ok")
        if path == "/version":
            return as_json(200, cluster.facts()["version"])
        if path == "/api":
            return as_json(200, {"kind": "APIVersions", "versions": ["v1"]})
        if path == "/apis":
            listed = [
                {
                    "name": version.partition("/")[0],
                    "versions": [{"groupVersion": version, "version": version.partition("/")[2]}],
                    "preferredVersion": {"groupVersion": version, "version": version.partition("/")[2]},
                }
                for version in groups
            ]
            return as_json(200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed})
        if path == "/":
            return as_json(200, {"paths": ["/api", "/api/v1", "/apis", "/healthz", "/version"]})
        return None

    def _resources(self, request: Request) -> Response:
        match = _PATH.fullmatch(request.path)
        known = cluster.facts()["resources"]
        if match is None or match["version"] not in known:
            return _status(404, "NotFound", "the server could not find the requested resource")
        version, resource = match["version"], match["resource"]
        if resource is None:
            return as_json(200, _discovery(version))
        if resource not in known[version]:
            return _status(404, "NotFound", "the server could not find the requested resource")
        kind, namespaced = known[version][resource]
        namespace = match["namespace"] if namespaced else ""
        calls: dict[str, Callable[..., Response]] = {
            "GET": self._get,
            "POST": self._post,
            "PUT": self._put,
            "DELETE": self._delete,
        }
        call = calls.get(request.method)
        if call is None:
            return _status(405, "MethodNotAllowed", "the server does not allow this method on the resource")
        return call(request, version, kind, (resource, namespace, match["name"]))

    def _get(self, request: Request, version: str, kind: str, key: tuple[str, str | None, str | None]) -> Response:
        resource, namespace, name = key
        if name is not None:
            item = self._store.get(resource, namespace or "", name)
            return as_json(200, _presented(item, version, kind)) if item else _missing(resource, name)
        selector = request.query.get("labelSelector", "")
        items = [
            _presented(item, version, kind)
            for item in self._store.list(resource, namespace)
            if _selected(item, selector)
        ]
        listed = {"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "1"}}
        return as_json(200, {**listed, "items": items})

    def _post(self, request: Request, version: str, kind: str, key: tuple[str, str | None, str]) -> Response:
        resource, namespace, _name = key
        item = json.loads(request.body)
        name = item["metadata"]["name"]
        if namespace:
            item["metadata"]["namespace"] = namespace
        if self._store.get(resource, namespace or "", name):
            return _status(409, "AlreadyExists", f'{resource} "{name}" already exists')
        return as_json(201, _presented(self._store.put(resource, item), version, kind))

    def _put(self, request: Request, version: str, kind: str, key: tuple[str, str | None, str]) -> Response:
        resource, namespace, name = key
        if self._store.get(resource, namespace or "", name) is None:
            return _missing(resource, name)
        return as_json(200, _presented(self._store.put(resource, json.loads(request.body)), version, kind))

    def _delete(self, request: Request, version: str, kind: str, key: tuple[str, str | None, str]) -> Response:
        resource, namespace, name = key
        if self._store.delete(resource, namespace or "", name) is None:
            return _missing(resource, name)
        return as_json(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})


def _missing(resource: str, name: str) -> Response:
    return _status(404, "NotFound", f'{resource} "{name}" not found')


def _presented(item: cluster.Object, version: str, kind: str) -> cluster.Object:
    return {**item, "apiVersion": version, "kind": kind}


def _selected(item: cluster.Object, selector: str) -> bool:
    labels = item["metadata"].get("labels") or {}
    wanted = [part.replace("==", "=").partition("=") for part in selector.split(",") if part]
    return all(labels.get(name) == value for name, _equals, value in wanted)


def _discovery(version: str) -> dict[str, Any]:
    listed = [
        {"name": resource, "kind": kind, "namespaced": namespaced, "singularName": "", "verbs": ["get", "list"]}
        for resource, (kind, namespaced) in cluster.facts()["resources"][version].items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": listed}
