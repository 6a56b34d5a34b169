"""Judging an existing nginx or HAProxy configuration: which of the two it is, and what it does to Rancher."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Literal

from rancher_tui.balancer.haproxy_lint import lint_haproxy
from rancher_tui.balancer.haproxy_read import SECTIONS
from rancher_tui.balancer.lint_words import CHECK, LARGEST
from rancher_tui.balancer.nginx_lint import lint_nginx
from rancher_tui.files import read_named
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, msg

Kind = Literal["nginx", "haproxy"]

_SECTION = re.compile(rf"^\s*(?:{'|'.join(sorted(SECTIONS))})(?:\s|$)[^{{;]*$")
_NGINX_LINE = re.compile(r"[;{}]\s*(?:#.*)?$")


def kind_of(text: str) -> Kind | None:
    """Which program a configuration is for; None where it is for neither."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    sections = sum(bool(_SECTION.match(line)) for line in lines)
    blocks = sum(bool(_NGINX_LINE.search(line)) for line in lines)
    if sections == blocks == 0:
        return None
    return "nginx" if blocks > sections and blocks * 2 >= len(lines) else "haproxy" if sections else "nginx"


async def lint(path: Path, fqdn: str = "") -> Report:
    """The report about the configuration at `path`; `facts` names its `kind`. OSError where it cannot be read.

    Of several sites Rancher's is judged: the one of `fqdn`, else the one that names rancher, else all of them.
    """
    text = (await asyncio.to_thread(read_named, path, LARGEST)).decode("utf-8", "replace")
    kind = kind_of(text)
    found: list[Finding]
    if kind is None:
        found = [_neither(path)]
    elif kind == "nginx":
        found = await asyncio.to_thread(lint_nginx, path, fqdn)
    else:
        found = await lint_haproxy(path, fqdn)
    once = {(finding.code, finding.subject): finding for finding in reversed(found)}
    ordered = [finding for finding in found if once.get((finding.code, finding.subject)) is finding]
    if not any(finding.status in (Status.FAIL, Status.UNKNOWN) for finding in ordered):
        title = msg("headers, WebSockets and timeouts are as Rancher needs them")
        ordered.append(Finding(Status.PASS, "fit", str(path), title, EMPTY, EMPTY, {}, CHECK, 2))
    return Report(CHECK, tuple(ordered), {"kind": kind}, step=2)


def _neither(path: Path) -> Finding:
    return Finding(
        Status.FAIL,
        "unknown-kind",
        str(path),
        msg("this is neither an nginx nor an HAProxy configuration"),
        EMPTY,
        msg("other balancers are proven by a rehearsal or a probe"),
        {},
        CHECK,
        2,
    )
