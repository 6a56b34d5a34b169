"""Commands that look at the nodes: preflight, ports, cleanup; of a session or of a cluster file."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands.fleet import Fleet, NodeNames, Target, ask_passphrases, fleet_of, not_agreed
from rancher_tui.commands.options import Json, JsonLines, Strict, Yes
from rancher_tui.commands.output import CallError, note, print_report, stream
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean

if TYPE_CHECKING:
    from rancher_tui.finding import Finding, Report

ReportFile = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write the report there too: .txt, .md or .json."),
]


Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="GROUP",
        help="Tell only these checks: login, docker, system, kernel, net, clean; may be repeated.",
    ),
]


def preflight(
    target: Target,
    node: NodeNames = None,
    only: Groups = None,
    output: ReportFile = None,
    as_json: JsonLines = False,
    strict: Strict = False,
) -> int:
    """Prove over SSH that RKE will be able to work on every node. Nothing is written on them.

    The report of a whole session is kept in it; what is on offer for its node table is told, and taken by `set`.
    Example: rancher-tui preflight prod --node 10.0.1.11 -o preflight.md
    """
    from rancher_tui.finding import Report

    _check_report_name(output)
    ids = _ids(only)
    fleet = fleet_of(target, node)
    if isinstance(fleet, Report):
        return wait_for(stream(_given(fleet), {}, as_json=as_json, strict=strict))
    ask_passphrases(fleet)
    facts: dict[str, Any] = {}
    found: list[Finding] = []
    looked = _with_offers(fleet, _looked(fleet, facts, ids), found, facts)
    code = wait_for(stream(looked, facts, as_json=as_json, strict=strict))
    _tell_offers(fleet, facts["offers"])
    if output:
        _write_report(Path(output).expanduser(), Report("preflight", tuple(found), facts, step=1))
    return code


async def _given(report: Report) -> AsyncIterator[Finding]:
    for finding in report.findings:
        yield finding


async def _with_offers(
    fleet: Fleet, findings: AsyncIterator[Finding], found: list[Finding], facts: dict[str, Any]
) -> AsyncIterator[Finding]:
    """The findings, kept in `found`; at the end what is on offer for the node table is in `facts["offers"]`."""
    import asyncio

    from rancher_tui.operations.node_offers import offers

    async for finding in findings:
        found.append(finding)
        yield finding
    on_offer = await asyncio.to_thread(offers, fleet.state, facts.get("nodes", {}))
    facts["offers"] = [{"path": each.path, "value": each.value, "why": each.why.english} for each in on_offer]


def _tell_offers(fleet: Fleet, offers: list[dict[str, Any]]) -> None:
    if offers and fleet.session is not None:
        taken = " ".join(shlex.quote(f"{offer['path']}={offer['value']}") for offer in offers)
        note(
            _("on offer, not taken: rancher-tui set {session} {values}").format(
                session=fleet.session.name, values=clean(taken)
            )
        )


def _ids(groups: list[str] | None) -> frozenset[str] | None:
    """The checks of these groups; CallError for one that there is not."""
    from rancher_tui.nodes.groups import GROUPS, ids

    for name in groups or ():
        if name not in GROUPS:
            raise CallError(
                msg("{name} is no group of checks; there are {names}", name=name, names=", ".join(GROUPS))
            )
    return frozenset().union(*map(ids, groups)) if groups else None


def _looked(fleet: Fleet, facts: dict[str, Any], ids: frozenset[str] | None) -> AsyncIterator[Finding]:
    """All nodes of a session: its report is kept; else what is seen is told."""
    from rancher_tui.checks import run
    from rancher_tui.nodes.preflight import preflight as look

    if fleet.session is not None and fleet.everything and ids is None:
        return run("preflight", fleet.session, fleet.state, facts)
    expected, numbers = fleet.expected(), fleet.numbers
    return look(fleet.nodes, fleet.settings(), facts=facts, expected=expected, numbers=numbers, only=ids)


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
    from rancher_tui.nodes.between import between
    from rancher_tui.proofs.hosts import look_between

    fleet = fleet_of(target, node)
    if isinstance(fleet, Report):
        return print_report(fleet, as_json=as_json, strict=strict)
    if "ports" not in yes:
        title = msg("this starts small listeners on the nodes for a few seconds, and removes them")
        return not_agreed("ports", title, msg("agree with --yes ports"), as_json)
    ask_passphrases(fleet)

    async def collect() -> Report:
        facts: dict[str, Any] = {}
        if fleet.session is not None and fleet.everything:
            found = look_between(fleet.session, fleet.state, facts)
        else:
            found = between(fleet.nodes, fleet.settings(), facts=facts, numbers=fleet.numbers)
        return Report("ports", tuple([finding async for finding in found]), facts, step=1)

    return print_report(wait_for(collect()), as_json=as_json, strict=strict)


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

    fleet = fleet_of(target, node)
    if isinstance(fleet, Report):
        return print_report(fleet, as_json=as_json, strict=strict)
    ask_passphrases(fleet)
    work = wait_for(collect(fleet))
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
        wait_for(carry_out(fleet, work, agreed))
    elif any(work.plans.values()):
        names = ", ".join(f"--yes {clean(plan.name)}" for plan in work.plans.values() if plan)
        note(_("nothing was changed; to run a node's script, agree with its name: {names}").format(names=names))
    return print_report(work.report(), as_json=as_json, strict=strict)


def _named(plans: dict[int, Any], name: str) -> int:
    found = [number for number, plan in plans.items() if name in (plan.name, plan.address)]
    if len(found) != 1:
        known = ", ".join(plan.name for plan in plans.values())
        raise CallError(msg("--yes takes the name of one of these nodes: {known}", known=known))
    return found[0]


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in ".-_" else "_" for sign in name)
