"""An nginx configuration read by crossplane, with nginx's rules of inheritance applied. No judgement."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rancher_tui.balancer.lint_words import LARGEST
from rancher_tui.files import UnfitFileError, read_named

_INCLUDE = re.compile(r"\binclude\s+([^\s;]+)\s*;")


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive: name, arguments, the block under it, and where it stands."""

    name: str
    arguments: tuple[str, ...]
    file: str
    line: int
    block: tuple[Directive, ...] = ()

    @property
    def place(self) -> str:
        """`FILE:LINE`."""
        return f"{self.file}:{self.line}"

    def inside(self, name: str) -> Iterator[Directive]:
        """The directives of that name directly in the block."""
        return (directive for directive in self.block if directive.name == name)

    def everywhere(self, name: str) -> Iterator[Directive]:
        """The directives of that name in the block, at any depth."""
        for directive in self.block:
            if directive.name == name:
                yield directive
            yield from directive.everywhere(name)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the reader stumbled over: `missing` is true for an included file that is not here."""

    place: str
    words: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A whole configuration: everything under one root, and what could not be read."""

    root: Directive
    problems: tuple[Problem, ...]


def read(path: Path) -> Read:
    """The configuration in `path` with its includes. OSError where the file itself cannot be read."""
    import crossplane

    unfit = _unfit_include(path)
    if unfit is not None:
        return Read(Directive("", (), str(path), 0), (unfit,))
    try:
        payload = crossplane.parse(
            str(path),
            combine=True,
            comments=False,
            strict=False,
            check_ctx=False,
            check_args=True,
            catch_errors=True,
        )
        problems = [_problem(error, str(path)) for error in payload["errors"]]
        parsed = [directive for config in payload["config"] for directive in config["parsed"]]
        root = Directive("", (), str(path), 0, tuple(_directive(each, str(path)) for each in parsed))
    except RecursionError:
        nothing = Directive("", (), str(path), 0)
        return Read(nothing, (Problem(f"{path}:1", "blocks or includes without end", False),))
    return Read(root, tuple(problems))


def _unfit_include(path: Path) -> Problem | None:
    """An included file that is no regular one or too large, at any depth: crossplane would read it without end."""
    texts, seen = [(str(path), read_named(path, LARGEST).decode("utf-8", "replace"))], {str(path)}
    for place, text in texts:
        for match in _INCLUDE.finditer(text):
            if "#" in text[text.rfind("\n", 0, match.start()) + 1 : match.start()]:
                continue
            pattern = str(path.parent / match[1].strip("\"'"))
            names = sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]  # noqa: PTH207
            for name in names:
                if name in seen:
                    continue
                seen.add(name)
                try:
                    texts.append((name, read_named(name, LARGEST).decode("utf-8", "replace")))
                except UnfitFileError as error:
                    line = text.count("\n", 0, match.start(1)) + 1
                    return Problem(f"{place}:{line}", f"{name} {error.strerror}", False)
                except (OSError, ValueError):
                    continue
    return None


def _problem(error: Mapping[str, Any], path: str) -> Problem:
    words = str(error["error"])
    line = error.get("line")
    text = words.rpartition(" in ")[0] or words
    return Problem(
        f"{error.get('file') or path}:{line or 1}", text, "No such file" in words or "[Errno 2]" in words
    )


def _directive(parsed: Mapping[str, Any], path: str) -> Directive:
    file = str(parsed.get("file", path))
    block = tuple(_directive(inner, file) for inner in parsed.get("block", ()))
    return Directive(str(parsed["directive"]), tuple(parsed["args"]), file, int(parsed["line"]), block)


@dataclass(frozen=True, slots=True)
class Proxied:
    """A place from which requests are passed on: its `proxy_pass`, and the blocks around it, outermost first."""

    directive: Directive
    levels: tuple[Directive, ...]
    server: Directive

    @property
    def upstream(self) -> str:
        """The host part of the proxy_pass address: an upstream's name or an address."""
        return (
            self.directive.arguments[0].partition("://")[2].partition("/")[0] if self.directive.arguments else ""
        )

    def one(self, name: str) -> Directive | None:
        """The directive that counts here: of the innermost level that has it."""
        for level in reversed(self.levels):
            for directive in level.inside(name):
                return directive
        return None

    def headers(self) -> tuple[dict[str, Directive], dict[str, Directive]]:
        """The headers set here, by lower-case name, and the ones of outer levels that are lost.

        Headers are inherited only where a level sets none itself (nginx, proxy_set_header).
        """
        found: dict[str, Directive] | None = None
        lost: dict[str, Directive] = {}
        for level in reversed(self.levels):
            here = {d.arguments[0].lower(): d for d in level.inside("proxy_set_header") if len(d.arguments) == 2}
            if not here:
                continue
            if found is None:
                found = here
            else:
                lost = {name: directive for name, directive in here.items() if name not in found} | lost
        return found or {}, lost


def proxied(root: Directive) -> list[Proxied]:
    """Every place with a `proxy_pass`, inside `http` or in a piece of a configuration."""
    return list(_proxied(root, (), None))


def _proxied(block: Directive, around: tuple[Directive, ...], server: Directive | None) -> Iterator[Proxied]:
    levels = (*around, block)
    for directive in block.block:
        if directive.name == "proxy_pass" and server is not None:
            yield Proxied(directive, levels, server)
        elif directive.name in ("http", "server", "location", "if", "limit_except"):
            inner = directive if directive.name == "server" else server
            yield from _proxied(directive, levels, inner)


@dataclass(frozen=True, slots=True)
class Listens:
    """What a server listens on."""

    tls: bool
    http2: bool
    ports: tuple[str, ...]
    tls_ports: tuple[str, ...] = ()
    plain: bool = field(default=False)
    """It also, or only, listens without TLS."""


def listens(server: Directive) -> Listens:
    """The listen directives of a server together; without one it is port 80."""
    lines = [directive.arguments for directive in server.inside("listen") if directive.arguments]
    always = any(directive.arguments[:1] == ("on",) for directive in server.inside("ssl"))
    http2 = any(directive.arguments[:1] == ("on",) for directive in server.inside("http2"))
    tls = [line for line in lines if always or "ssl" in line or "quic" in line]
    ports = tuple(_port(line[0]) for line in lines) or ("80",)
    return Listens(
        bool(tls),
        http2 or any("http2" in line for line in tls),
        ports,
        tuple(_port(line[0]) for line in tls),
        plain=len(tls) < len(lines) or not lines,
    )


def _port(address: str) -> str:
    tail = address.rpartition(":")[2] if not address.endswith("]") else ""
    return tail if tail.isdigit() else "80"


def maps(root: Directive) -> dict[str, Directive]:
    """The map blocks by the variable that they set."""
    return {
        directive.arguments[1]: directive for directive in root.everywhere("map") if len(directive.arguments) == 2
    }


def seconds(text: str) -> float | None:
    """An nginx time (`900s`, `30m`, `1h30m`, `500ms`, `60`) in seconds; None where it is none."""
    import re

    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000, "": 1}
    parts = re.findall(r"(\d+)(ms|[smhdwMy]?)\s*", text)
    if not parts or "".join(number + unit for number, unit in parts) != text.replace(" ", ""):
        return None
    return float(sum(int(number) * units[unit] for number, unit in parts))


def size(text: str) -> int | None:
    """An nginx size (`1m`, `0`, `512k`, `10G`) in bytes; None where it is none."""
    factors = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
    number, factor = (text[:-1], factors[text[-1].lower()]) if text[-1:].lower() in factors else (text, 1)
    return int(number) * factor if number.isdigit() else None


def value(directive: Directive | None, otherwise: str) -> str:
    """A directive's last argument, or what nginx takes without it."""
    return directive.arguments[-1] if directive is not None and directive.arguments else otherwise


def names(arguments: Sequence[str]) -> set[str]:
    """Server names in lower case."""
    return {argument.lower() for argument in arguments}
