"""The ingress controller of the lab's cluster: on every node, it finds the service behind a host name."""

from __future__ import annotations

import asyncio
from typing import Any

from rancher_tui.lab import cluster, http
from rancher_tui.lab.http import Request, Response, Switch
from rancher_tui.lab.machine import Machine
from rancher_tui.lab.rancher import Rancher

_TRY_EVERY = 0.5


class Ingress:
    """nginx-ingress on one host: listens while the host's machine says that it is on."""

    def __init__(self, machine: Machine, port: int, store: cluster.Cluster, rancher: Rancher) -> None:
        self._machine = machine
        self._port = port
        self._store = store
        self._rancher = rancher

    async def run(self) -> None:
        """Follow the machine for ever."""
        server: asyncio.Server | None = None
        while True:
            if self._machine.ingress_is_on and server is None:
                server = await self._listen()
            elif not self._machine.ingress_is_on and server is not None:
                server.close()
                server = None
            await self._machine.ingress_changed()

    async def _listen(self) -> asyncio.Server:
        """Listen as soon as the port is free."""
        handler = http.listener(self._handle)
        while True:
            try:
                return await asyncio.start_server(handler, self._machine.host.address, self._port)
            except OSError:
                await asyncio.sleep(_TRY_EVERY)

    async def _handle(self, request: Request) -> Response | Switch:
        backend = self._backend(request.host)
        if backend is None:
            own = request.path == "/healthz"
            return http.text(200, "") if own else http.text(404, "default backend - 404")
        deployment = self._deployment(*backend)
        if deployment is None or not (deployment.get("status") or {}).get("availableReplicas"):
            return http.text(503, "<html><h1>503 Service Temporarily Unavailable</h1></html>", "text/html")
        return await self._rancher.handle(request, deployment)

    def _backend(self, host: str) -> tuple[str, str] | None:
        """Namespace and service for a host name."""
        for item in self._store.list("ingresses"):
            for rule in (item.get("spec") or {}).get("rules") or []:
                if str(rule.get("host", "")).lower() == host:
                    for path in (rule.get("http") or {}).get("paths") or []:
                        return item["metadata"]["namespace"], str(path["backend"]["serviceName"])
        return None

    def _deployment(self, namespace: str, service: str) -> cluster.Object | None:
        """The deployment whose pods a service selects."""
        found = self._store.get("services", namespace, service)
        selector: dict[str, Any] = ((found or {}).get("spec") or {}).get("selector") or {}
        for item in self._store.list("deployments", namespace):
            labels = item["spec"]["template"].get("metadata", {}).get("labels") or {}
            if selector and selector.items() <= labels.items():
                return item
        return None
