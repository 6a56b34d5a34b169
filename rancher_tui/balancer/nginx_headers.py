"""The headers that an nginx configuration sends to the nodes, judged; variables are followed to what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rancher_tui.balancer.lint_words import finding
from rancher_tui.balancer.nginx_read import Directive, Proxied, Read, listens, maps, names, value
from rancher_tui.finding import Finding

_NEEDED = {
    "host": "host-header",
    "x-forwarded-proto": "forwarded-proto",
    "x-forwarded-port": "forwarded-port",
    "x-forwarded-for": "forwarded-for",
    "upgrade": "websocket-upgrade",
    "connection": "websocket-connection",
}
_OTHER_CODES = ("scheme-behind-proxy", "missing-map", "connection-always-upgrade")
_MAP_WORDS = ("hostnames", "volatile", "include")
_DEPTH = 8
"""Variables that are followed one into the other."""


def headers(place: Proxied, config: Read) -> Iterator[Finding]:
    """What is wrong with the headers sent from one proxied place."""
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


def _wrong(name: str, sent: str, place: Proxied, config: Read) -> str:
    """Why a header's value is wrong: another code than the header's own, any text, or empty where it is right."""
    if not sent:
        return "missing"
    if name == "connection":
        return _wrong_connection(sent, config)
    held = held_by(sent, place, config.root)
    if name == "host":
        return "" if all(_host_kept(text, place.server) for text in held) else "host"
    if name == "x-forwarded-proto":
        return _wrong_proto(held, place)
    if name == "x-forwarded-port":
        return "" if all(_right_port(text, place.server) for text in held) else "port"
    if name == "x-forwarded-for":
        return "" if "$proxy_add_x_forwarded_for" in sent or "$remote_addr" in sent else "for"
    return "" if all(text.lower() in ("$http_upgrade", "websocket", "") for text in held) else "upgrade"


def held_by(sent: str, place: Proxied, root: Directive, depth: int = _DEPTH) -> set[str]:
    """What a value can be at a place: variables of `set` and `map` followed to what they hold."""
    bare = sent.replace("{", "").replace("}", "") if re.fullmatch(r"\$\{\w+\}", sent) else sent
    if not re.fullmatch(r"\$\w+", bare) or depth == 0:
        return {bare}
    mapped = maps(root).get(bare)
    if mapped is not None:
        chosen = _chosen(mapped, place)
    else:
        chosen = {
            directive.arguments[1]
            for level in place.levels
            for directive in level.everywhere("set")
            if directive.arguments[:1] == (bare,) and len(directive.arguments) == 2
        }
    if not chosen:
        return {bare}
    return {text for value_ in chosen for text in held_by(value_, place, root, depth - 1)}


def _chosen(mapped: Directive, place: Proxied) -> set[str]:
    """The values that a map can give here: one where its source is known, else all."""
    entries = {entry.name: value(entry, "") for entry in mapped.block if entry.name not in _MAP_WORDS}
    found = listens(place.server)
    known = {
        "$scheme": "https" if found.tls else "http",
        "$https": "on" if found.tls else "",
        "$server_port": found.ports[0] if len(found.ports) == 1 else None,
    }.get(mapped.arguments[0])
    if known is None:
        return set(entries.values())
    return {entries.get(known, entries.get("default", ""))}


def _host_kept(sent: str, server: Directive) -> bool:
    bare = sent.lower().partition(":")[0]
    own = {name for directive in server.inside("server_name") for name in names(directive.arguments)}
    return bare in ("$host", "$http_host", "$server_name") or bare in own


def _right_port(sent: str, server: Directive) -> bool:
    found = listens(server)
    if sent == "$server_port":
        return found.tls or "80" not in found.ports
    return sent in (found.tls_ports if found.tls else {"443", *found.ports} - {"80"})


def _wrong_proto(held: set[str], place: Proxied) -> str:
    tls = listens(place.server).tls
    if "$scheme" in held and not tls:
        return "scheme-behind-proxy"
    return "" if held <= {"https", "$scheme"} else "proto"


def _wrong_connection(sent: str, config: Read) -> str:
    if sent.lower() == "upgrade":
        return "connection-always-upgrade"
    if not sent.startswith("$"):
        return "connection"
    if sent == "$http_connection":
        return ""
    bare = sent.replace("{", "").replace("}", "")
    mapped = maps(config.root).get(bare)
    if mapped is None:
        return "missing-map" if not _set_by_hand(bare, config.root) else ""
    entries = {entry.name: value(entry, entry.name) for entry in mapped.block}
    asked = next((text for key, text in entries.items() if key.lower().strip("~*^$") == "websocket"), None)
    asked = asked or entries.get("default", "")
    if mapped.arguments[0] != "$http_upgrade" or asked.lower() not in ("upgrade", "$http_connection"):
        return "connection"
    return "" if entries.get("", entries.get("default", "")).lower() != "upgrade" else "connection-always-upgrade"


def _set_by_hand(variable: str, root: Directive) -> bool:
    return any(
        directive.arguments[:1] == (variable,) and "upgrade" in value(directive, "").lower()
        for directive in root.everywhere("set")
    )
