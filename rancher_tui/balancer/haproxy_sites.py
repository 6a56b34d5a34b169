"""Which backends of an HAProxy configuration are Rancher's, and whether plain HTTP is sent to it by https."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rancher_tui.balancer.haproxy_conditions import Request, condition, holds, told
from rancher_tui.balancer.haproxy_read import Line, Section, binds, ports
from rancher_tui.balancer.lint_words import finding
from rancher_tui.finding import Finding


@dataclass(frozen=True, slots=True)
class Way:
    """The backends behind a frontend that are judged; `chosen` where something says that they are Rancher's."""

    backends: list[Section]
    chosen: bool


def of_rancher(front: Section, sections: list[Section], fqdn: str = "") -> Way:
    """Behind a frontend: the backends that its rules for the name, or the word rancher, lead to; else all."""
    pairs = [(line, backend) for line, backend in _behind(front, sections)]
    everyone = list(dict.fromkeys(id(backend) for _line, backend in pairs))
    whole = {id(backend): backend for _line, backend in pairs}
    for word in (fqdn.strip().rstrip(".").lower(), "rancher"):
        found = [id(backend) for line, backend in pairs if word and word in _words(front, line, backend)]
        if found:
            return Way([whole[key] for key in dict.fromkeys(found)], True)
    return Way([whole[key] for key in everyone], False)


def _words(front: Section, line: Line | None, backend: Section) -> str:
    """Everything that tells what a backend is for."""
    rule = f"{' '.join(line.words)} {told(line, front)}" if line is not None else ""
    return f"{rule} {backend.name} {front.name if line is None else ''}".lower()


def _behind(front: Section, sections: list[Section]) -> Iterator[tuple[Line | None, Section]]:
    """The backends that a frontend may send to, each with its rule; a `listen` section is its own."""
    there = [section for section in sections if section.kind in ("backend", "listen")]
    if front.kind == "listen" and any(line.words[0].startswith("server") for line in front.lines):
        yield None, front
    lines = [line for word in ("use_backend", "default_backend") for line in front.own(word)]
    usual = front.defaults.one("default_backend") if front.defaults else None
    if usual is not None and not any(line.words[0] == "default_backend" for line in lines):
        lines.append(usual)
    for line in lines:
        name = line.words[1] if len(line.words) > 1 else ""
        for section in there:
            if section.name == name or (name.startswith("%[") and section.kind == "backend"):
                yield line, section


def redirect(ending: list[Section], fronts: list[Section]) -> Iterator[Finding]:
    """Some frontend for plain HTTP sends to the same place by https."""
    wanted = {port for front in ending for port in ports(binds(front)[0])}
    by_tls = Request(True, wanted)
    told_of = False
    for front in fronts:
        plain = binds(front)[1]
        for line in front.lines:
            if "redirect" not in line.words[:2]:
                continue
            if front in ending and holds(line, front, by_tls) and _moves(line):
                told_of = True
                yield _wrong(line, "https is redirected to itself")
            elif plain and holds(line, front, Request(False, ports(plain))):
                told_of = True
                reason = _why_wrong(line, wanted)
                if reason:
                    yield _wrong(line, reason)
    if not told_of:
        yield finding("redirect", ending[0].place)


def _wrong(line: Line, reason: str) -> Finding:
    return finding("redirect-wrong", line.place, reason=reason, value=" ".join(line.words))


def _moves(line: Line) -> bool:
    """A redirect of every request to https; one to a path of the same site is something else."""
    target = line.after("prefix") or line.after("location")
    return bool(line.after("scheme")) or target.startswith("http")


def _why_wrong(line: Line, wanted: set[str]) -> str:
    if "drop-query" in line.words:
        return "loses the query"
    if line.after("scheme"):
        return "" if line.after("scheme") == "https" else "not to https"
    target = line.after("prefix") or line.after("location")
    if not target.startswith("https://"):
        return "" if condition(line) and not target.startswith("http") else "not to https"
    port = re.search(r"^https://[^/]*?:(\d+)", target)
    if port and port.group(1) not in wanted:
        return "to another port"
    keeps = line.after("prefix") or any(part in target for part in ("capture.req.uri", "pathq", "%HU", "[url]"))
    return "" if keeps else "loses the path"
