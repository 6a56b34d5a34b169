"""Commands that look at the world: check, preflight, trust, ports, rke."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName, Strict, Yes
from rancher_tui.commands.output import BAD, OK, CallError, note, print_json, print_report, say, stream, table
from rancher_tui.i18n import _, msg

if TYPE_CHECKING:
    from rancher_tui.finding import Finding
    from rancher_tui.install.session import Session
    from rancher_tui.install.state import InstallState

Names = Annotated[list[str] | None, typer.Argument(metavar="STEP", help="Numbers or slugs; none means all.")]
NodeNames = Annotated[
    list[str] | None,
    typer.Option("--node", metavar="NAME", help="Only this node (address or number); may be repeated."),
]


def check(session: SessionName, step: Names = None, as_json: Json = False, strict: Strict = False) -> int:
    """Run the checks that prove these steps and keep their reports in the session.

    Example: rancher-tui check prod hosts 3
    """
    from rancher_tui.install import steps

    held, state = context.look_on(session)
    chosen = []
    for name in step or [str(item.number) for item in steps.STEPS]:
        found = steps.step(name)
        if found is None:
            slugs = ", ".join(item.slug for item in steps.STEPS)
            raise CallError(msg("{name} is no step; 1 to 12, or one of {slugs}", name=name, slugs=slugs))
        chosen.append(found.number)
    return asyncio.run(stream(_check(held, state, chosen), {}, as_json=as_json, strict=strict))


async def _check(session: Session, state: InstallState, numbers: list[int]) -> AsyncIterator[Finding]:
    """The judgement of the inputs first, then the checks; a step without its inputs is told and passed over."""
    from rancher_tui.checks import run_step
    from rancher_tui.finding import Finding, Status
    from rancher_tui.install import rules, steps

    for number in numbers:
        lacking = rules.missing(state, number)
        slug = steps.STEPS[number - 1].slug
        if lacking:
            yield Finding(Status.UNKNOWN, "input-missing", slug, lacking, check=slug, step=number)
            continue
        for finding in rules.findings(state, number):
            yield finding
        async for finding in run_step(number, session, state):
            yield finding


def _state_of(target: str) -> tuple[Session | None, InstallState]:
    """The session of that name, or the state behind a cluster file of that path."""
    if not Path(target).expanduser().is_file():
        return context.look_on(target)
    from rancher_tui.cluster_file.read import read

    found = read(context.read_file(target), target)
    if found.state is None:
        raise CallError(
            msg("{path} is no cluster file that can be read; `rancher-tui lint` says why", path=target)
        )
    return None, found.state


def _settings(session: Session | None, state: InstallState) -> Any:
    from rancher_tui.checks import connect_settings
    from rancher_tui.transport.ssh import ConnectSettings

    if session is not None:
        return connect_settings(session, state)
    return ConnectSettings.of(state, folder=Path(), pins=Path("known_hosts.rancher-tui"), secret=lambda text: text)


def _chosen(state: InstallState, names: list[str] | None) -> list[int]:
    """Numbers of the chosen nodes, from 1; CallError for a name that no node has."""
    if not names:
        return list(range(1, len(state.nodes) + 1))
    found = []
    for name in names:
        numbers = [
            number
            for number, node in enumerate(state.nodes, 1)
            if name in (node.address, node.hostname_override, str(number))
        ]
        if not numbers:
            known = ", ".join(node.address for node in state.nodes)
            raise CallError(msg("{name} is no node; there are {known}", name=name, known=known))
        found.extend(numbers)
    return sorted(set(found))


def preflight(
    target: Annotated[str, typer.Argument(metavar="SESSION|CLUSTER_FILE", help="Whose nodes.")],
    node: NodeNames = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Prove over SSH that RKE will be able to work on every node. Nothing is written on them.

    Example: rancher-tui preflight prod --node 10.0.1.11
    """
    from rancher_tui.checks import run
    from rancher_tui.nodes.preflight import preflight as look

    session, state = _state_of(target)
    if session is not None and not node:
        return asyncio.run(stream(run("preflight", session, state), {}, as_json=as_json, strict=strict))
    numbers = _chosen(state, node)
    nodes = [state.nodes[number - 1] for number in numbers]
    facts: dict[str, Any] = {}
    found = look(nodes, _settings(session, state), facts=facts, numbers=numbers)
    return asyncio.run(stream(found, facts, as_json=as_json, strict=strict))


def trust(session: SessionName, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Show every node's host key; with --yes trust, pin those that are new. A changed key is never pinned.

    Example: rancher-tui trust prod --yes trust
    """
    from rancher_tui.nodes.host_keys import pin, scan

    held, state = context.look_on(session)
    keys = asyncio.run(scan(state.nodes, _settings(held, state)))
    rows = [
        {
            "address": key.address,
            "port": key.port,
            "state": key.trust.value if key.trust else "unreachable",
            "keys": [{"type": key.key_type, "fingerprint": key.fingerprint}] if key.fingerprint else [],
        }
        for key in keys
    ]
    pinned = pin(held.known_hosts, keys) if "trust" in yes else 0
    if pinned:
        held.journal("trust", hosts=[row["address"] for row in rows], taken=pinned)
    if as_json:
        print_json({"nodes": rows, "pinned": pinned})
    else:
        cells = [
            [str(row["address"]), str(row["port"]), str(row["state"]), key.fingerprint or str(key.error or "")]
            for row, key in zip(rows, keys, strict=True)
        ]
        for line in table(cells, [_("node"), _("port"), _("key"), _("fingerprint")]):
            say(line)
    bad = [row for row in rows if row["state"] not in ("known",)]
    if not bad or (pinned and all(row["state"] == "unknown" for row in bad)):
        return OK
    if not pinned and any(row["state"] == "unknown" for row in bad):
        note(_("compare the fingerprints with the hosts' own, then agree with --yes trust"))
    return BAD


def ports(session: SessionName, yes: Yes = [], as_json: Json = False, strict: Strict = False) -> int:  # noqa: B006
    """Try the ports from each node to each, with listeners that are removed again. Needs --yes ports.

    Example: rancher-tui ports prod --yes ports
    """
    from rancher_tui.finding import Report
    from rancher_tui.nodes.between import between

    held, state = context.look_on(session)
    if "ports" not in yes:
        note(_("this starts small listeners on the nodes for a few seconds; agree with --yes ports"))
        return BAD

    async def collect() -> Report:
        facts: dict[str, Any] = {}
        found = between(state.nodes, _settings(held, state), facts=facts)
        return Report("ports", tuple([finding async for finding in found]), facts, step=1)

    return print_report(asyncio.run(collect()), as_json=as_json, strict=strict)


def rke(
    session: Annotated[str | None, typer.Option("--session", metavar="SESSION", help="Whose binary.")] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Find the rke binary (session, PATH) and judge it.

    Example: rancher-tui rke --session prod
    """
    from rancher_tui.finding import Finding, Report, Status
    from rancher_tui.rke import binary

    if session is not None:
        held, state = context.look_on(session)
        given, folder, wanted = state.rke.binary, held.path, state.rke.version.strip()
    else:
        given, folder, wanted = "", Path("/nonexistent"), ""
    found = binary.find(given, folder)

    async def collect() -> Report:
        facts: dict[str, Any] = {}
        if found is None:
            title = msg("no rke binary: neither a path given, nor in the session, nor on PATH")
            return Report("rke", (Finding(Status.FAIL, "rke-missing", "rke", title, check="rke", step=4),), facts)
        judged = binary.judge(found, wanted=wanted, facts=facts)
        return Report("rke", tuple([finding async for finding in judged]), facts, step=4)

    return print_report(asyncio.run(collect()), as_json=as_json, strict=strict)
