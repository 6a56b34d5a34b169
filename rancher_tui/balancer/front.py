"""The load balancer as a client sees it: requests and WebSockets by name, pinned to its address."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.transport.http import Answer, FetchError, fetch
from rancher_tui.transport.websocket import open_websocket

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection


@dataclass(frozen=True, slots=True)
class Front:
    """Where the name is asked for. `address` empty: as it resolves; `ca_pem` None: by the system's CAs."""

    fqdn: str
    address: str = ""
    http_port: int = 80
    https_port: int = 443
    ca_pem: str | None = None
    verify: bool = True
    limit: float = 10.0
    """Seconds for one request."""
    reached_at: int = 0
    """The port that is connected to where it is not `https_port`: behind a tunnel or a port mapping."""

    @classmethod
    def of(cls, name: str, address: str = "", **more: Any) -> Front:
        """The front for `NAME[:PORT]`, reached at `ADDR[:PORT]` where that is given; `more` are other fields.

        ValueError says what would be right.
        """
        host, port = _split(name, "NAME or NAME:PORT")
        place, reached = _split(address, "ADDR or ADDR:PORT") if address.strip() else ("", 0)
        return cls(host.rstrip("."), place, https_port=port or 443, reached_at=reached, **more)

    @property
    def port(self) -> int:
        """The port that is connected to."""
        return self.reached_at or self.https_port

    @property
    def bases(self) -> tuple[str, ...]:
        """The beginnings of addresses that lead back here: by the name's port, and by the one connected to."""
        host = self.base.rpartition(":")[0] if self.https_port != 443 else self.base
        return tuple(dict.fromkeys((self.base, host if self.port == 443 else f"{host}:{self.port}")))

    @property
    def base(self) -> str:
        """`https://NAME`, with the port where it is not 443."""
        host = f"[{self.fqdn}]" if ":" in self.fqdn else self.fqdn
        return f"https://{host}" if self.https_port == 443 else f"https://{host}:{self.https_port}"

    @property
    def subject(self) -> str:
        """What findings are about: the name, and the address where it is pinned."""
        return f"{self.fqdn} at {self.address}:{self.port}" if self.address else f"{self.fqdn}:{self.https_port}"

    async def get(
        self, path: str, *, headers: Mapping[str, str] | None = None, method: str = "GET", **more: Any
    ) -> Answer:
        """A request over https; `more` as for `fetch` (`http2`, `content`, `first_only`). FetchError."""
        return await fetch(
            self.base + path,
            address=self.address or None,
            port=self.port,
            ca_pem=self.ca_pem,
            verify=self.verify,
            headers=headers,
            method=method,
            timeout=self.limit,
            **more,
        )

    async def get_plain(self, path: str) -> Answer:
        """A request over plain HTTP. FetchError."""
        port = "" if self.http_port == 80 else f":{self.http_port}"
        return await fetch(
            f"http://{self.fqdn}{port}{path}",
            address=self.address or None,
            port=self.http_port,
            timeout=self.limit,
        )

    @asynccontextmanager
    async def websocket(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[ClientConnection]:
        """A WebSocket over TLS. FetchError, UpgradeRefusedError."""
        async with open_websocket(
            self.base.replace("https:", "wss:", 1) + path,
            address=self.address or None,
            port=self.port,
            ca_pem=self.ca_pem,
            verify=self.verify,
            headers=headers,
            timeout=self.limit,
        ) as connection:
            yield connection


def _split(text: str, form: str) -> tuple[str, int]:
    """A host and a port, 0 where there is none; IPv6 in brackets before a port."""
    stripped = text.strip()
    host, port = stripped, ""
    if stripped.startswith("["):
        host, _bracket, rest = stripped[1:].partition("]")
        port = rest.removeprefix(":")
    elif stripped.count(":") == 1:
        host, _colon, port = stripped.partition(":")
        port = port or "none"
    number = int(port) if re.fullmatch("[0-9]{1,5}", port) else 0
    if not host or re.search(r"[\s/@?#]", host) or (port and not 0 < number < 65536):
        raise ValueError(f"{text!r} is no {form}")
    return host, number


@dataclass(frozen=True, slots=True)
class Judge:
    """Makes findings of one check about one subject."""

    check: str
    subject: str
    step: int = 2

    def say(
        self,
        status: Status,
        code: str,
        title: Message,
        detail: Message = EMPTY,
        remedy: Message = EMPTY,
        /,
        *,
        subject: str = "",
        **evidence: Any,
    ) -> Finding:
        """A finding; `evidence` is plain data."""
        return Finding(
            status, code, subject or self.subject, title, detail, remedy, evidence, self.check, self.step
        )

    def good(self, code: str, title: Message, /, **evidence: Any) -> Finding:
        """A pass."""
        return self.say(Status.PASS, code, title, **evidence)

    def unreachable(self, error: FetchError, subject: str = "") -> Finding:
        """The rung at which the way to the balancer broke: silence is unknown, a refusal is a fail."""
        status, code, title, remedy = _RUNGS[error.kind]
        evidence: dict[str, Any] = {"words": error.words, "rung": error.kind, "hop": _hop(error)}
        return self.say(status, code, title, EMPTY, remedy, subject=subject, **evidence)


def _hop(error: FetchError) -> str:
    """The hop to blame: the name, TLS, or the balancer itself."""
    if error.kind == "unresolved":
        return "dns"
    return "tls" if error.kind in ("untrusted", "tls") else "balancer"


_RUNGS = {
    "unresolved": (
        Status.FAIL,
        "name-unresolved",
        msg("the name does not resolve here"),
        msg("rancher-tui check SESSION dns, or give the balancer's address"),
    ),
    "refused": (
        Status.FAIL,
        "balancer-refused",
        msg("nothing listens on the balancer's port"),
        msg("start the load balancer; compare its ports with the ones entered"),
    ),
    "unreachable": (
        Status.UNKNOWN,
        "balancer-unreachable",
        msg("no route leads to the balancer"),
        msg("check address, routes and firewalls between here and the balancer"),
    ),
    "timeout": (
        Status.UNKNOWN,
        "balancer-timeout",
        msg("the balancer does not answer in time"),
        msg("check firewalls, and that the address is the balancer's"),
    ),
    "untrusted": (
        Status.FAIL,
        "certificate-untrusted",
        msg("the certificate that is served does not verify"),
        msg("rancher-tui cert --connect HOST:PORT --ca FILE --fqdn NAME"),
    ),
    "tls": (
        Status.FAIL,
        "tls-failed",
        msg("no TLS session comes about"),
        msg("check that this port speaks TLS and that its certificate and key are loaded"),
    ),
    "closed": (
        Status.FAIL,
        "balancer-closed",
        msg("the balancer closes the connection without an answer"),
        msg("read the balancer's error log"),
    ),
    "protocol": (
        Status.FAIL,
        "balancer-no-http",
        msg("what listens there does not speak HTTP"),
        msg("compare the port with the balancer's configuration"),
    ),
}
