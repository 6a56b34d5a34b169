"""The nodes that a command is about: of a session, or of a cluster file without one."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.output import BAD, CallError, note, print_finding, print_json
from rancher_tui.i18n import Message, _, msg

if TYPE_CHECKING:
    from rancher_tui.finding import Report
    from rancher_tui.install.session import Session
    from rancher_tui.install.state import InstallState, Node

Target = Annotated[str, typer.Argument(metavar="SESSION|CLUSTER_FILE", help="Whose nodes.")]
NodeNames = Annotated[
    list[str] | None,
    typer.Option("--node", metavar="NAME", help="Only this node (address, name or number); may be repeated."),
]
_TRIES = 3


@dataclass(slots=True)
class Fleet:
    """The nodes that a command is about."""

    session: Session | None
    state: InstallState
    file: Path | None
    numbers: list[int]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    """Inline keys of a cluster file, by their names."""
    opened: dict[str, str] = field(default_factory=dict, repr=False)
    """Passphrases, where there is no session to hold them."""

    @property
    def nodes(self) -> list[Node]:
        return [self.state.nodes[number - 1] for number in self.numbers]

    @property
    def everything(self) -> bool:
        return len(self.numbers) == len(self.state.nodes)

    def settings(self) -> Any:
        from rancher_tui.proofs.hosts import settings_of_file
        from rancher_tui.proofs.inputs import connect_settings

        if self.session is not None:
            return connect_settings(self.session, self.state)
        assert self.file is not None
        return settings_of_file(self.state, self.file, self.secrets, self.opened)

    def expected(self) -> Any:
        from rancher_tui.proofs.hosts import expected

        return expected(self.session, self.state)

    @property
    def pins(self) -> Path:
        from rancher_tui.proofs.hosts import pins_beside

        if self.session is not None:
            return self.session.known_hosts
        assert self.file is not None
        return pins_beside(self.file)

    def running(self) -> bool:
        """True while rke works on these nodes."""
        from rancher_tui.rke.runs import newest

        run = newest(self.session.path) if self.session else None
        return run is not None and run.status().state == "running"

    def journal(self, action: str, **details: Any) -> None:
        if self.session is not None:
            self.session.journal(action, **details)


def fleet_of(target: str, names: list[str] | None) -> Fleet | Report:
    """The nodes of a session, else of the cluster file of that path; a report says why such a file holds none."""
    file = Path(target).expanduser()
    if not file.is_file() or _is_session(target):
        session, state = context.look_on(target)
        return Fleet(session, state, None, chosen(state, names))
    from rancher_tui.cluster_file.read import read
    from rancher_tui.finding import Report

    found = read(context.read_file(target, context.LARGEST_YAML), target)
    if found.state is None:
        return Report("preflight", tuple(each for each in found.findings if each.bad), step=1)
    return Fleet(None, found.state, file, chosen(found.state, names), found.secrets)


def _is_session(target: str) -> bool:
    try:
        context.find(target)
    except CallError:
        return False
    return True


def chosen(state: InstallState, names: list[str] | None) -> list[int]:
    """Numbers of the chosen nodes, from 1; CallError for a name that no node has."""
    if not names:
        return list(range(1, len(state.nodes) + 1))
    found: set[int] = set()
    for name in names:
        numbers = [
            number
            for number, node in enumerate(state.nodes, 1)
            if name in (node.address, node.hostname_override, str(number))
        ]
        if not numbers:
            known = ", ".join(node.address for node in state.nodes)
            raise CallError(msg("{name} is no node; there are {known}", name=name, known=known))
        found.update(numbers)
    return sorted(found)


def ask_passphrases(fleet: Fleet) -> None:
    """At a terminal, ask for the passphrases of keys that need one; what is left empty stays locked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    from rancher_tui.nodes.passphrases import locked

    known = fleet.session.memory.passphrases if fleet.session else fleet.opened
    asked: dict[str, int] = {}
    while True:
        keys = [key for key in locked(fleet.nodes, fleet.settings()) if asked.get(key, 0) < _TRIES]
        if not keys:
            return
        for key in keys:
            given = getpass.getpass(_("passphrase of {key} (not kept; empty: none): ").format(key=key))
            asked[key] = asked.get(key, 0) + 1 if given else _TRIES
            if given:
                known[key] = given


def refused(report: Report, as_json: bool, empty: dict[str, Any]) -> int:
    """What is wrong with a file that names no nodes, in the shape of a command that prints no report."""
    if as_json:
        print_json({**empty, "findings": [finding.to_json() for finding in report.findings]})
    else:
        for finding in report.findings:
            print_finding(finding)
    return BAD


def not_agreed(check: str, title: Message, remedy: Message, as_json: bool) -> int:
    """A step that needs a typed word in the screens was called without its --yes."""
    from rancher_tui.finding import Finding, Report, Status

    if as_json:
        finding = Finding(Status.UNKNOWN, "not-agreed", "nodes", title, remedy=remedy, check=check, step=1)
        print_json(Report(check, (finding,)).to_json())
    note(_("{title}; {remedy}").format(title=title, remedy=remedy))
    return BAD
