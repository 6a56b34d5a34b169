"""The headers that HAProxy sends to the nodes, judged: what the rules leave for an ordinary request by TLS."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.balancer.haproxy_conditions import Request, holds
from rancher_tui.balancer.haproxy_read import Line, Section, ports
from rancher_tui.balancer.lint_words import finding
from rancher_tui.finding import Finding

_PORTS = ("%[dst_port]", "%fp", "%[fc_dst_port]")
_HOSTS = ("%[req.hdr(host)]", "%[hdr(host)]", "%[req.fhdr(host)]")


def rules(front: Section, backend: Section) -> Iterator[Line]:
    """The lines that change a request, in the order in which they do."""
    for _section, line in _ordered(front, backend):
        yield line


def _ordered(front: Section, backend: Section) -> Iterator[tuple[Section, Line]]:
    for section in (front,) if front is backend else (front, backend):
        for part in ([section.defaults] if section.defaults else []) + [section]:
            for line in part.lines:
                if line.words[0] in ("http-request", "reqadd", "reqidel", "reqset"):
                    yield section, line


def headers(front: Section, backend: Section, tls: list[Line]) -> Iterator[Finding]:
    """What is wrong with the four headers behind one frontend."""
    request = Request(True, ports(tls))
    sent: dict[str, Line] = {}
    beside: set[str] = set()
    gone: set[str] = set()
    for section, line in _ordered(front, backend):
        header = line.words[2].lower() if len(line.words) > 2 else ""
        if not header or not holds(line, section, request):
            continue
        if line.begins("http-request", "del-header"):
            sent.pop(header, None)
            beside.discard(header)
            gone.add(header)
            if header == "host":
                sent[header] = line
        elif line.words[1] in ("replace-header", "replace-value") and header in ("host", *sent):
            sent[header] = line
        elif line.words[1] in ("set-header", "add-header") and len(line.words) > 3:
            if line.words[1] == "add-header" and header not in gone and header not in sent:
                beside.add(header)
            elif line.words[1] == "set-header":
                beside.discard(header)
            sent[header] = line
    for name, code in (("x-forwarded-proto", "forwarded-proto"), ("x-forwarded-port", "forwarded-port")):
        found = sent.get(name)
        value = found.words[3] if found else ""
        if name in beside or not _right(name, value, request):
            yield finding(code, found.place if found else front.place, value=value, added=name in beside)
    yield from _forwarded_for(front, backend, sent.get("x-forwarded-for"))
    host = sent.get("host") or next(backend.own("http-send-name-header", "Host"), None)
    if host is not None and not _keeps_host(host):
        yield finding("host-header", host.place, value=" ".join(host.words))


def _right(name: str, value: str, request: Request) -> bool:
    bare = value.replace(" ", "")
    if name == "x-forwarded-proto":
        return bare in ("https", "%[ssl_fc,iif(https,http)]")
    by_tls = any(bare == f"%[ssl_fc,iif({port},80)]" for port in request.ports)
    return bare in _PORTS or bare in request.ports or by_tls


def _keeps_host(line: Line) -> bool:
    return line.begins("http-request", "set-header") and line.words[3].lower().replace(",lower", "") in _HOSTS


def _forwarded_for(front: Section, backend: Section, by_hand: Line | None) -> Iterator[Finding]:
    if by_hand is not None:
        if "src" not in by_hand.words[3] and "%ci" not in by_hand.words[3]:
            yield finding("forwarded-for", by_hand.place, value=by_hand.words[3])
        return
    lines = [line for line in (front.option("forwardfor"), backend.option("forwardfor")) if line is not None]
    if not lines:
        yield finding("forwarded-for", front.place)
    for line in dict.fromkeys(lines):
        other = line.after("header")
        if "if-none" in line.words or (other and other.lower() != "x-forwarded-for"):
            yield finding("forwarded-for", line.place, value=" ".join(line.words))
