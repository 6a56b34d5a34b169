"""Every code that a finding of the program can have, and how it may be judged, read from the code itself.

Who makes a `Finding`, or something with a `code` that becomes one (an error, a row of a table), hands a code over
as an argument; it is followed through parameters, tables and loops to where it is written.
`python -m building.codes` prints the codes with their statuses.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import yaml

from assets import FOLDER
from building.syntax import Callee, Parameter, Program, Unclear, Where
from building.texts import ROOT
from rancher_tui.balancer import hops
from rancher_tui.finding import Status
from rancher_tui.install.state import ROLES
from rancher_tui.rke.causes import UNKNOWN
from rancher_tui.transport.ssh_errors import Rung

UNTOLD: Final = "?"
"""A status that the code's text does not tell, such as the one of an error that will be a finding."""
Statuses = str | frozenset[str]
"""The parameter that holds the status, or the statuses themselves."""

_CODE: Final = {"NotStarted": "reason"}
"""What holds a code under another name."""
_PASSES: Final = ("finished",)
"""Told as a pass only, beside others that share its line of code."""
_READER: Final = ("rancher_tui.cluster_file.decode", "rancher_tui.cluster_file.tree")
"""Modules whose codes are told with `yaml.` before them."""


_KEY_TROUBLES: Final = ("unknown-action", "value", "unknown-key", "taken-key", "same-key", "eaten-key")


def _causes() -> list[str]:
    """What a line of rke's log may mean; lines that are usual are passes."""
    rows = yaml.safe_load((FOLDER / "rke" / "causes.yml").read_text("utf-8"))["causes"]
    return [UNKNOWN, *(row["code"] for row in rows if not row.get("harmless"))]


ELSEWHERE: Final[dict[str, Callable[[], Iterable[str]]]] = {
    "balancer.node_probe: shown.state.value": lambda: {*hops.Node} - {hops.Node.GOOD, hops.Node.SILENT},
    "balancer.probe: seen.value": lambda: {*hops.Ping} - {hops.Ping.PONG},
    "balancer.through: f'websocket-{finding.code}'": lambda: [
        f"websocket-{header}" for header in ("host-header", "forwarded-proto", "forwarded-port", "forwarded-for")
    ],
    "cluster_file.lint: f'yaml.{problem.code}'": list,
    "cluster_file.read: f\"yaml.{problem.code.removeprefix('yaml.')}\"": list,
    "cluster_file.read: f'yaml.{problem.code}'": list,
    "cluster_file.rules_yaml: f'yaml.{problem.code}'": list,
    "compatibility.notices: row": list,
    "desks.hosts: key.error.rung.value": lambda: [*Rung],
    "install.node_rules: f'no-{role}'": lambda: [f"no-{role}" for role in ROLES],
    "keymap: for trouble": lambda: [f"settings.{rest}" for rest in _KEY_TROUBLES],
    "nodes.findings: error.rung.value": lambda: [*Rung],
    "rke.causes: entry": _causes,
}
"""Expressions (module: text) whose codes stand in no call: where they stand. Codes of `_READER` are found there;
notices are no findings."""


class Codes:
    """The codes with their statuses, and the expressions that give a code unseen (module: text)."""

    def __init__(self, program: Program) -> None:
        self.found: defaultdict[str, set[str]] = defaultdict(set)
        self.unclear: set[str] = set()
        self._program = program
        self._tellers: defaultdict[Callee, set[tuple[str, Statuses]]] = defaultdict(set)
        for callee in program.callees:
            name = _CODE.get(callee.node.name, "code")
            if isinstance(callee.node, ast.ClassDef) and name in callee.parameters:
                self._tellers[callee].add(
                    (name, "status" if "status" in callee.parameters else frozenset({UNTOLD}))
                )
        self._follow()
        self.found.pop("", None)
        for code in _PASSES:
            self.found[code] = {Status.PASS.value}

    def to_explain(self) -> set[str]:
        """Every code that can be told otherwise than as a pass, those of `ELSEWHERE` among them."""
        here = {code for code, statuses in self.found.items() if statuses != {Status.PASS.value}}
        return here.union(*(codes() for codes in ELSEWHERE.values()))

    def _follow(self) -> None:
        """Goes from what takes a code to its calls, until nothing new takes one."""
        calls: defaultdict[Callee, list[tuple[Where, ast.Call]]] = defaultdict(list)
        for where, call in self._program.calls:
            for callee in self._program.called(where, call):
                calls[callee].append((where, call))
        done: set[tuple[Callee, str, Statuses]] = set()
        while waiting := {(callee, *taken) for callee, takes in self._tellers.items() for taken in takes} - done:
            for callee, code, status in waiting:
                done.add((callee, code, status))
                for where, call in calls[callee]:
                    self._take(where, call, callee, code, status)

    def _take(self, where: Where, call: ast.Call, callee: Callee, code: str, status: Statuses) -> None:
        """What one call hands over: codes, or parameters of the function around it, which then takes codes too."""
        given = self._program.given(call, callee, code)
        if given is None:
            return
        statuses: set[str | Parameter] = set()
        if isinstance(status, str):
            shown = self._program.given(call, callee, status)
            statuses |= set(self._statuses(where, shown)) if shown is not None else {UNTOLD}
        else:
            statuses |= status
        plain = frozenset(item for item in statuses if isinstance(item, str))
        for value in self._program.values(where, given):
            if isinstance(value, Parameter):
                self._hand_up(value, statuses, plain)
            elif isinstance(value, str):
                name = f"yaml.{value.removeprefix('yaml.')}" if where[0].name in _READER else value
                self.found[name] |= plain or {UNTOLD}
            elif not value.text.endswith((".code", *(f".{name}" for name in _CODE.values()))):
                self.unclear.add(f"{where[0].name.removeprefix('rancher_tui.')}: {value.text}")

    def _hand_up(self, value: Parameter, statuses: set[str | Parameter], plain: frozenset[str]) -> None:
        for key in (keys := _keys_asked(value.callee, value.name)):
            self.found[key] |= plain or {UNTOLD}
        if keys:
            return
        for other in statuses:
            if isinstance(other, Parameter) and other.callee is value.callee:
                self._tellers[value.callee].add((value.name, other.name))
        if plain:
            self._tellers[value.callee].add((value.name, plain))

    def _statuses(self, where: Where, node: ast.expr, depth: int = 0) -> Iterator[str | Parameter]:
        match node:
            case ast.Attribute(value=ast.Name(id="Status"), attr=name):
                yield Status[name].value
            case _ if depth > 8:
                yield UNTOLD
            case _:
                for place, found in self._program.stands_for(where, node, depth):
                    if isinstance(found, Parameter):
                        yield found
                    elif isinstance(found, Unclear) or found is node:
                        yield UNTOLD
                    else:
                        yield from self._statuses(place, found, depth + 1)


def _keys_asked(taker: Callee, parameter: str) -> set[str]:
    """The keys of the table of its module in which a function looks a parameter up: it takes no other code."""
    keys: set[str] = set()
    for node in ast.walk(taker.node):
        match node:
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Name(id=name)) if name == parameter:
                shown = taker.module.names.get(table)
                if isinstance(shown, ast.Dict):
                    keys |= {str(key.value) for key in shown.keys if isinstance(key, ast.Constant)}
    return keys


def of_program() -> Codes:
    """The codes of rancher_tui; the lab judges nothing, it is judged."""
    return Codes(Program(ROOT, "rancher_tui", ("rancher_tui.lab",)))


def main() -> None:
    codes = of_program()
    for code in sorted(codes.to_explain()):
        print(code, " ".join(sorted(codes.found.get(code, {UNTOLD}))))


if __name__ == "__main__":
    main()
