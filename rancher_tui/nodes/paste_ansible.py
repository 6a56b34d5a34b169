"""An Ansible inventory, INI or YAML: groups, children, variables, ranges of hosts (Ansible's own rules)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from rancher_tui.i18n import msg
from rancher_tui.nodes.paste_rows import (
    LARGEST_LINE,
    MOST_ROWS,
    Rows,
    looks_like_host,
    role_words,
    roles_of,
    words,
)
from rancher_tui.nodes.paste_yaml import Branch, pairs, text_of

_SECTION = re.compile(r"\[([^:\]]+)(?::(vars|children|hosts))?\]")
_RANGE = re.compile(r"\[([0-9]+|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?\]")
MOST_RANGES = 3
_WITHOUT_ROLES = {"all", "ungrouped"}


@dataclass(slots=True)
class Inventory:
    """Hosts (line, own variables), and each group's hosts, children and variables, in order."""

    hosts: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """True when no more hosts are taken: one more than a paste may hold, so that the rest is told."""
        return len(self.hosts) > MOST_ROWS

    def host(self, group: str, name: str, line: int, own: dict[str, str]) -> None:
        """A host in a group; what is said of it in several places adds up."""
        if self.full:
            return
        first, known = self.hosts.get(name, (line, {}))
        self.hosts[name] = (first, {**known, **own})
        self.members.setdefault(group, []).append(name)

    def child(self, group: str, name: str) -> None:
        """A group within a group."""
        self.children.setdefault(group, []).append(name)

    def reach(self, group: str) -> set[str]:
        """The hosts of a group and of the groups below it; circles end."""
        seen: set[str] = set()
        waiting = [group]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                found.update(self.members.get(name, ()))
                waiting.extend(self.children.get(name, ()))
        return found

    def rows(self, rows: Rows) -> None:
        """Every host with its variables (group before host, `all` first) and the roles that its groups name."""
        groups = {group: self.reach(group) for group in {*self.members, *self.children, *self.variables}}
        ordered = sorted(groups, key=lambda group: (group != "all", -len(groups[group]), group))
        roles: dict[str, list[str]] = {}
        settings: dict[str, dict[str, str]] = {name: {} for name in self.hosts}
        for group in ordered:
            reached = self.hosts if group == "all" else groups[group]
            named = () if group in _WITHOUT_ROLES else role_words(group)
            given = self.variables.get(group)
            for name in reached if named or given else ():
                roles.setdefault(name, []).extend(named)
                settings[name].update(given or {})
        for name, (line, own) in self.hosts.items():
            self._row(name, line, {**settings[name], **own}, roles.get(name, []), rows)

    def _row(self, name: str, line: int, settings: dict[str, str], roles: Sequence[str], rows: Rows) -> None:
        if settings.get("ansible_connection") == "local":
            rows.problem(line, msg("{name} is this machine itself (ansible_connection=local)", name=name[:80]))
            return
        if not looks_like_host(name):
            rows.problem(line, msg("no host: {text}", text=name[:80]))
            return
        fields: dict[str, Any] = {}
        for variable, target in words()["ansible"].items():
            if settings.get(variable) and target not in fields:
                fields[target] = settings[variable]
        if fields.setdefault("address", name) != name:
            fields["hostname_override"] = name.lower()
        fields["roles"] = roles_of(roles)
        rows.add(line, fields)


def read_ini(lines: Sequence[str], rows: Rows) -> None:
    """An inventory in INI form. Values may be quoted, `#` and `;` begin comments."""
    inventory = Inventory()
    group, kind = "ungrouped", "hosts"
    for number, raw in enumerate(lines, 1):
        line = raw[:LARGEST_LINE].strip()
        if inventory.full:
            break
        if not line or line[0] in "#;":
            continue
        section = _SECTION.fullmatch(line.partition("#")[0].strip())
        if section:
            group, kind = section[1].strip(), section[2] or "hosts"
        elif kind == "children":
            inventory.child(group, line.partition("#")[0].strip())
        elif kind == "vars":
            name, _, value = line.partition("=")
            inventory.variables.setdefault(group, {})[name.strip()] = _unquoted(value)
        else:
            _ini_host(inventory, group, number, line, rows)
    inventory.rows(rows)


def _ini_host(inventory: Inventory, group: str, number: int, line: str, rows: Rows) -> None:
    try:
        parts = shlex.split(line, comments=True)
    except ValueError as error:
        rows.problem(number, msg("{error}", error=str(error)))
        return
    own = dict(part.split("=", 1) for part in parts[1:] if "=" in part)
    name, _, port = parts[0].partition(":") if parts[0].count(":") == 1 else (parts[0], "", "")
    if port.isdigit():
        own.setdefault("ansible_port", port)
    elif port:
        name = parts[0]
    for host in islice(expand_range(name), MOST_ROWS):
        inventory.host(group, host, number, own)


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def expand_range(name: str) -> Iterator[str]:
    """`node[01:03].x` as node01.x, node02.x, node03.x; letters and steps too. Bounded."""
    match = _RANGE.search(name)
    if match is None or len(_RANGE.findall(name)) > MOST_RANGES:
        yield name
        return
    first, last, step = match[1], match[2], max(1, int((match[3] or "1")[:6]))
    if first.isdigit() and last.isdigit():
        width = len(first) if first.startswith("0") else 0
        numbers = range(int(first[:9]), min(int(last[:9]), int(first[:9]) + MOST_ROWS * step) + 1, step)
        middles: list[str] = [f"{number:0{width}d}" for number in numbers]
    elif first.isalpha() and last.isalpha():
        middles = [chr(code) for code in range(ord(first), ord(last) + 1, step)]
    else:
        yield name
        return
    rest = list(islice(expand_range(name[match.end() :]), MOST_ROWS))
    for middle in middles:
        for tail in rest:
            yield f"{name[: match.start()]}{middle}{tail}"


def read_yaml(tree: Any, rows: Rows) -> None:
    """An inventory in YAML form: groups with `hosts`, `children`, `vars`."""
    inventory = Inventory()
    waiting = list(pairs(tree).items())
    seen: set[int] = set()
    while waiting:
        group, body = waiting.pop(0)
        if id(body) in seen:
            continue
        seen.add(id(body))
        parts = pairs(body)
        for name, own in pairs(parts.get("hosts")).items():
            line = own.line if isinstance(own, Branch) else (body.line if isinstance(body, Branch) else 0)
            values = {variable: text_of(value) for variable, value in pairs(own).items()}
            for host in islice(expand_range(name), MOST_ROWS):
                inventory.host(group, host, line, values)
        inventory.variables.setdefault(group, {}).update(
            {variable: text_of(value) for variable, value in pairs(parts.get("vars")).items()}
        )
        for name, child in pairs(parts.get("children")).items():
            inventory.child(group, name)
            waiting.append((name, child))
    inventory.rows(rows)
