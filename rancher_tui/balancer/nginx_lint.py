"""An nginx configuration judged as a layer-7 balancer for Rancher."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rancher_tui.balancer.lint_words import finding, timeout_status
from rancher_tui.balancer.nginx_headers import headers
from rancher_tui.balancer.nginx_read import (
    Directive,
    Proxied,
    Read,
    listens,
    proxied,
    read,
    seconds,
    size,
    value,
)
from rancher_tui.balancer.nginx_sites import of_rancher, redirect, server_names, serves
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg

_BODY_LIMIT = 10 << 20
_CLIENT_SENT = re.compile(r"\$http_x_forwarded_\w+", re.IGNORECASE)


def lint_nginx(path: Path, fqdn: str = "") -> list[Finding]:
    """Everything wrong or odd in the configuration at `path` and its includes. OSError where it cannot be read."""
    return list(judged(read(path), fqdn))


def judged(config: Read, fqdn: str = "") -> Iterator[Finding]:
    """The findings about a configuration that was read; where it has several sites, about Rancher's."""
    broken = False
    for problem in config.problems:
        broken = broken or not problem.missing
        code = "include-missing" if problem.missing else "syntax"
        yield finding(code, problem.place, detail=msg("{words}", words=problem.words), words=problem.words)
    if broken:
        return
    places = proxied(config.root)
    ends_tls = [place for place in places if listens(place.server).tls]
    behind = [] if ends_tls else [place for place in places if not _to_https(place.server)]
    if not ends_tls and not behind:
        yield _nothing(config)
        return
    ours = of_rancher(ends_tls or behind, fqdn)
    if not serves(ours, fqdn):
        yield finding("not-served", ours[0].server.place, name=fqdn, names=sorted(server_names(ours[0].server)))
    for place in ours:
        yield from _place(place, config)
    servers = list(dict.fromkeys(place.server for place in ours))
    for server in servers:
        yield from _server(server, config)
        yield from _plain_443(server)
    yield from redirect(servers, config.root)
    yield from _main(config)


def _plain_443(server: Directive) -> Iterator[Finding]:
    """The usual port of https without TLS on it."""
    found = listens(server)
    if "443" in found.ports and "443" not in found.tls_ports:
        first = next(iter(server.inside("listen")), server)
        yield finding("no-tls", first.place, port="443")


def _nothing(config: Read) -> Finding:
    layer_4 = [
        directive for stream in config.root.inside("stream") for directive in stream.everywhere("proxy_pass")
    ]
    if layer_4:
        return finding("layer-4", layer_4[0].place)
    return finding("no-tls", config.root.file)


def _place(place: Proxied, config: Read) -> Iterator[Finding]:
    """One proxied location: headers, protocol, timeouts, streams, path and nodes."""
    yield from headers(place, config)
    version = place.one("proxy_http_version")
    if value(version, "1.0") == "1.0":
        yield finding("http-version", (version or place.directive).place, value=value(version, ""))
    limit = place.one("proxy_read_timeout")
    length = seconds(value(limit, "60s"))
    status = _timeout_status(length) if length is not None else None
    if status is not None:
        yield finding("short-timeout", (limit or place.directive).place, status=status, seconds=f"{length:g}")
    buffering = place.one("proxy_buffering")
    if value(buffering, "on") != "off":
        yield finding("buffering", (buffering or place.directive).place, value=value(buffering, ""))
    body = place.one("client_max_body_size")
    most = size(value(body, "1m"))
    if most is not None and 0 < most < _BODY_LIMIT:
        yield finding("upload-limit", (body or place.directive).place, bytes=most)
    yield from _path(place)
    yield from _nodes(place, config)


def _timeout_status(length: float) -> Status | None:
    """How long silence may last; with nginx 0 is no time at all."""
    return Status.FAIL if length == 0 else timeout_status(length)


def _path(place: Proxied) -> Iterator[Finding]:
    locations = [level for level in place.levels if level.name == "location"]
    roots = {("/",), ("^~", "/"), ("~", "/"), ("~", "^/"), ("~*", "/")}
    whole = not locations or locations[0].arguments in roots
    if not whole and not any(other.arguments in roots for other in place.server.inside("location")):
        yield finding("not-root", locations[0].place, location=" ".join(locations[0].arguments))
    address = place.directive.arguments[0] if place.directive.arguments else ""
    path = address.partition("://")[2].partition("/")
    if whole and path[1] and path[2]:
        yield finding("path-rewritten", place.directive.place, value=address)
    for level in place.levels:
        for directive in level.inside("rewrite"):
            if whole and len(directive.arguments) > 1 and not directive.arguments[1].startswith("http"):
                yield finding("path-rewritten", directive.place, value=" ".join(directive.arguments))


def _nodes(place: Proxied, config: Read) -> Iterator[Finding]:
    address = place.directive.arguments[0] if place.directive.arguments else ""
    if address.startswith("https:"):
        yield finding("tls-to-nodes", place.directive.place, value=address)
    for upstream in config.root.everywhere("upstream"):
        if upstream.arguments[:1] != (place.upstream,):
            continue
        servers = [server for server in upstream.inside("server") if "down" not in server.arguments]
        for server in servers:
            if server.arguments[0].endswith(":443") and not address.startswith("https:"):
                yield finding("tls-to-nodes", server.place, value=server.arguments[0])
        if not servers:
            yield finding("no-backend", upstream.place)
        elif len(servers) == 1:
            yield finding("single-backend", upstream.place, server=servers[0].arguments[0])


def _server(server: Directive, config: Read) -> Iterator[Finding]:
    """One server that ends TLS: its name, certificate, protocols, HTTP/2."""
    found = listens(server)
    if not found.tls:
        return
    if not server_names(server):
        yield finding("no-server-name", server.place)
    first = next(iter(server.inside("listen")), server)
    outer = list(config.root.inside("http")) or [config.root]
    blocks = [server, *outer]
    if any(
        not any(list(block.inside(name)) for block in blocks)
        for name in ("ssl_certificate", "ssl_certificate_key")
    ):
        yield finding("no-certificate", server.place)
    if not found.http2 and not any(value(d, "") == "on" for block in outer for d in block.inside("http2")):
        yield finding("http2", first.place)
    for block in blocks:
        for directive in block.inside("ssl_protocols"):
            old = sorted(set(directive.arguments) & {"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})
            if old:
                yield finding("old-tls", directive.place, protocols=old)


def _to_https(server: Directive) -> bool:
    return any("https://" in " ".join(d.arguments) for d in server.inside("return"))


def _main(config: Read) -> Iterator[Finding]:
    """Room for connections; only in a whole configuration."""
    http = next(iter(config.root.inside("http")), None)
    if http is None:
        return
    workers = next(iter(config.root.inside("worker_processes")), None)
    if value(workers, "1") == "1":
        yield finding("one-worker", (workers or http).place)
    events = next(iter(config.root.inside("events")), None)
    connections = next(iter(events.inside("worker_connections")), None) if events else None
    number = value(connections, "512")
    if number.isdigit() and int(number) < 1024:
        place = connections or events or config.root
        yield finding("few-connections", place.place if place.line else place.file, number=int(number))
    files = next(iter(config.root.inside("worker_rlimit_nofile")), None)
    allowed = value(files, "1024")
    if number.isdigit() and allowed.isdigit() and 1024 <= int(allowed) < int(number):
        yield finding("few-files", (files or http).place, number=int(allowed), connections=int(number))
