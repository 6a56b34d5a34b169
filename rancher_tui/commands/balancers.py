"""Commands about the load balancer: balancer, balancer-lint, rehearse, probe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, Output, SessionName, Strict, Yes
from rancher_tui.commands.output import BAD, OK, CallError, note, print_finding, print_report, say
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import EMPTY, _, msg
from rancher_tui.wording import vocabulary

if TYPE_CHECKING:
    from rancher_tui.finding import Finding

REHEARSE = "rehearse"


def balancer(
    session: SessionName,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="nginx, haproxy, alb, traefik, caddy or envoy.")],
    output: Output = None,
) -> int:
    """Write the load balancer's configuration from the session's nodes and names.

    A FILE that is a folder gets one file for each part.

    Example: rancher-tui balancer prod nginx -o rancher.conf
    """
    from rancher_tui.balancer.write import RefusedError, write
    from rancher_tui.files import keep_existing, write_atomic
    from rancher_tui.install.state import BALANCER_KINDS

    _held, state = context.look_on(session)
    if kind not in BALANCER_KINDS:
        raise CallError(msg("{kind}: no such kind; there are {kinds}", kind=kind, kinds=", ".join(BALANCER_KINDS)))
    try:
        written = write(state, kind)
    except RefusedError as error:
        for finding in error.findings:
            note(f"{finding.code} {finding.subject}: {finding.title}")
        return BAD
    for told in written.notes:
        note(str(told))
    if output in (None, "-"):
        say(written.text.rstrip("\n"))
        return OK
    path = Path(str(output)).expanduser()
    files = {path / part.name: part.text for part in written.parts} if path.is_dir() else {path: written.text}
    for place, text in files.items():
        try:
            kept = keep_existing(place)
            write_atomic(place, text.encode())
        except OSError as error:
            raise CallError(msg("{path} cannot be written: {error}", path=str(place), error=str(error))) from error
        say(_("{path} is written").format(path=place))
        if kept is not None:
            say(_("the one before is {kept}").format(kept=kept.name))
    return OK


def balancer_lint(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An nginx or HAProxy configuration.")],
    fqdn: Annotated[
        str, typer.Option("--fqdn", metavar="NAME", help="Rancher's name, where the file has several sites.")
    ] = "",
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Judge an existing nginx or HAProxy configuration.

    Example: rancher-tui balancer-lint /etc/nginx/nginx.conf
    """
    from rancher_tui.balancer.lint import lint

    try:
        report = wait_for(lint(Path(file).expanduser(), fqdn))
    except OSError as error:
        raise CallError(
            msg("{path} cannot be read: {error}", path=file, error=error.strerror or str(error))
        ) from error
    return print_report(report, as_json=as_json, strict=strict)


def rehearse(
    session: SessionName,
    idle: Annotated[
        float, typer.Option("--idle", metavar="S", help="Seconds of silence that a WebSocket must outlast.")
    ] = 75.0,
    yes: Yes = [],  # noqa: B006
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Start echo servers on the nodes, send requests through the balancer, remove them. Needs --yes rehearse.

    Example: rancher-tui rehearse prod --yes rehearse
    """
    from rancher_tui.balancer.rehearse import notice
    from rancher_tui.finding import Finding, Report, Status
    from rancher_tui.operations.rehearsing import rehearsal

    held, state = context.look_on(session)
    if not 0 <= idle <= 3600:
        raise CallError(msg("--idle takes 0 to 3600 seconds"))
    if REHEARSE not in yes:
        told = [str(line) for line in notice(state)]
        title = msg("a rehearsal starts servers on the nodes; agree with --yes rehearse")
        remedy = msg("rancher-tui rehearse {session} --yes rehearse", session=session)
        asked = Finding(Status.UNKNOWN, "needs-yes", session, title, EMPTY, remedy, {"what": told}, REHEARSE, 2)
        for line in told:
            note(line)
        return print_report(Report(REHEARSE, (asked,), {}, step=2), as_json=as_json)
    facts: dict[str, Any] = {}
    found = rehearsal(held, state, idle=idle, facts=facts)
    return wait_for(_told(REHEARSE, found, facts, as_json=as_json, strict=strict))


def probe(
    name: Annotated[str, typer.Argument(metavar="NAME[:PORT]", help="The name of the Rancher server.")],
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="ADDR[:PORT]", help="The balancer; else as the name resolves here."),
    ] = None,
    ca: Annotated[
        str | None, typer.Option("--ca", metavar="FILE", help="The CA that Rancher publishes; else the system's.")
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", metavar="ADDR", help="A node, asked without the balancer too; may be repeated."),
    ] = None,
    node_port: Annotated[int, typer.Option("--node-port", metavar="PORT", help="The nodes' ingress port.")] = 80,
    http_port: Annotated[int, typer.Option("--http-port", metavar="PORT", help="The plain HTTP port.")] = 80,
    token_file: Annotated[
        str | None,
        typer.Option(
            "--token-file", metavar="FILE", help="An API key (NAME:KEY) to open a WebSocket with; - reads it."
        ),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", metavar="S", help="Seconds for one request.")] = 10.0,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Ask Rancher through its load balancer, without a login, and name the hop that is to blame.

    Example: rancher-tui probe rancher.example.com --address 203.0.113.10 --ca ca.pem
    """
    from rancher_tui.balancer.front import Front
    from rancher_tui.balancer.probe import Probe
    from rancher_tui.proofs.balancer import probing

    if timeout <= 0:
        raise CallError(msg("--timeout takes a number of seconds above 0"))
    for port in (node_port, http_port):
        if not 0 < port < 65536:
            raise CallError(msg("{port} is no port from 1 to 65535", port=port))
    ca_pem = context.read_file(ca).decode("utf-8", "replace") if ca is not None else None
    try:
        front = Front.of(name, address or "", http_port=http_port, ca_pem=ca_pem, limit=timeout)
    except ValueError as error:
        raise CallError(msg("{words}", words=str(error))) from error
    key = _key(token_file) if token_file is not None else ""
    asked = Probe(front, node or [], node_port, _normalised(ca_pem), key, planes=node or [])
    return wait_for(_told("probe", probing(asked, ca_pem), asked.facts, as_json=as_json, strict=strict))


_LARGEST_KEY: Final = 64_000


def _key(file: str) -> str:
    """An API key from a file, or from standard input for `-`."""
    return (
        (context.read_stdin(_LARGEST_KEY) if file == "-" else context.read_file(file, _LARGEST_KEY))
        .decode("latin-1")
        .strip()
    )


def _normalised(ca_pem: str | None) -> str | None:
    """What Rancher should publish, where it is known."""
    from rancher_tui.certificates.ca import normalised

    return normalised(ca_pem.encode()) if ca_pem is not None else None


async def _told(
    check: str, findings: AsyncIterator[Finding], facts: dict[str, Any], *, as_json: bool, strict: bool
) -> int:
    """Findings for people as they come; with JSON one document at the end. The exit code."""
    from rancher_tui.commands.output import exit_code
    from rancher_tui.finding import Report, count_line

    found: list[Finding] = []
    async for finding in findings:
        found.append(finding)
        if not as_json:
            print_finding(finding)
    if as_json:
        return print_report(Report(check, tuple(found), facts, step=2), as_json=True, strict=strict)
    hop = facts.get("hop")
    if hop:
        say(_("to blame: {hop}").format(hop=vocabulary.hop(hop)))
    say(str(count_line(found)))
    return exit_code(found, strict=strict)
