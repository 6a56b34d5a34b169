"""An nginx configuration judged as a layer-7 balancer for Rancher."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rancher_tui.balancer.lint_words import finding, timeout_status
from rancher_tui.balancer.nginx_read import (
    Directive,
    Proxied,
    Read,
    listens,
    maps,
    names,
    proxied,
    read,
    seconds,
    size,
    value,
)
from rancher_tui.finding import Finding
from rancher_tui.i18n import msg

_BODY_LIMIT = 10 << 20
_CLIENT_SENT = re.compile(r"\$http_x_forwarded_\w+", re.IGNORECASE)


def lint_nginx(path: Path) -> list[Finding]:
    """Everything wrong or odd in the configuration at `path` and its includes. OSError where it cannot be read."""
    return list(judged(read(path)))


def judged(config: Read) -> Iterator[Finding]:
    """The findings about a configuration that was read."""
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
    for place in ends_tls or behind:
        yield from _place(place, config)
    servers = list(dict.fromkeys(place.server for place in ends_tls or behind))
    for server in servers:
        yield from _server(server, config)
    yield from _redirect(servers, config)
    yield from _main(config)


def _nothing(config: Read) -> Finding:
    layer_4 = [
        directive for stream in config.root.inside("stream") for directive in stream.everywhere("proxy_pass")
    ]
    if layer_4:
        return finding("layer-4", layer_4[0].place)
    return finding("no-tls", config.root.file)


def _place(place: Proxied, config: Read) -> Iterator[Finding]:
    """One proxied location: headers, protocol, timeouts, streams, path and nodes."""
    yield from _headers(place, config)
    version = place.one("proxy_http_version")
    if value(version, "1.0") == "1.0":
        yield finding("http-version", (version or place.directive).place, value=value(version, ""))
    limit = place.one("proxy_read_timeout")
    length = seconds(value(limit, "60s"))
    status = timeout_status(length) if length is not None else None
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


_NEEDED = {
    "host": "host-header",
    "x-forwarded-proto": "forwarded-proto",
    "x-forwarded-port": "forwarded-port",
    "x-forwarded-for": "forwarded-for",
    "upgrade": "websocket-upgrade",
    "connection": "websocket-connection",
}


def _headers(place: Proxied, config: Read) -> Iterator[Finding]:
    found, lost = place.headers()
    dropped = [name for name in _NEEDED if name not in found and name in lost]
    if dropped:
        first = min(found.values(), key=lambda directive: directive.line)
        outer = ", ".join(sorted({lost[name].place for name in dropped}))
        yield finding("headers-dropped", first.place, headers=dropped, set_at=outer)
    for name, code in _NEEDED.items():
        if name in dropped:
            continue
        header = found.get(name)
        sent = header.arguments[1] if header else ""
        wrong = _wrong(name, sent, place, config)
        if wrong:
            code = wrong if wrong in _OTHER_CODES else code
            yield finding(code, (header or place.directive).place, value=sent)


_OTHER_CODES = ("scheme-behind-proxy", "missing-map", "connection-always-upgrade")


def _wrong(name: str, sent: str, place: Proxied, config: Read) -> str:
    """Why a header's value is wrong: another code than the header's own, any text, or empty where it is right."""
    if not sent:
        return "missing"
    if name == "host":
        return "" if _host_kept(sent, place.server) else "host"
    if name == "x-forwarded-proto":
        return _wrong_proto(sent, place, config)
    if name == "x-forwarded-port":
        return "" if sent == "$server_port" or sent in _tls_ports(place.server) else "port"
    if name == "x-forwarded-for":
        return "" if "$proxy_add_x_forwarded_for" in sent or "$remote_addr" in sent else "for"
    if name == "upgrade":
        return "" if sent.lower() in ("$http_upgrade", "websocket") else "upgrade"
    return _wrong_connection(sent, config)


def _host_kept(sent: str, server: Directive) -> bool:
    bare = sent.lower().partition(":")[0]
    own = {name for directive in server.inside("server_name") for name in names(directive.arguments)}
    return bare in ("$host", "$http_host", "$server_name", "${host}") or bare in own


def _tls_ports(server: Directive) -> tuple[str, ...]:
    found = listens(server)
    return found.ports if found.tls else ("443", *found.ports)


def _wrong_proto(sent: str, place: Proxied, config: Read) -> str:
    tls = listens(place.server).tls
    if sent == "https":
        return ""
    if sent in ("$scheme", "${scheme}"):
        return "" if tls else "scheme-behind-proxy"
    mapped = maps(config.root).get(sent)
    if mapped is None:
        return "client decides" if _CLIENT_SENT.search(sent) else "proto"
    values = {value(entry, "") for entry in mapped.block if not entry.name.startswith(("hostnames", "volatile"))}
    return "" if values == {"https"} else "by a map"


def _wrong_connection(sent: str, config: Read) -> str:
    if sent.lower() == "upgrade":
        return "connection-always-upgrade"
    if not sent.startswith("$"):
        return "connection"
    if sent == "$http_connection":
        return ""
    mapped = maps(config.root).get(sent)
    if mapped is None:
        return "missing-map" if not _set_by_hand(sent, config.root) else ""
    entries = {entry.name: value(entry, entry.name) for entry in mapped.block}
    asked = next((text for key, text in entries.items() if key.lower().strip("~*^$") == "websocket"), None)
    asked = asked or entries.get("default", "")
    if mapped.arguments[0] != "$http_upgrade" or asked.lower() != "upgrade":
        return "connection"
    return "" if entries.get("", entries.get("default", "")).lower() != "upgrade" else "connection-always-upgrade"


def _set_by_hand(variable: str, root: Directive) -> bool:
    return any(directive.arguments[:1] == (variable,) for directive in root.everywhere("set"))


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


def _nodes(place: Proxied, config: Read) -> Iterator[Finding]:
    address = place.directive.arguments[0] if place.directive.arguments else ""
    if address.startswith("https:"):
        yield finding("tls-to-nodes", place.directive.place, value=address)
    for upstream in config.root.everywhere("upstream"):
        if upstream.arguments[:1] != (place.upstream,):
            continue
        servers = [server for server in upstream.inside("server") if "down" not in server.arguments]
        if not servers:
            yield finding("no-backend", upstream.place)
        elif len(servers) == 1:
            yield finding("single-backend", upstream.place, server=servers[0].arguments[0])


def _server(server: Directive, config: Read) -> Iterator[Finding]:
    """One server that ends TLS: certificate, protocols, HTTP/2."""
    found = listens(server)
    if not found.tls:
        return
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


def _redirect(servers: list[Directive], config: Read) -> Iterator[Finding]:
    """A server for plain HTTP that sends to the same place by https."""
    tls_ports = {port for server in servers for port in listens(server).ports}
    sending = [
        directive
        for server in config.root.everywhere("server")
        if server.block and listens(server).plain
        for directive in (*server.everywhere("return"), *server.everywhere("rewrite"))
        if "https://" in " ".join(directive.arguments) or directive.arguments[:1] in (("301",), ("302",), ("308",))
    ]
    if not sending:
        if any(listens(server).tls for server in servers):
            yield finding("redirect", servers[0].place)
        return
    for directive in sending:
        wrong = _wrong_redirect(directive, tls_ports)
        if wrong:
            yield finding("redirect-wrong", directive.place, reason=wrong, value=" ".join(directive.arguments))
    for server in servers:
        for directive in server.inside("return"):
            if listens(server).tls and "https://" in " ".join(directive.arguments):
                reason = "https is redirected to itself"
                yield finding(
                    "redirect-wrong", directive.place, reason=reason, value=" ".join(directive.arguments)
                )


def _wrong_redirect(directive: Directive, tls_ports: set[str]) -> str:
    target = directive.arguments[-1] if directive.name == "return" else directive.arguments[1]
    if not target.startswith("https://"):
        return "not to https"
    host = target.removeprefix("https://").partition("/")[0]
    port = re.search(r":(\d+)", host)
    if port and port.group(1) not in tls_ports:
        return "to another port"
    if "$request_uri" in target or (directive.name == "rewrite" and re.search(r"\$\d", target)):
        return ""
    if "$uri" in target:
        return "" if "args" in target or "$query_string" in target else "loses the query"
    return "loses the path"


def _to_https(server: Directive) -> bool:
    return any("https://" in " ".join(d.arguments) for d in server.everywhere("return"))


def _main(config: Read) -> Iterator[Finding]:
    """Room for connections; only in a whole configuration."""
    if not list(config.root.inside("http")):
        return
    events = next(iter(config.root.inside("events")), None)
    connections = next(iter(events.inside("worker_connections")), None) if events else None
    number = value(connections, "512")
    if number.isdigit() and int(number) < 1024:
        place = connections or events or config.root
        yield finding("few-connections", place.place if place.line else place.file, number=int(number))
