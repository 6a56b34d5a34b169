"""Commands about the cluster file and the versions: export, diff, lint, versions, images, defaults."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, Output, SessionName, Strict, Yes
from rancher_tui.commands.output import (
    BAD,
    OK,
    CallError,
    note,
    print_finding,
    print_json,
    print_report,
    say,
    stream,
    table,
)
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg

if TYPE_CHECKING:
    from rancher_tui.finding import Finding

EXPORT_ANYWAY = "export-anyway"
"""The code to agree with where what is exported has failing findings."""


def export(session: SessionName, output: Output = None, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Write the cluster file; an existing one is kept as FILE.YYYYMMDDTHHMMSSZ.

    A file with failing findings needs --yes export-anyway. Example: rancher-tui export prod -o rancher-cluster.yml
    """
    from rancher_tui.install import rules
    from rancher_tui.operations.exporting import export as write
    from rancher_tui.operations.reviewing import review
    from rancher_tui.proofs.inputs import OperationError

    held, state = context.look_on(session)
    if lacking := rules.missing(state, 10):
        note(str(lacking))
        return BAD
    try:
        looked = review(held, state)
        if looked.bad and EXPORT_ANYWAY not in yes:
            return _refused(looked.bad, session, as_json=as_json)
        if output == "-":
            sys.stdout.write(looked.text)
            return OK
        exported = write(held, state, Path(output).expanduser() if output else None)
    except OperationError as error:
        note(f"{error.code}: {error.message}")
        return BAD
    if as_json:
        print_json(
            {
                "file": str(exported.path),
                "sha256": exported.sha256,
                "kept": str(exported.kept) if exported.kept else None,
                "findings": [finding.to_json() for finding in looked.findings],
            }
        )
        return OK
    say(_("{path} is written").format(path=exported.path))
    if exported.kept:
        say(_("the one before is {path}").format(path=exported.kept))
    return OK


def _refused(findings: list[Finding], session: str, *, as_json: bool) -> int:
    if as_json:
        print_json(
            {"file": None, "sha256": None, "kept": None, "findings": [finding.to_json() for finding in findings]}
        )
    else:
        for finding in findings:
            print_finding(finding)
    note(_("nothing was written; agree with --yes {code}").format(code=EXPORT_ANYWAY))
    return BAD


def diff(
    session: SessionName,
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="Compare with this file.")] = None,
    applied: Annotated[
        bool, typer.Option("--applied", help="Compare with the file that the newest run applied.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show what an export would change: in the exported file, in the last applied one, or in any file.

    Secrets are masked, also where they differ. Example: rancher-tui diff prod --applied
    """
    from rancher_tui.operations.reviewing import compared
    from rancher_tui.proofs.inputs import OperationError

    if file and applied:
        raise CallError(msg("name a file, or --applied"))
    held, state = context.look_on(session)
    if file:
        context.read_file(file)
    try:
        found = compared(held, state, Path(file).expanduser() if file else None, applied=applied)
    except OperationError as error:
        note(f"{error.code}: {error.message}")
        return BAD
    if as_json:
        print_json({"session": session, "against": found.against, "changed": found.changed, "diff": found.lines})
        return OK
    from rancher_tui.text import clean

    for line in found.lines:
        say(clean(line))
    if not found.lines:
        note(str(found.told))
    return OK


def lint(
    cluster_file: Annotated[str, typer.Argument(metavar="CLUSTER_FILE", help="Any cluster file, ours or not.")],
    rke: Annotated[str | None, typer.Option("--rke", metavar="VERSION", help="The rke that will read it.")] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Judge a cluster file: what rke would refuse, and what would go wrong although rke takes it.

    Example: rancher-tui lint rancher-cluster.yml --rke v0.1.16
    """
    from rancher_tui import facts
    from rancher_tui.cluster_file.lint import lint as judge

    if rke is not None and facts.release(rke) is None:
        raise CallError(msg("{version} is no release of rke; for example v0.1.16", version=rke))
    report = judge(context.read_file(cluster_file, context.LARGEST_YAML), name=cluster_file, rke=rke)
    return print_report(report, as_json=as_json, strict=strict)


def versions(
    rancher: Annotated[str | None, typer.Option("--rancher", metavar="V", help="The Rancher version.")] = None,
    rke: Annotated[str | None, typer.Option("--rke", metavar="V", help="The RKE version.")] = None,
    kubernetes: Annotated[
        str | None, typer.Option("--kubernetes", metavar="V", help="The Kubernetes version, as RKE names it.")
    ] = None,
    docker: Annotated[
        str | None, typer.Option("--docker", metavar="V", help="The Docker version of the hosts.")
    ] = None,
    os_name: Annotated[
        str | None, typer.Option("--os", metavar="NAME", help="The hosts' system, such as ubuntu-16.04.")
    ] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Tell which versions go together with those given, and why others do not.

    Example: rancher-tui versions --rancher v2.0.8 --docker 17.03.2-ce
    """
    from rancher_tui.compatibility.notices import notices
    from rancher_tui.compatibility.solve import Known, judge

    report = judge(Known(rancher=rancher, rke=rke, kubernetes=kubernetes, docker=docker, os=os_name))
    if not as_json:
        from rancher_tui.compatibility.words import told

        for line in told(report.facts):
            say(line)
        say()
        for notice in notices():
            say(f"- {_(notice.text)}")
        say()
    return print_report(report, as_json=as_json, strict=strict)


def images(
    session: Annotated[str | None, typer.Argument(metavar="[SESSION]", help="The session's versions.")] = None,
    rancher: Annotated[str | None, typer.Option("--rancher", metavar="V", help="The Rancher version.")] = None,
    rke: Annotated[str | None, typer.Option("--rke", metavar="V", help="The RKE version.")] = None,
    kubernetes: Annotated[
        str | None, typer.Option("--kubernetes", metavar="V", help="The Kubernetes version, as RKE names it.")
    ] = None,
    plugin: Annotated[str | None, typer.Option("--plugin", metavar="NAME", help="The network plugin.")] = None,
    registry: Annotated[
        str | None, typer.Option("--registry", metavar="HOST[:PORT]", help="As named in this registry.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Ask from every node whether they can still be pulled.")
    ] = False,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """List the images that a set of versions needs, one a line, as for a mirror without the internet.

    --check looks from the nodes of SESSION whether each can still be pulled; nothing is pulled.
    Example: rancher-tui images --rancher v2.0.8 --kubernetes v1.11.6-rancher1-1
    """
    from rancher_tui.compatibility.notices import Chosen
    from rancher_tui.proofs.images import check as look
    from rancher_tui.proofs.images import chosen_by

    given = Chosen(rancher=rancher, rke=rke, kubernetes=kubernetes, plugin=plugin, registry=registry)
    if check and session is None:
        raise CallError(msg("--check asks the nodes of a session: name one"))
    if session is None:
        chosen = given
    else:
        held, state = context.look_on(session)
        chosen = chosen_by(held, state, given)
        if check:

            async def findings() -> AsyncIterator[Finding]:
                async for finding in look(held, state, chosen, facts):
                    yield finding

            facts: dict[str, object] = {}
            return wait_for(stream(findings(), facts, as_json=as_json, strict=strict))
    found = chosen.images()
    if not found:
        raise CallError(
            msg("the images of {version} are not known", version=chosen.kubernetes or chosen.rke or "-")
        )
    if as_json:
        print_json({"versions": chosen.as_json(), "images": list(found)})
    else:
        for image in found:
            say(image)
    return OK


def defaults(
    session: Annotated[
        str | None, typer.Argument(metavar="[SESSION]", help="Keep what this session says as your defaults.")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Begin new sessions empty again.")] = False,
    as_json: Json = False,
) -> int:
    """Show or keep what new sessions begin with: your login, key, registry and kind of load balancer.

    Example: rancher-tui defaults prod
    """
    from rancher_tui.install import own_defaults

    home = context.home()
    if forget and session:
        raise CallError(msg("name a session, or --forget"))
    try:
        if forget:
            own_defaults.forget(home)
        elif session:
            _held, state = context.look_on(session)
            own_defaults.save(home, state)
    except OSError as error:
        raise CallError(
            msg("{home} cannot be written: {error}", home=str(home.path), error=error.strerror or str(error))
        ) from error
    kept = own_defaults.load(home)
    if as_json:
        print_json({"file": str(own_defaults.file_of(home)), "defaults": kept})
    elif not kept:
        say(_("no defaults; `rancher-tui defaults SESSION` keeps those of a session"))
    else:
        for line in table([[path, text] for path, text in kept.items()], [_("field"), _("value")]):
            say(line)
    return OK
