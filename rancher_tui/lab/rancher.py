"""The lab's Rancher server: what an operator and the probes see of Rancher v2.0.8 behind a load balancer.

Whatever comes without `X-Forwarded-Proto: https` is sent to HTTPS; `/ping`, `/healthz`, the CA setting, the
public API, the login and the event WebSocket answer as Rancher's do.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from contextlib import suppress
from typing import Any

from websockets.frames import Close, Frame, Opcode
from websockets.utils import accept_key

from rancher_tui.lab import cluster, http
from rancher_tui.lab.http import Reader, Request, Response, Switch, Writer

_PING_EVERY = 5.0
_PATIENCE = 60.0
"""Seconds after which the ingress gives a silent Rancher up."""
_FIRST_PASSWORD = "admin"  # noqa: S105 - Rancher's own, published


class Rancher:
    """One Rancher server; it reads its CA from the cluster's secret."""

    def __init__(self, store: cluster.Cluster, *, silent: bool = False) -> None:
        self._store = store
        self._silent = silent
        self._tokens: set[str] = set()

    async def handle(self, request: Request, deployment: cluster.Object) -> Response | Switch:
        """Answer one request that the ingress passed on to `deployment`."""
        if self._silent:
            await asyncio.sleep(_PATIENCE)
            return http.text(504, "<html><h1>504 Gateway Time-out</h1></html>", "text/html")
        if request.header("x-forwarded-proto") != "https":
            return _to_https(request)
        if request.path == "/ping":
            return http.text(200, "pong")
        if request.path == "/healthz":
            return http.text(200, "ok")
        if request.path == "/v3/settings/cacerts":
            return http.as_json(200, self._ca_setting(request, deployment))
        if request.path.startswith("/v3-public"):
            return self._public(request)
        if request.path == "/v3/subscribe":
            return self._subscribe(request)
        if request.path == "/v3/connect":
            return http.text(401, "failed authentication")
        if request.path.startswith("/v3"):
            return http.as_json(401, {"type": "error", "status": "401", "code": "Unauthorized"})
        page = "<!DOCTYPE html><html><head><title>Rancher (rehearsal)</title></head><body></body></html>"
        return http.text(200, page, "text/html; charset=utf-8")

    def _ca_setting(self, request: Request, deployment: cluster.Object) -> dict[str, Any]:
        value = self._ca(deployment)
        return {
            "id": "cacerts",
            "type": "setting",
            "baseType": "setting",
            "name": "cacerts",
            "value": value,
            "customized": False,
            "links": {"self": f"{_base(request)}/v3/settings/cacerts"},
        }

    def _ca(self, deployment: cluster.Object) -> str:
        """The CA that Rancher publishes: the secret's, or none with --no-cacerts."""
        pod = deployment["spec"]["template"]["spec"]
        if any("--no-cacerts" in (item.get("args") or []) for item in pod["containers"]):
            return ""
        for volume in pod.get("volumes") or []:
            name = (volume.get("secret") or {}).get("secretName", "")
            secret = self._store.get("secrets", deployment["metadata"]["namespace"], name)
            if secret is not None:
                data = (secret.get("data") or {}).get("cacerts.pem", "")
                return base64.b64decode(data).decode(errors="replace")
        return ""

    def _public(self, request: Request) -> Response:
        base = _base(request)
        if request.method == "POST" and request.path == "/v3-public/localProviders/local":
            return self._log_in(request)
        if request.path == "/v3-public/authProviders":
            local = {"id": "local", "type": "localProvider"}
            local_links = {"self": f"{base}/v3-public/localProviders/local"}
            actions = {"login": f"{base}/v3-public/localProviders/local?action=login"}
            listed = [{**local, "links": local_links, "actions": actions}]
            return http.as_json(
                200,
                {
                    "type": "collection",
                    "resourceType": "authProvider",
                    "links": {"self": f"{base}/v3-public/authProviders"},
                    "data": listed,
                },
            )
        links = {"self": f"{base}/v3-public", "authProviders": f"{base}/v3-public/authProviders"}
        return http.as_json(200, {"type": "apiRoot", "links": links})

    def _log_in(self, request: Request) -> Response:
        try:
            given = json.loads(request.body or b"{}")
        except ValueError:
            given = {}
        if (given.get("username"), given.get("password")) != ("admin", _FIRST_PASSWORD):
            return http.as_json(401, {"type": "error", "status": "401", "code": "Unauthorized"})
        token = f"token-{secrets.token_hex(3)[:5]}:{secrets.token_urlsafe(40)}"
        self._tokens.add(token)
        return http.as_json(201, {"type": "token", "token": token, "userId": "user-lab"})

    def _subscribe(self, request: Request) -> Response | Switch:
        scheme, _blank, token = (request.header("authorization") or "").partition(" ")
        if scheme != "Bearer" or token not in self._tokens:
            return http.text(401, "must authenticate")
        key = request.header("sec-websocket-key")
        if not request.upgrades or key is None:
            return http.text(400, "websocket: could not find connection header with token 'upgrade'")
        origin = request.header("origin")
        if origin is not None and origin.partition("://")[2] != request.header("host"):
            return http.text(403, "origin not allowed")
        headers = [("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-accept", accept_key(key))]
        return Switch(headers, _events)


def _base(request: Request) -> str:
    """The address under which Rancher believes that it is reached."""
    name = request.host
    port = request.header("x-forwarded-port") or "443"
    return f"https://{name}" if port == "443" else f"https://{name}:{port}"


def _to_https(request: Request) -> Response:
    if request.method not in ("GET", "HEAD"):
        return http.text(400, "Use HTTPS")
    return Response(302, b"", [("location", f"https://{request.header('host') or ''}{request.target}")])


async def _events(reader: Reader, writer: Writer, _early: bytes) -> None:
    """Send a ping event every five seconds until the client closes."""
    event = Frame(Opcode.TEXT, json.dumps({"name": "ping", "data": {}}).encode()).serialize(mask=False)

    async def talk() -> None:
        while True:
            writer.write(event)
            await writer.drain()
            await asyncio.sleep(_PING_EVERY)

    talking = asyncio.ensure_future(talk())
    with suppress(OSError):
        while data := await reader.read(65536):
            if data[0] & 0x0F == Opcode.CLOSE:
                writer.write(Frame(Opcode.CLOSE, Close(1000, "").serialize()).serialize(mask=False))
                await writer.drain()
                break
    talking.cancel()
