"""A reader of one API server over its client certificate: GET only, bounded in time and bytes, nothing judged."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from rancher_tui.i18n import Message, msg
from rancher_tui.kubernetes.kubeconfig import Kubeconfig, KubeconfigError

Reason = Literal[
    "api-unreachable",
    "api-timeout",
    "api-untrusted",
    "api-unauthorized",
    "api-forbidden",
    "api-not-found",
    "api-error",
    "api-not-json",
]
DEADLINE_S = 10.0
LIMIT = 64 << 20
"""Bytes of one answer; a node object takes about 8 KB."""


class ApiError(Exception):
    """An answer that could not be had. `answer` holds the server's own words, at most 2,000 characters."""

    def __init__(self, reason: Reason, message: Message, server: str, answer: str = "") -> None:
        super().__init__(message.english)
        self.reason = reason
        self.message = message
        self.server = server
        self.answer = answer[:2000]

    def evidence(self) -> dict[str, Any]:
        """What a finding shows."""
        return {"reason": self.reason, "server": self.server, "answer": self.answer}


def ssl_context(config: Kubeconfig) -> ssl.SSLContext:
    """TLS that trusts the kubeconfig's CA alone; the key goes through memory, never through a file.

    RKE's certificates lack key identifiers, so the strict flag that Python 3.13 sets is taken off.
    """
    try:
        context = ssl.create_default_context(cadata=config.ca.decode("ascii"))
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if config.certificate:
            _load_pair(context, config.certificate + b"\n" + config.key)
    except (ssl.SSLError, ValueError) as error:
        reason = msg("the certificates in the kubeconfig cannot be read: {reason}", reason=str(error))
        raise KubeconfigError("kubeconfig-unreadable", reason) from error
    return context


def _load_pair(context: ssl.SSLContext, pem: bytes) -> None:
    descriptor = os.memfd_create("client", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, pem)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}", password=lambda: b"")
    finally:
        os.close(descriptor)


def _with_host(server: str, host: str) -> str:
    parts = urlsplit(server)
    name = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{name}:{parts.port or 443}").geturl()


class Client:
    """Asks the API server of a kubeconfig, and where that one is not reachable the others (`also`: addresses)."""

    def __init__(self, config: Kubeconfig, *, also: Iterable[str] = (), deadline_s: float = DEADLINE_S) -> None:
        own = urlsplit(config.server).hostname
        self._servers = [config.server, *(_with_host(config.server, host) for host in also if host != own)]
        self._deadline_s = deadline_s
        headers = {"Accept": "application/json", "User-Agent": "rancher-tui"}
        if config.token:
            headers["Authorization"] = f"Bearer {config.token}"
        self._http = httpx.AsyncClient(
            verify=ssl_context(config),
            headers=headers,
            timeout=deadline_s,
            trust_env=False,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> dict[str, Any]:
        """The JSON object at `path` (`/api/v1/nodes`); ApiError says why not.

        The next server is asked only when one cannot be reached; the one that answered comes first from then on.
        """
        first: ApiError | None = None
        for server in list(self._servers):
            try:
                answer = await self._ask(server, path)
            except ApiError as error:
                if error.reason not in ("api-unreachable", "api-timeout"):
                    raise
                first = first or error
                continue
            self._servers.remove(server)
            self._servers.insert(0, server)
            return answer
        raise first or RuntimeError("no server to ask")

    async def _ask(self, server: str, path: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._read(server, path)
        except (TimeoutError, httpx.TimeoutException) as error:
            text = msg("no answer from {server} in {seconds} s", server=server, seconds=self._deadline_s)
            raise ApiError("api-timeout", text, server) from error
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise _connection_error(error, server) from error

    async def _read(self, server: str, path: str) -> dict[str, Any]:
        async with self._http.stream("GET", server + path) as response:
            parts: list[bytes] = []
            size = 0
            async for part in response.aiter_bytes():
                size += len(part)
                if size > LIMIT:
                    raise ApiError("api-error", msg("the answer of {server} is too large", server=server), server)
                parts.append(part)
        body = b"".join(parts)
        if response.status_code != 200:
            raise _status_error(response.status_code, server, body.decode("utf-8", "replace"))
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            text = msg("{server} answered, but not as an API server does", server=server)
            raise ApiError("api-not-json", text, server, body.decode("utf-8", "replace")) from error
        return answer if isinstance(answer, dict) else {}


def _connection_error(error: Exception, server: str) -> ApiError:
    causes: list[BaseException] = [error]
    while (below := causes[-1].__cause__ or causes[-1].__context__) is not None and len(causes) < 10:
        causes.append(below)
    words = str(next((cause for cause in reversed(causes) if str(cause)), error)) or type(error).__name__
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        text = msg("{server} shows a certificate that the kubeconfig's CA did not sign", server=server)
        return ApiError("api-untrusted", text, server, words)
    if "alert" in words.lower() and "certificate" in words.lower():
        text = msg("{server} refuses the kubeconfig's client certificate", server=server)
        return ApiError("api-unauthorized", text, server, words)
    return ApiError("api-unreachable", msg("{server} cannot be reached", server=server), server, words)


def _status_error(code: int, server: str, body: str) -> ApiError:
    if code == 401:
        text = msg("{server} does not accept the kubeconfig's certificate (401)", server=server)
        return ApiError("api-unauthorized", text, server, body)
    if code == 403:
        text = msg("{server} forbids the kubeconfig's user to look (403)", server=server)
        return ApiError("api-forbidden", text, server, body)
    if code == 404:
        return ApiError("api-not-found", msg("{server} does not have it (404)", server=server), server, body)
    text = msg("{server} answered with status {code}", server=server, code=code)
    return ApiError("api-error", text, server, body)
