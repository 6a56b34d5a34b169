"""An HAProxy configuration judged as a layer-7 balancer for Rancher."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from rancher_tui.balancer.haproxy_headers import headers, rules
from rancher_tui.balancer.haproxy_read import Line, Section, binds, ports, read, seconds
from rancher_tui.balancer.haproxy_sites import of_rancher, redirect
from rancher_tui.balancer.lint_words import LARGEST, LONG_ENOUGH, finding, timeout_status
from rancher_tui.files import read_named
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg

_TEST_LIMIT = 10.0
_RUNS_CODE = ("lua-load", "lua-load-per-thread", "lua-prepend-path", "program")
_SUMS = ("Fatal errors found", "Error(s) found", "Failed to initialize server")
"""Alerts that only sum up the ones before."""
_NOT_HERE = re.compile(
    r"unable to (stat|open|load)|cannot (open|load|stat)|no such file|could not resolve address"
    r"|cannot find (user|group) id",
    re.IGNORECASE,
)


async def lint_haproxy(path: Path, fqdn: str = "") -> list[Finding]:
    """What `haproxy -c` says where it is installed, then everything wrong or odd. OSError: cannot be read."""
    text = read_named(path, LARGEST).decode("utf-8", "replace")
    sections = read(text, str(path))
    tested = await _tested(path, sections)
    if any(found.code == "syntax" for found in tested):
        return tested
    return [*tested, *judged(sections, str(path), fqdn)]


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
        if not alert or any(words in line for words in _SUMS):
            continue
        words = alert.group(1).strip()
        where = re.search(r"\[.*?:(\d+)\]", words)
        place = f"{path}:{where.group(1)}" if where else str(path)
        code = "include-missing" if _NOT_HERE.search(words) else "syntax"
        told = True
        yield finding(code, place, detail=msg("{words}", words=words), words=words)
    if not told:
        yield finding("syntax", str(path), detail=msg("{words}", words=said.strip()[-300:]), words=said[-1000:])


def judged(sections: list[Section], file: str, fqdn: str = "") -> Iterator[Finding]:
    """The findings about sections that were read; where they serve several sites, about Rancher's."""
    fronts = [
        section for section in sections if section.kind in ("frontend", "listen") and any(section.own("bind"))
    ]
    ending = [section for section in fronts if binds(section)[0]]
    if not ending:
        layer_4 = [section for section in fronts if section.mode == "tcp" and "443" in ports(binds(section)[1])]
        yield finding("layer-4", layer_4[0].place) if layer_4 else finding("no-tls", file)
        return
    ways = {id(front): of_rancher(front, sections, fqdn) for front in ending}
    ours = [front for front in ending if ways[id(front)].chosen] or ending
    for front in ours:
        yield from _front(front, ways[id(front)].backends)
    yield from redirect(ours, fronts)
    yield from _global(sections)


def _front(front: Section, behind: list[Section]) -> Iterator[Finding]:
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
    if not behind:
        yield finding("no-backend", front.place)
    for backend in behind:
        yield from headers(front, backend, tls)
        yield from _timeouts(front, backend)
        yield from _servers(backend)
        yield from _rewriting(front, backend)


def _timeouts(front: Section, backend: Section) -> Iterator[Finding]:
    """The limit on a silent WebSocket is the tunnel's, or the shorter of client's and server's without one."""
    asked = ((front, "client"), (backend, "connect"), (backend, "server"))
    missing = [name for section, name in asked if section.one("timeout", name) is None]
    if missing:
        yield finding("no-timeout", backend.place, names=", ".join(f"timeout {name}" for name in missing))
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
        elif tunnel is None:
            yield finding("no-tunnel-timeout", backend.place, seconds=f"{length:g}")
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
    servers = [line for line in (*backend.own("server"), *templates) if "disabled" not in line.words]
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
    """The ingress answers 200 to /healthz whoever asks; to /ping only by Rancher's name; to all else 404."""
    check = backend.option("httpchk")
    if check is None:
        yield finding("weak-health-check", backend.place)
        return
    sends = list(backend.all("http-check", "send"))
    wanted = [line.words[2:] for line in backend.all("http-check", "expect")]
    takes_200 = all(_takes(words, "200") for words in wanted)
    asked = [line.after("uri") for line in sends if "uri" in line.words]
    path = (asked or [word for word in check.words[2:] if word.startswith("/")] or ["/"])[0].partition("?")[0]
    by_name = any("Host" in line.words or "host" in line.words for line in sends) or "host:" in " ".join(
        check.words
    ).lower().replace("host\\:", "host:")
    if path == "/healthz" or (path == "/ping" and by_name):
        if not takes_200:
            yield finding("health-status", check.place, expect=" ".join(wanted[-1]))
    elif takes_200:
        yield finding("health-path", check.place, path=path)


def _takes(words: tuple[str, ...], status: str) -> bool:
    """Whether `http-check expect` takes a status; other kinds of expectation are not judged."""
    negated, rest = (True, words[1:]) if words[:1] == ("!",) else (False, words)
    for index, word in enumerate(rest[:-1]):
        if word == "status":
            found = any(_in_range(status, part) for part in rest[index + 1].split(","))
            return found != negated
        if word == "rstatus":
            return bool(re.search(rest[index + 1], status)) != negated
    return True


def _in_range(status: str, part: str) -> bool:
    low, _dash, high = part.partition("-")
    return low.isdigit() and int(low) <= int(status) <= int(high or low)


def _rewriting(front: Section, backend: Section) -> Iterator[Finding]:
    changes = ("set-path", "set-uri", "replace-path", "replace-uri", "replace-pathq", "set-pathq")
    for line in rules(front, backend):
        if line.words[1:2] and line.words[1] in changes:
            yield finding("path-rewritten", line.place, value=" ".join(line.words))


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
