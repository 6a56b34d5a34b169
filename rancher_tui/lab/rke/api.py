"""The stand-in's client of the Kubernetes API: JSON over HTTPS with the operator's client certificate."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import tempfile
from pathlib import Path
from typing import Any

import h11
import yaml

from rancher_tui.lab.http import Request, exchange


class ApiError(Exception):
    """The API server does not answer, or says no; `status` is 0 where there was no answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """One API server, asked as the administrator."""

    def __init__(self, server: str, ca: str, certificate: str, key: str) -> None:
        """`server` is `https://ADDRESS:PORT`; `ca`, `certificate` and `key` are PEM texts."""
        self._host = server.partition("://")[2]
        self.address, _colon, port = self._host.rpartition(":")
        self._port = int(port)
        self._tls = ssl.create_default_context(cadata=ca)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(certificate + key)
            file.flush()
            self._tls.load_cert_chain(file.name)

    @classmethod
    def from_kubeconfig(cls, path: Path) -> Api | None:
        """A client by a kubeconfig file; None when it is missing or cannot be used."""
        try:
            loaded = yaml.load(path.read_text(), yaml.CSafeLoader)
            server = loaded["clusters"][0]["cluster"]
            user = loaded["users"][0]["user"]
            return cls(
                server["server"],
                _decoded(server["certificate-authority-data"]),
                _decoded(user["client-certificate-data"]),
                _decoded(user["client-key-data"]),
            )
        except (OSError, yaml.YAMLError, KeyError, IndexError, TypeError, ValueError, ssl.SSLError):
            return None

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer; ApiError when it is none or an error."""
        headers = [("host", self._host), ("connection", "close"), ("accept", "application/json")]
        data = b"" if body is None else json.dumps(body).encode()
        try:
            reader, writer = await asyncio.open_connection(self.address, self._port, ssl=self._tls)
            answer = await exchange(reader, writer, Request(method, path, headers, data))
            writer.close()
        except (OSError, h11.RemoteProtocolError) as error:
            raise ApiError(str(error)) from error
        if answer.status >= 400:
            raise ApiError(answer.body.decode(errors="replace"), answer.status)
        return json.loads(answer.body) if answer.body.startswith(b"{") else answer.body.decode()

    async def put(self, collection: str, item: dict[str, Any]) -> None:
        """Create an object, or replace the one of that name."""
        try:
            await self.ask("POST", collection, item)
        except ApiError as error:
            if error.status != 409:
                raise
            await self.ask("PUT", f"{collection}/{item['metadata']['name']}", item)

    async def drop(self, path: str) -> None:
        """Delete an object if it is there."""
        try:
            await self.ask("DELETE", path)
        except ApiError as error:
            if error.status != 404:
                raise


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
