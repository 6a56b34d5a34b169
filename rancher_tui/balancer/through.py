"""What arrives at an echo server through the balancer, judged: headers, spread, upgrade, streams, uploads."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

from rancher_tui.balancer.front import Front, Judge
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg
from rancher_tui.transport.http import Answer, FetchError
from rancher_tui.transport.websocket import UpgradeRefusedError

TRIES: Final = 30
_AT_ONCE: Final = 6
_UPLOAD: Final = 3 << 20
"""Bytes sent up: more than nginx takes by default (1 MiB)."""
_SPOOFED: Final = {"x-forwarded-proto": "http", "x-forwarded-port": "1", "x-forwarded-for": "203.0.113.250"}


@dataclass(slots=True)
class Through:
    """Requests through `front` to echo servers that know `token`; `facts` is filled as they come back."""

    front: Front
    judge: Judge
    token: str
    nodes: tuple[str, ...]
    """The names by which the running echo servers answer."""
    facts: dict[str, Any] = field(default_factory=dict)

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """What the echo servers want to see."""
        return {"x-rancher-tui": self.token, **(more or {})}

    async def echo(self, path: str = "/echo", more: dict[str, str] | None = None) -> dict[str, Any] | Answer:
        """What an echo server says that arrived, or the answer of something else. FetchError."""
        answer = await self.front.get(path, headers=self.headers(more))
        return _echoed(answer) or answer

    def node_of(self, answer: Answer | FetchError) -> str:
        """The node whose echo server gave this answer; empty where none did."""
        told = _echoed(answer) if isinstance(answer, Answer) else None
        return str(told["node"]) if told else ""

    async def spread(self) -> AsyncIterator[Finding]:
        """Which node answers how often, and that nothing else answers."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def once(number: int) -> dict[str, Any] | Answer | FetchError:
            async with room:
                try:
                    return await self.echo(f"/echo/{number}")
                except FetchError as error:
                    return error

        results = await asyncio.gather(*(once(number) for number in range(TRIES)))
        counts = Counter(str(result["node"]) for result in results if isinstance(result, dict))
        strange = Counter(_told(result) for result in results if not isinstance(result, dict))
        self.facts["spread"] = {node: counts.get(node, 0) for node in self.nodes}
        self.facts["errors"] = dict(strange)
        if not counts:
            first = next(result for result in results if not isinstance(result, dict))
            yield self._not_through(first)
            return
        if strange:
            failed = sum(strange.values())
            yield self.judge.say(
                Status.FAIL,
                "backend-errors",
                msg("{failed} of {tries} requests failed", failed=failed, tries=TRIES),
                msg("The balancer answers, but not every request reaches a node."),
                msg("compare the balancer's list of backends with the node table"),
                answers=dict(strange),
            )
        if len(counts) == 1 and len(self.nodes) > 1 and not strange:
            yield self.judge.say(
                Status.UNKNOWN,
                "one-node-answers",
                msg("all {tries} requests came to one node", tries=TRIES),
                msg("Sessions are sticky, or the other nodes are missing: one client cannot tell these apart."),
                msg(
                    "compare the balancer's backends with the node table; switch stickiness off for the rehearsal"
                ),
                spread=dict(counts),
            )
            return
        for node in self.nodes:
            if not counts.get(node):
                yield self.judge.say(
                    Status.FAIL,
                    "node-not-reached",
                    msg("no request of {tries} came to this node", tries=TRIES),
                    msg("It is not among the backends, held unhealthy, or sessions are sticky."),
                    msg("add it to the balancer's backends; port 80 of the node must be open to the balancer"),
                    subject=node,
                    spread=dict(counts),
                )
        if not strange and all(counts.get(node) for node in self.nodes):
            yield self.judge.good("spread", msg("every node answers"), spread=dict(counts))

    def _not_through(self, result: Answer | FetchError) -> Finding:
        if isinstance(result, FetchError):
            return self.judge.unreachable(result)
        return self.judge.say(
            Status.FAIL,
            "not-through",
            msg("the balancer answers {status} itself", status=result.status),
            _meaning(result.status),
            msg("compare the balancer's backends with the node table, then its error log"),
            status=result.status,
            body=result.text[:300],
            server=result.headers.get("server", ""),
            hop="balancer",
        )

    async def header_table(self) -> AsyncIterator[Finding]:
        """The four headers as they arrived; they are sent wrong on purpose: Rancher believes what arrives."""
        try:
            told: dict[str, Any] | Answer | FetchError = await self.echo("/headers?x=1", _SPOOFED)
        except FetchError as error:
            told = error
        if not isinstance(told, dict):
            yield self._not_through(told)
            return
        for answer in self._judged_headers(told, "headers"):
            yield answer
        if told["path"] != "/headers?x=1":
            yield self.judge.say(
                Status.FAIL,
                "path-rewritten",
                msg("the path arrives changed: {path}", path=told["path"]),
                msg("Rancher needs every path as the client sent it."),
                msg("nginx: proxy_pass without a path behind the name of the upstream"),
                sent="/headers?x=1",
                hop="balancer",
            )

    def _judged_headers(self, told: dict[str, Any], fact: str) -> list[Finding]:
        arrived: dict[str, list[str]] = {}
        for name, value in told["headers"]:
            arrived.setdefault(str(name).lower(), []).append(str(value))
        rows = [_row(header, arrived.get(header.lower(), []), self._wanted(header)) for header in _HEADERS]
        self.facts[fact] = rows
        return [self._row_finding(row) for row in rows]

    def _wanted(self, header: str) -> str:
        port = self.front.https_port
        host = self.front.fqdn if port == 443 else f"{self.front.fqdn}:{port}"
        return {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-Port": str(port)}.get(header, "")

    def _row_finding(self, row: dict[str, Any]) -> Finding:
        code, lost, wrong, remedy = _HEADERS[row["header"]]
        evidence = {key: row[key] for key in ("arrived", "expected")}
        if row["right"]:
            return self.judge.good(code, msg("{header} arrives right", header=row["header"]), **evidence)
        title = (
            msg("{header} arrives as {value}", header=row["header"], value=row["arrived"])
            if row["arrived"]
            else msg("{header} does not arrive", header=row["header"])
        )
        return self.judge.say(
            Status.FAIL, code, title, wrong if row["arrived"] else lost, remedy, hop="balancer", **evidence
        )

    async def websocket(self) -> AsyncIterator[Finding]:
        """A WebSocket opens, the headers arrive there too, and what is sent comes back."""
        try:
            async with self.front.websocket("/socket", self.headers()) as connection:
                told = json.loads(await asyncio.wait_for(connection.recv(), self.front.limit))
                await connection.send("there and back")
                back = await asyncio.wait_for(connection.recv(), self.front.limit)
        except UpgradeRefusedError as error:
            yield refused_upgrade(self.judge, error)
            return
        except FetchError as error:
            yield self.judge.unreachable(error)
            return
        except (Exception, TimeoutError) as error:
            yield self._cut("websocket", msg("the WebSocket opens and then says nothing"), error)
            return
        wrong = [finding for finding in self._judged_headers(told, "websocket_headers") if finding.bad]
        for finding in wrong:
            yield Finding(
                finding.status,
                f"websocket-{finding.code}",
                finding.subject,
                msg("on a WebSocket: {title}", title=finding.title),
                finding.detail,
                finding.remedy,
                finding.evidence,
                finding.check,
                finding.step,
            )
        if back == "there and back" and not wrong:
            yield self.judge.good("websocket", msg("A WebSocket opens and echoes"), node=told["node"])

    async def idle(self, seconds: float) -> Finding | None:
        """A WebSocket on which nothing is said for `seconds` is still open; None where none opens at all."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with self.front.websocket("/idle", self.headers()) as connection:
                await asyncio.wait_for(connection.recv(), self.front.limit)
                began = loop.time()
                closed = asyncio.ensure_future(connection.wait_closed())
                done, _pending = await asyncio.wait({closed}, timeout=seconds)
                if not done:
                    closed.cancel()
                    await connection.send("still there")
                    await asyncio.wait_for(connection.recv(), self.front.limit)
                    title = msg("an idle WebSocket is open after {seconds} s", seconds=f"{seconds:g}")
                    return self.judge.good("websocket-idle", title)
        except (UpgradeRefusedError, FetchError):
            return None
        except (Exception, TimeoutError) as error:
            return self._cut("websocket-idle", _cut_after(loop.time() - began), error)
        return self._cut("websocket-idle", _cut_after(loop.time() - began), None)

    def _cut(self, code: str, title: Message, error: BaseException | None) -> Finding:
        return self.judge.say(
            Status.FAIL,
            code,
            title,
            msg("Shells, kubectl and agents are cut off whenever nothing is said for that long."),
            msg("raise the balancer's timeout for idle connections to 1800 s or more"),
            words=str(error) if error else "",
            hop="balancer",
        )

    async def streaming(self) -> Finding | None:
        """The first part of a slow answer comes through before the last is sent; None where the path is lost.

        Asked by HTTP/1.1: nginx passes buffered parts on at once when the client speaks HTTP/2.
        """
        try:
            answer = await self.front.get("/stream", headers=self.headers(), first_only=True, http2=False)
        except FetchError as error:
            return self.judge.unreachable(error)
        if answer.status != 200:
            return self._not_through(answer)
        if answer.body == b"first":
            return self.judge.good("buffering", msg("streams are passed on as they come"))
        if not answer.body.startswith(b"first"):
            return None
        return self.judge.say(
            Status.FAIL,
            "buffering",
            msg("the balancer holds answers back until they are complete"),
            msg("Logs and events appear late or in heaps."),
            msg("nginx: proxy_buffering off;"),
            arrived=answer.text[:40],
            hop="balancer",
        )

    async def upload(self) -> Finding:
        """A request body of 3 MiB gets through."""
        try:
            answer = await self.front.get(
                "/upload", headers=self.headers(), method="POST", content=bytes(_UPLOAD), http2=False
            )
        except FetchError as error:
            return self.judge.unreachable(error)
        if answer.status == 200:
            return self.judge.good("upload", msg("uploads pass"), bytes=_UPLOAD)
        return self.judge.say(
            Status.WARN,
            "upload",
            msg("an upload of 3 MiB is refused with {status}", status=answer.status),
            msg("Catalogs, charts and cluster files are sent through the balancer."),
            msg("nginx: client_max_body_size 0;"),
            status=answer.status,
            hop="balancer",
        )


def refused_upgrade(judge: Judge, error: UpgradeRefusedError) -> Finding:
    """A WebSocket that got an HTTP answer in place of 101."""
    return judge.say(
        Status.FAIL,
        "websocket",
        msg("A WebSocket does not open: {status} in place of 101", status=error.status),
        msg("The balancer drops the Upgrade and Connection headers, or speaks HTTP/1.0 to the nodes."),
        msg(
            "nginx: proxy_http_version 1.1, proxy_set_header Upgrade and Connection by the map: balancer-lint FILE"
        ),
        status=error.status,
        body=error.text[:300],
        hop="balancer",
    )


def _echoed(answer: Answer) -> dict[str, Any] | None:
    if answer.status != 200:
        return None
    try:
        told = json.loads(answer.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "node" in told and "headers" in told else None


def _told(result: Answer | FetchError | dict[str, Any]) -> str:
    if isinstance(result, FetchError):
        return result.kind
    return str(result.status) if isinstance(result, Answer) else "echo"


def _meaning(status: int) -> Message:
    if status in (502, 503, 504):
        return msg("It has no node that answers: wrong addresses, a wrong port, or a firewall between.")
    if status in (301, 302, 307, 308):
        return msg("It redirects what comes by https; it should pass it on.")
    if status == 404:
        return msg("It does not know the name, or another site answers.")
    return msg("The request did not reach an echo server.")


def _cut_after(seconds: float) -> Message:
    return msg("an idle WebSocket is cut after {seconds} s", seconds=f"{seconds:.0f}")


def _row(header: str, arrived: list[str], wanted: str) -> dict[str, Any]:
    value = ", ".join(arrived)
    if header == "X-Forwarded-For":
        right, wanted = _names_a_client(value), "the client's address"
    elif header == "Host":
        right = value.lower() in (wanted.lower(), wanted.lower().partition(":")[0])
    else:
        right = value == wanted
    return {"header": header, "expected": wanted, "arrived": value, "right": right}


def _names_a_client(value: str) -> bool:
    """The last address was added by the balancer; what was sent along may stand before it."""
    last = value.split(",")[-1].strip()
    try:
        ipaddress.ip_address(last)
    except ValueError:
        return False
    return last != _SPOOFED["x-forwarded-for"]


_HEADERS: Final = {
    "Host": (
        "host-header",
        msg("The ingress finds Rancher by it; without it: default backend - 404."),
        msg("The ingress finds Rancher by it; another name gives: default backend - 404."),
        msg("nginx: proxy_set_header Host $host; HAProxy, Traefik, Envoy: do not rewrite it"),
    ),
    "X-Forwarded-Proto": (
        "forwarded-proto",
        msg("Rancher takes the request for plain HTTP and redirects to https for ever."),
        msg("It has to be https, whatever the client sent: Rancher believes it."),
        msg("nginx: proxy_set_header X-Forwarded-Proto https; HAProxy: set-header X-Forwarded-Proto https"),
    ),
    "X-Forwarded-Port": (
        "forwarded-port",
        msg("Rancher's links may name the wrong port."),
        msg("It has to be the balancer's https port, whatever the client sent."),
        msg("nginx: proxy_set_header X-Forwarded-Port $server_port; HAProxy: set-header with %[dst_port]"),
    ),
    "X-Forwarded-For": (
        "forwarded-for",
        msg("Rancher's audit log names the balancer instead of the client."),
        msg("The balancer adds no address of its own, so clients can claim any."),
        msg("nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; HAProxy: option forwardfor"),
    ),
}
"""Code, what follows when it is lost, when it is wrong, and the remedy; by header."""
