"""Which sites of an nginx configuration are Rancher's, and whether plain HTTP is sent to them by https."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rancher_tui.balancer.lint_words import finding
from rancher_tui.balancer.nginx_read import Directive, Proxied, listens, names
from rancher_tui.finding import Finding

_ANY = {"", "_", "*"}
_MOVED = ("301", "302", "303", "307", "308")


def server_names(server: Directive) -> set[str]:
    """The names that a server answers to, in lower case."""
    return {name for directive in server.inside("server_name") for name in names(directive.arguments)}


def of_rancher(places: Sequence[Proxied], fqdn: str = "") -> list[Proxied]:
    """The places that are Rancher's: by its name, by the word in name or upstream; all where nothing tells."""
    asked = fqdn.strip().rstrip(".").lower()
    by_name = [place for place in places if asked and _answers(server_names(place.server), asked)]
    by_word = [place for place in places if _tells(place)]
    servers = {id(place.server) for place in by_name or by_word}
    return [place for place in places if id(place.server) in servers] or list(places)


def serves(places: Sequence[Proxied], fqdn: str) -> bool:
    """Whether a site answers to the name, by its own names or because it answers to any."""
    asked = fqdn.strip().rstrip(".").lower()
    return not asked or any(
        _answers(server_names(place.server), asked) or _catches_all(place.server) for place in places
    )


def _tells(place: Proxied) -> bool:
    words = [*server_names(place.server), *place.directive.arguments]
    return any("rancher" in word.lower() for word in words)


def _answers(own: set[str], name: str) -> bool:
    """Whether a server with these names answers to `name`, by its own word or by a wildcard."""
    return any(
        name == mine
        or (mine.startswith("*.") and name.endswith(mine[1:]))
        or (mine.startswith(".") and (name.endswith(mine) or name == mine[1:]))
        for mine in own
    )


def redirect(servers: Sequence[Directive], root: Directive) -> Iterator[Finding]:
    """A server for plain HTTP that sends to the same place by https."""
    for server in servers:
        for directive in server.inside("return"):
            if listens(server).tls and "https://" in " ".join(directive.arguments):
                yield _wrong(directive, "https is redirected to itself")
    if not any(listens(server).tls for server in servers):
        return
    wanted = {name for server in servers for name in server_names(server)} - _ANY
    plain = [server for server in root.everywhere("server") if server.block and listens(server).plain]
    own = [server for server in plain if server in servers or server_names(server) & wanted]
    sending = list(_sending(own)) or list(_sending([server for server in plain if _catches_all(server)]))
    if not sending and not wanted:
        sending = list(_sending(plain))
    if not sending:
        yield finding("redirect", servers[0].place)
    tls_ports = {port for server in servers for port in listens(server).tls_ports}
    for server, directive in sending:
        reason = _why_wrong(directive, tls_ports, wanted)
        if not reason and "$server_name" in " ".join(directive.arguments) and not server_names(server) - _ANY:
            reason = "to no name"
        if reason:
            yield _wrong(directive, reason)


def _wrong(directive: Directive, reason: str) -> Finding:
    return finding("redirect-wrong", directive.place, reason=reason, value=" ".join(directive.arguments))


def _catches_all(server: Directive) -> bool:
    """It answers to names that no other server has: a default one, or one that says so."""
    default = any("default_server" in line.arguments for line in server.inside("listen"))
    return default or not server_names(server) - _ANY


def _sending(servers: Sequence[Directive]) -> Iterator[tuple[Directive, Directive]]:
    """Every redirect of these servers, with its server."""
    for server in servers:
        own_tls = listens(server).tls
        for directive in (*server.everywhere("return"), *server.everywhere("rewrite")):
            target = " ".join(directive.arguments)
            moved = directive.arguments[:1] and directive.arguments[0] in _MOVED and not own_tls
            if "https://" in target or moved:
                yield server, directive


def _why_wrong(directive: Directive, tls_ports: set[str], wanted: set[str]) -> str:
    target = directive.arguments[-1] if directive.name == "return" else directive.arguments[1]
    if not target.startswith("https://"):
        return "not to https"
    host = target.removeprefix("https://").partition("/")[0].partition("$request_uri")[0].partition("$uri")[0]
    port = re.search(r":(\d+)", host)
    if port and port.group(1) not in tls_ports:
        return "to another port"
    bare = host.partition(":")[0].lower()
    if wanted and "$" not in bare and not _answers(wanted, bare):
        return "to another name"
    if "$request_uri" in target or (directive.name == "rewrite" and re.search(r"\$\d", target)):
        return ""
    if "$uri" in target:
        return "" if "args" in target or "$query_string" in target else "loses the query"
    return "loses the path"
