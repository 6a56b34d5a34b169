"""An HAProxy configuration judged as a layer-7 balancer for Rancher."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from rancher_tui.balancer.haproxy_read import Line, Section, backends_of, binds, ports, read, seconds
from rancher_tui.balancer.lint_words import LONG_ENOUGH, finding, timeout_status
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg

_TEST_LIMIT = 10.0
_RUNS_CODE = ("lua-load", "lua-load-per-thread", "lua-prepend-path", "program")
_NOT_HERE = re.compile(
    r"unable to (stat|open|load)|cannot (open|load|stat)|No such file|no such file", re.IGNORECASE
)


async def lint_haproxy(path: Path) -> list[Finding]:
    """What `haproxy -c` says where it is installed, then everything wrong or odd. OSError: cannot be read."""
    text = path.read_text("utf-8", "replace")
    sections = read(text, str(path))
    tested = await _tested(path, sections)
    if any(found.code == "syntax" for found in tested):
        return tested
    return [*tested, *judged(sections, str(path))]


async def _tested(path: Path, sections: list[Section]) -> list[Finding]:
    """What the program itself says. A configuration that would run code is not given to it."""
    runs_code = any(line.words[0] in _RUNS_CODE for section in sections for line in section.lines)
    runs_code = runs_code or any(section.kind == "program" for section in sections)
    if runs_code or shutil.which("haproxy") is None:
        return [finding("not-validated", str(path))]
    process = await asyncio.create_subprocess_exec(
        "haproxy",
        "-c",
        "-f",
        str(path.resolve()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(_TEST_LIMIT):
            said, _nothing = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return [finding("not-validated", str(path))]
    return [] if process.returncode == 0 else list(_alerts(said.decode("utf-8", "replace"), path))


def _alerts(said: str, path: Path) -> Iterator[Finding]:
    """The program's alerts as findings; files that it misses may lie on the balancer."""
    told = False
    for line in said.splitlines():
        alert = re.search(r"\[ALERT\].*? : (?:config : )?(.*)", line)
        if not alert or "Fatal errors found" in line or "Error(s) found" in line:
            continue
        words = alert.group(1).strip()
        where = re.search(r"\[.*?:(\d+)\]", words)
        place = f"{path}:{where.group(1)}" if where else str(path)
        code = "include-missing" if _NOT_HERE.search(words) else "syntax"
        told = True
        yield finding(code, place, detail=msg("{words}", words=words), words=words)
    if not told:
        yield finding("syntax", str(path), detail=msg("{words}", words=said.strip()[-300:]), words=said[-1000:])


def judged(sections: list[Section], file: str) -> Iterator[Finding]:
    """The findings about sections that were read."""
    fronts = [
        section for section in sections if section.kind in ("frontend", "listen") and any(section.own("bind"))
    ]
    ending = [section for section in fronts if binds(section)[0]]
    if not ending:
        layer_4 = [section for section in fronts if section.mode == "tcp" and "443" in ports(binds(section)[1])]
        yield finding("layer-4", layer_4[0].place) if layer_4 else finding("no-tls", file)
        return
    for front in ending:
        yield from _front(front, sections)
    yield from _redirect(ending, fronts)
    yield from _global(sections)


def _front(front: Section, sections: list[Section]) -> Iterator[Finding]:
    """One frontend that ends TLS, and the backends behind it."""
    tls, _plain = binds(front)
    if front.mode != "http":
        yield finding("layer-4", front.place, mode=front.mode)
        return
    for line in tls:
        if not ({"crt", "crt-list"} & set(line.words)):
            yield finding("no-certificate", line.place)
        if "h2" not in line.after("alpn").split(","):
            yield finding("http2", line.place, alpn=line.after("alpn"))
        yield from _old_tls(line)
    behind = backends_of(front, sections)
    if not behind:
        yield finding("no-backend", front.place)
    for backend in behind:
        yield from _headers(front, backend, tls)
        yield from _timeouts(front, backend)
        yield from _servers(backend)
        yield from _rewriting(front, backend)


def _rules(front: Section, backend: Section) -> Iterator[Line]:
    """The lines that change a request, in the order in which they do."""
    for section in (front,) if front is backend else (front, backend):
        for part in ([section.defaults] if section.defaults else []) + [section]:
            yield from (
                line for line in part.lines if line.words[0] in ("http-request", "reqadd", "reqidel", "reqset")
            )


def _headers(front: Section, backend: Section, tls: list[Line]) -> Iterator[Finding]:
    sent: dict[str, Line] = {}
    added: set[str] = set()
    for line in _rules(front, backend):
        header = line.words[2].lower() if len(line.words) > 2 else ""
        if line.begins("http-request", "set-header") and len(line.words) > 3:
            sent[header] = line
            added.discard(header)
        elif line.begins("http-request", "add-header") and len(line.words) > 3:
            if header not in sent:
                added.add(header)
            sent[header] = line
        elif line.begins("http-request", "del-header"):
            for name in [name for name in sent if name == header]:
                del sent[name]
            if header == "host":
                sent[header] = line
    for name, code in (("x-forwarded-proto", "forwarded-proto"), ("x-forwarded-port", "forwarded-port")):
        header_line = sent.get(name)
        value = header_line.words[3] if header_line else ""
        if name in added or not _right(name, value, header_line, tls):
            place = header_line.place if header_line else front.place
            yield finding(code, place, value=value, added=name in added)
    yield from _forwarded_for(front, backend, sent.get("x-forwarded-for"))
    host = sent.get("host") or next(backend.own("http-send-name-header", "Host"), None)
    if host is not None and not _keeps_host(host):
        yield finding("host-header", host.place, value=" ".join(host.words))


def _right(name: str, value: str, line: Line | None, tls: list[Line]) -> bool:
    if line is None:
        return False
    condition = " ".join(line.words[4:])
    if condition and condition not in ("if { ssl_fc }", "unless !{ ssl_fc }"):
        return False
    if name == "x-forwarded-proto":
        return value in ("https", "%[ssl_fc,iif(https,http)]")
    return value == "%[dst_port]" or value in ports(tls)


def _keeps_host(line: Line) -> bool:
    return line.begins("http-request", "set-header") and line.words[3:4] in (
        ("%[req.hdr(Host)]",),
        ("%[req.hdr(host)]",),
    )


def _forwarded_for(front: Section, backend: Section, by_hand: Line | None) -> Iterator[Finding]:
    if by_hand is not None:
        if "src" not in by_hand.words[3]:
            yield finding("forwarded-for", by_hand.place, value=by_hand.words[3])
        return
    lines = [line for line in (front.option("forwardfor"), backend.option("forwardfor")) if line is not None]
    if not lines:
        yield finding("forwarded-for", front.place)
    for line in dict.fromkeys(lines):
        other = line.after("header")
        if "if-none" in line.words or (other and other.lower() != "x-forwarded-for"):
            yield finding("forwarded-for", line.place, value=" ".join(line.words))


def _timeouts(front: Section, backend: Section) -> Iterator[Finding]:
    """The limit on a silent WebSocket is the tunnel's, or the shorter of client's and server's without one."""
    tunnel = backend.one("timeout", "tunnel")
    limits = [
        (line, length)
        for line in ([tunnel] if tunnel else [front.one("timeout", "client"), backend.one("timeout", "server")])
        if line is not None and len(line.words) > 2 and (length := seconds(line.words[2])) is not None
    ]
    if limits:
        line, length = min(limits, key=lambda limit: limit[1])
        status = timeout_status(length)
        if status is not None:
            yield finding("short-timeout", line.place, status=status, seconds=f"{length:g}")
    if tunnel is None:
        return
    for section, name in ((front, "client"), (backend, "server")):
        found = section.one("timeout", name)
        held = seconds(found.words[2]) if found and len(found.words) > 2 else None
        if found and held is not None and 0 < held < LONG_ENOUGH:
            yield finding("short-timeout", found.place, status=Status.WARN, seconds=f"{held:g}")


def _servers(backend: Section) -> Iterator[Finding]:
    """Nodes and how they are checked."""
    usual = {
        word
        for part in (backend.defaults, backend)
        if part is not None
        for line in part.own("default-server")
        for word in line.words
    }
    templates = list(backend.own("server-template"))
    servers = [*backend.own("server"), *templates]
    if not servers:
        yield finding("no-backend", backend.place)
        return
    if len(servers) == 1 and not templates:
        yield finding("single-backend", servers[0].place, server=" ".join(servers[0].words[1:3]))
    unchecked = [line for line in servers if "check" not in usual | set(line.words) or "no-check" in line.words]
    if unchecked:
        yield finding("no-health-check", unchecked[0].place, servers=[line.words[1] for line in unchecked])
    else:
        yield from _health_check(backend)
    for line in servers:
        if "ssl" in usual | set(line.words[3:]) or "".join(line.words[2:3]).endswith(":443"):
            yield finding("tls-to-nodes", line.place, server=line.words[1])


def _health_check(backend: Section) -> Iterator[Finding]:
    check = backend.option("httpchk")
    if check is None:
        yield finding("weak-health-check", backend.place)
        return
    sent = [line.after("uri") for line in backend.own("http-check", "send") if "uri" in line.words]
    paths = sent or [word for word in check.words[2:] if word.startswith("/")][:1]
    if paths and paths[0].partition("?")[0] not in ("/healthz", "/ping"):
        yield finding("health-path", check.place, path=paths[0])


def _rewriting(front: Section, backend: Section) -> Iterator[Finding]:
    changes = ("set-path", "set-uri", "replace-path", "replace-uri", "replace-pathq", "set-pathq")
    for line in _rules(front, backend):
        if line.words[1:2] and line.words[1] in changes:
            yield finding("path-rewritten", line.place, value=" ".join(line.words))


def _redirect(ending: list[Section], fronts: list[Section]) -> Iterator[Finding]:
    """Some frontend for plain HTTP sends to the same place by https."""
    sending = [
        line for front in fronts for line in front.lines if "redirect" in line.words[:2] and not _answers_own(line)
    ]
    if not sending:
        yield finding("redirect", ending[0].place)
        return
    wanted = {port for front in ending for port in ports(binds(front)[0])}
    of_tls = {line for front in ending for line in front.lines}
    for line in sending:
        wrong = _wrong_redirect(line, wanted)
        if not wrong and line in of_tls and not _spares_https(line):
            wrong = "https is redirected to itself"
        if wrong:
            yield finding("redirect-wrong", line.place, reason=wrong, value=" ".join(line.words))


def _spares_https(line: Line) -> bool:
    condition = " ".join(line.words).replace("{ ", "{").replace(" }", "}")
    return any(form in condition for form in ("unless {ssl_fc}", "if !{ssl_fc}", "dst_port 80", "dst_port eq 80"))


def _answers_own(line: Line) -> bool:
    """A redirect of something particular, not of plain HTTP as such."""
    condition = " ".join(line.words[line.words.index("if") :]) if "if" in line.words else ""
    return bool(condition) and "ssl_fc" not in condition and "HTTP" not in condition.upper()


def _wrong_redirect(line: Line, wanted: set[str]) -> str:
    if line.after("scheme"):
        return "" if line.after("scheme") == "https" else "not to https"
    target = line.after("prefix") or line.after("location")
    if not target.startswith("https://"):
        return "not to https"
    port = re.search(r"^https://[^/]*?:(\d+)", target)
    if port and port.group(1) not in wanted:
        return "to another port"
    keeps = line.after("prefix") or any(part in target for part in ("capture.req.uri", "pathq", "%HU", "[url]"))
    return "" if keeps else "loses the path"


def _old_tls(line: Line) -> Iterator[Finding]:
    lowest = line.after("ssl-min-ver")
    old = [
        word
        for word in line.words
        if word.startswith("force-") and word in ("force-sslv3", "force-tlsv10", "force-tlsv11")
    ]
    if lowest in ("SSLv3", "TLSv1.0", "TLSv1.1") or old:
        yield finding("old-tls", line.place, protocols=[lowest, *old])


def _global(sections: list[Section]) -> Iterator[Finding]:
    for section in sections:
        if section.kind != "global":
            continue
        for line in section.own("ssl-default-bind-options"):
            yield from _old_tls(line)
        most = section.one("maxconn")
        if most and most.words[1:2] and most.words[1].isdigit() and int(most.words[1]) < 1000:
            yield finding("few-connections", most.place, number=int(most.words[1]))
