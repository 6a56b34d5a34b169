"""Commands about the nodes themselves: preflight, trust, ports, cleanup; of a session or of a cluster file."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, Strict, Yes
from rancher_tui.commands.output import BAD, OK, CallError, note, print_json, print_report, say, stream, table
from rancher_tui.i18n import Message, _, msg

if TYPE_CHECKING:
    from rancher_tui.finding import Finding, Report
    from rancher_tui.install.session import Session
    from rancher_tui.install.state import InstallState, Node

Target = Annotated[str, typer.Argument(metavar="SESSION|CLUSTER_FILE", help="Whose nodes.")]
NodeNames = Annotated[
    list[str] | None,
    typer.Option("--node", metavar="NAME", help="Only this node (address, name or number); may be repeated."),
]
ReportFile = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write the report there too: .txt, .md or .json."),
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
        from rancher_tui.hosts import settings, settings_of_file

        if self.session is not None:
            return settings(self.session, self.state)
        assert self.file is not None
        return settings_of_file(self.state, self.file, self.secrets, self.opened)

    def expected(self) -> Any:
        from rancher_tui.hosts import expected

        return expected(self.session, self.state)

    @property
    def pins(self) -> Path:
        from rancher_tui.hosts import pins_beside

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


def _fleet(target: str, names: list[str] | None) -> Fleet | Report:
    """The nodes of a session, else of the cluster file of that path; a report says why such a file holds none."""
    file = Path(target).expanduser()
    if not file.is_file() or _is_session(target):
        session, state = context.look_on(target)
        return Fleet(session, state, None, _chosen(state, names))
    from rancher_tui.cluster_file.read import read
    from rancher_tui.finding import Report

    found = read(context.read_file(target), target)
    if found.state is None:
        return Report("preflight", tuple(each for each in found.findings if each.bad), step=1)
    return Fleet(None, found.state, file, _chosen(found.state, names), found.secrets)


def _is_session(target: str) -> bool:
    try:
        context.find(target)
    except CallError:
        return False
    return True


def _chosen(state: InstallState, names: list[str] | None) -> list[int]:
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


def _ask_passphrases(fleet: Fleet) -> None:
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


def preflight(
    target: Target,
    node: NodeNames = None,
    output: ReportFile = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Prove over SSH that RKE will be able to work on every node. Nothing is written on them.

    Example: rancher-tui preflight prod --node 10.0.1.11 -o preflight.md
    """
    from rancher_tui.finding import Report

    _check_report_name(output)
    fleet = _fleet(target, node)
    if isinstance(fleet, Report):
        return asyncio.run(stream(_given(fleet), {}, as_json=as_json, strict=strict))
    _ask_passphrases(fleet)
    facts: dict[str, Any] = {}
    found: list[Finding] = []
    code = asyncio.run(stream(_kept(_looked(fleet, facts), found), facts, as_json=as_json, strict=strict))
    if output:
        _write_report(Path(output).expanduser(), Report("preflight", tuple(found), facts, step=1))
    return code


async def _given(report: Report) -> AsyncIterator[Finding]:
    for finding in report.findings:
        yield finding


async def _kept(findings: AsyncIterator[Finding], into: list[Finding]) -> AsyncIterator[Finding]:
    async for finding in findings:
        into.append(finding)
        yield finding


def _looked(fleet: Fleet, facts: dict[str, Any]) -> AsyncIterator[Finding]:
    """All nodes of a session: its report is kept; else what is seen is told."""
    from rancher_tui.checks import run
    from rancher_tui.nodes.preflight import preflight as look

    if fleet.session is not None and fleet.everything:
        return run("preflight", fleet.session, fleet.state, facts)
    expected, numbers = fleet.expected(), fleet.numbers
    return look(fleet.nodes, fleet.settings(), facts=facts, expected=expected, numbers=numbers)


def _check_report_name(name: str | None) -> None:
    from rancher_tui.nodes.report import SUFFIXES

    if name is not None and Path(name).suffix.lower() not in SUFFIXES:
        raise CallError(msg("{name} must end in one of {suffixes}", name=name, suffixes=", ".join(SUFFIXES)))


def _write_report(path: Path, report: Report) -> None:
    from rancher_tui.nodes.report import written

    _write(path, written(report, path.name))
    note(_("{path} is written").format(path=path))


def _write(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file, keeping an existing one under a dated name; CallError where that cannot be done."""
    from rancher_tui.files import keep_existing, write_atomic

    try:
        keep_existing(path)
        write_atomic(path, text.encode(), mode)
    except OSError as error:
        raise CallError(
            msg("{path} cannot be written: {error}", path=str(path), error=error.strerror or str(error))
        ) from error


def trust(target: Target, node: NodeNames = None, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Show every node's host key; with --yes trust, pin those that are new. A changed key is never pinned.

    Of a cluster file without a session the keys are kept beside it, in CLUSTER_FILE.known_hosts.
    Example: rancher-tui trust prod --yes trust
    """
    from rancher_tui.finding import Report
    from rancher_tui.nodes.host_keys import pin, scan

    fleet = _fleet(target, node)
    if isinstance(fleet, Report):
        return _refused(fleet, as_json, {"nodes": []})
    keys = asyncio.run(scan(fleet.nodes, fleet.settings(), fleet.numbers))
    taken = 0
    if "trust" in yes:
        try:
            taken = pin(fleet.pins, keys)
        except OSError as error:
            raise CallError(
                msg("{path} cannot be written: {error}", path=str(fleet.pins), error=str(error))
            ) from error
    rows = [_key_row(key, taken) for key in keys]
    if taken:
        fleet.journal("trust", hosts=[row["address"] for row in rows if row["pinned"]], taken=taken)
    if as_json:
        print_json({"nodes": rows, "pinned": taken})
    else:
        for line in table([_key_cells(row) for row in rows], [_("node"), _("port"), _("key"), _("fingerprint")]):
            say(line)
    states = {row["state"] for row in rows}
    if "unknown" in states:
        note(_("compare the fingerprints with the hosts' own, then agree with --yes trust"))
    return OK if states == {"known"} else BAD


def _key_row(key: Any, taken: int) -> dict[str, Any]:
    """One host key as it stands now; `pinned` where it was taken just now."""
    from rancher_tui.transport.ssh_known import Trust

    states = {Trust.KNOWN: "known", Trust.UNKNOWN: "unknown", Trust.CHANGED: "changed", Trust.REVOKED: "changed"}
    pinned = bool(taken) and key.trust is Trust.UNKNOWN
    return {
        "subject": key.subject,
        "address": key.address,
        "port": key.port,
        "state": "known" if pinned else states.get(key.trust, "unreachable"),
        "pinned": pinned,
        "keys": [{"type": key.key_type, "fingerprint": key.fingerprint}] if key.fingerprint else [],
        "known": list(key.known),
        "source": key.source,
        "code": key.error.rung.value if key.error else None,
        "evidence": key.error.evidence if key.error else {},
    }


def _key_cells(row: dict[str, Any]) -> list[str]:
    told = row["keys"][0]["fingerprint"] if row["keys"] else f"{row['code'] or ''}"
    if row["state"] == "changed":
        told += _("  (known: {known}; {source})").format(known=", ".join(row["known"]), source=row["source"])
    return [str(row["address"]), str(row["port"]), _("trusted now") if row["pinned"] else row["state"], told]


def _refused(report: Report, as_json: bool, empty: dict[str, Any]) -> int:
    """What is wrong with a file that names no nodes, in the shape of a command that prints no report."""
    from rancher_tui.commands.output import print_finding

    if as_json:
        print_json({**empty, "findings": [finding.to_json() for finding in report.findings]})
    else:
        for finding in report.findings:
            print_finding(finding)
    return BAD


def _not_agreed(check: str, title: Message, remedy: Message, as_json: bool) -> int:
    """A step that needs a typed word in the screens was called without its --yes."""
    from rancher_tui.finding import Finding, Report, Status

    if as_json:
        finding = Finding(Status.UNKNOWN, "not-agreed", "nodes", title, remedy=remedy, check=check, step=1)
        print_json(Report(check, (finding,)).to_json())
    note(f"{title}; {remedy}")
    return BAD


def ports(
    target: Target,
    node: NodeNames = None,
    yes: Yes = [],  # noqa: B006
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Try the ports from each node to each, with listeners that are removed again. Needs --yes ports.

    Example: rancher-tui ports prod --yes ports
    """
    from rancher_tui.finding import Report
    from rancher_tui.hosts import look_between
    from rancher_tui.nodes.between import between

    fleet = _fleet(target, node)
    if isinstance(fleet, Report):
        return print_report(fleet, as_json=as_json, strict=strict)
    if "ports" not in yes:
        title = msg("this starts small listeners on the nodes for a few seconds, and removes them")
        return _not_agreed("ports", title, msg("agree with --yes ports"), as_json)
    _ask_passphrases(fleet)

    async def collect() -> Report:
        facts: dict[str, Any] = {}
        if fleet.session is not None and fleet.everything:
            found = look_between(fleet.session, fleet.state, facts)
        else:
            found = between(fleet.nodes, fleet.settings(), facts=facts, numbers=fleet.numbers)
        return Report("ports", tuple([finding async for finding in found]), facts, step=1)

    return print_report(asyncio.run(collect()), as_json=as_json, strict=strict)


def cleanup(
    target: Target,
    node: NodeNames = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FOLDER", help="Write each node's script there.")
    ] = None,
    yes: Yes = [],  # noqa: B006
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Show what an earlier cluster left on each node, what `rke up` would make of it, and a script that clears it.

    Nothing is changed but on nodes whose name is given by --yes: there the script is run, snapshots copied first.
    Example: rancher-tui cleanup prod --node 10.0.1.12 -o scripts
    """
    from rancher_tui.commands.cleaning import carry_out, collect, print_plans
    from rancher_tui.finding import Report

    fleet = _fleet(target, node)
    if isinstance(fleet, Report):
        return print_report(fleet, as_json=as_json, strict=strict)
    _ask_passphrases(fleet)
    work = asyncio.run(collect(fleet))
    agreed = [_named(work.plans, name) for name in yes]
    if output:
        folder = Path(output).expanduser()
        for number, plan in work.plans.items():
            if plan:
                folder.mkdir(parents=True, exist_ok=True)
                _write(folder / f"cleanup-{number}-{_file_name(plan.name)}.sh", plan.script(), 0o700)
    if not as_json:
        print_plans(work)
    if agreed:
        asyncio.run(carry_out(fleet, work, agreed))
    elif any(work.plans.values()):
        note(_("nothing was changed; to run a node's script, agree with --yes and its name"))
    return print_report(work.report(), as_json=as_json, strict=strict)


def _named(plans: dict[int, Any], name: str) -> int:
    found = [number for number, plan in plans.items() if name in (plan.name, plan.address)]
    if len(found) != 1:
        known = ", ".join(plan.name for plan in plans.values())
        raise CallError(msg("--yes takes the name of one of these nodes: {known}", known=known))
    return found[0]


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in ".-_" else "_" for sign in name)
