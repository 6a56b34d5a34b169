"""Commands about files: nodes, export, diff, lint, versions, cert, cert-make, keys."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, Output, SessionName, Strict, Yes
from rancher_tui.commands.output import (
    BAD,
    OK,
    CallError,
    exit_code,
    note,
    print_finding,
    print_json,
    print_report,
    say,
    table,
)
from rancher_tui.i18n import _, msg


def nodes(
    session: SessionName,
    paste: Annotated[
        str | None, typer.Option("--paste", metavar="FILE|-", help="Add hosts from any pasteable form.")
    ] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Show the node table, or add pasted hosts (lines, CSV, /etc/hosts, Ansible inventory, a nodes: block).

    Example: rancher-tui nodes prod --paste hosts.txt
    """
    from rancher_tui.install import node_rules

    if paste is not None:
        _paste(session, paste)
    _held, state = context.look_on(session)
    found = [*node_rules.cells(state), *node_rules.table(state)]
    if as_json:
        print_json(
            {
                "session": session,
                "nodes": [node.model_dump(mode="json") for node in state.nodes],
                "findings": [finding.to_json() for finding in found],
            }
        )
        return exit_code(found, strict=strict)
    rows = [
        [
            str(number),
            node.address,
            node.user or "-",
            ",".join(node.roles),
            node.port or "22",
            node.ssh_key_path or "-",
        ]
        for number, node in enumerate(state.nodes, 1)
    ]
    for line in table(rows, ["#", _("address"), _("user"), _("roles"), _("port"), _("ssh key")]):
        say(line)
    for finding in found:
        print_finding(finding)
    return exit_code(found, strict=strict)


def _paste(session: str, source: str) -> None:
    from rancher_tui.install.state import Node
    from rancher_tui.nodes.paste import parse

    data = sys.stdin.buffer.read() if source == "-" else context.read_file(source)
    text = data.decode("utf-8", "replace")
    with context.hold(session) as (_held, store):
        like = store.state.nodes[-1] if store.state.nodes else Node()
        pasted = parse(text, like)
        for problem in pasted.problems:
            note(_("line {line}: {text}").format(line=problem.line, text=problem.text))
        if not pasted.nodes:
            raise CallError(msg("no host found in {source}", source=source))
        store.edit("pasted hosts", lambda state: state.model_copy(update={"nodes": (*state.nodes, *pasted.nodes)}))


def export(session: SessionName, output: Output = None, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Write the cluster file; an existing one is kept as FILE.YYYYMMDDTHHMMSSZ.

    A file with failing findings needs --yes export-anyway. Example: rancher-tui export prod -o rancher-cluster.yml
    """
    from rancher_tui.cluster_file.lint import lint
    from rancher_tui.install import rules
    from rancher_tui.operations import OperationError, composed, rke_version
    from rancher_tui.operations import export as write

    held, state = context.look_on(session)
    if lacking := rules.missing(state, 10):
        note(str(lacking))
        return BAD
    try:
        text = composed(held, state)
        found = lint(
            text.encode(), name="rancher-cluster.yml", rke=rke_version(held, state), fqdn=state.fqdn
        ).findings
        if any(finding.bad for finding in found) and "export-anyway" not in yes:
            for finding in found:
                if finding.bad:
                    print_finding(finding)
            note(_("nothing was written; agree with --yes export-anyway"))
            return BAD
        if output == "-":
            sys.stdout.write(text)
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
                "findings": [finding.to_json() for finding in found],
            }
        )
        return OK
    say(_("{path} is written").format(path=exported.path))
    if exported.kept:
        say(_("the one before is {path}").format(path=exported.kept))
    return OK


def diff(
    session: SessionName,
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="Compare with this file.")] = None,
) -> int:
    """Show what an export would change in the exported file, or in any file.

    Example: rancher-tui diff prod
    """
    from rancher_tui.cluster_file.diff import unified
    from rancher_tui.operations import OperationError, composed
    from rancher_tui.text import clean

    held, state = context.look_on(session)
    path = Path(file).expanduser() if file else held.cluster_file
    before = context.read_file(str(path)).decode("utf-8", "replace") if file or path.is_file() else ""
    try:
        after = composed(held, state)
    except OperationError as error:
        note(f"{error.code}: {error.message}")
        return BAD
    for line in unified(before, after, str(path), _("now")).splitlines():
        say(clean(line))
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
    from rancher_tui.cluster_file.lint import lint as judge

    report = judge(context.read_file(cluster_file), name=cluster_file, rke=rke)
    return print_report(report, as_json=as_json, strict=strict)


def versions(
    rancher: Annotated[str | None, typer.Option("--rancher", metavar="V")] = None,
    rke: Annotated[str | None, typer.Option("--rke", metavar="V")] = None,
    kubernetes: Annotated[str | None, typer.Option("--kubernetes", metavar="V")] = None,
    docker: Annotated[str | None, typer.Option("--docker", metavar="V")] = None,
    os_name: Annotated[str | None, typer.Option("--os", metavar="NAME")] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Tell which versions go together with those given, and why others do not.

    Example: rancher-tui versions --rancher v2.0.8 --docker 17.03.2-ce
    """
    from rancher_tui.compatibility.solve import Known, judge

    report = judge(Known(rancher=rancher, rke=rke, kubernetes=kubernetes, docker=docker, os=os_name))
    return print_report(report, as_json=as_json, strict=strict)


def cert(
    chain: Annotated[str | None, typer.Argument(metavar="CHAIN", help="The chain file, in any form.")] = None,
    connect: Annotated[
        str | None, typer.Option("--connect", metavar="HOST:PORT", help="Judge the chain that is served there.")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="FILE", help="The private key.")] = None,
    ca: Annotated[str | None, typer.Option("--ca", metavar="FILE", help="The CA that Rancher publishes.")] = None,
    fqdn: Annotated[str | None, typer.Option("--fqdn", metavar="NAME", help="The name it must cover.")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="RFC3339", help="Judge at this time.")] = None,
    fix: Annotated[str | None, typer.Option("--fix", metavar="OUT", help="Write the repaired chain here.")] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Judge a certificate chain: order, path, names, key, CA.

    Example: rancher-tui cert fullchain.pem --key privkey.pem --ca ca.pem --fqdn rancher.example.com
    """
    from rancher_tui.certificates.judge import judge
    from rancher_tui.certificates.repair import repair

    if (chain is None) == (connect is None):
        raise CallError(msg("name a chain file, or --connect HOST:PORT"))
    name = chain or str(connect)
    data = context.read_file(chain) if chain else _served(str(connect), fqdn)
    report = judge(
        data,
        chain_name=name,
        key=context.read_file(key) if key else None,
        key_name=key or "",
        ca=context.read_file(ca) if ca else None,
        ca_name=ca or "",
        fqdn=fqdn,
        at=_moment(at) if at else None,
    )
    if fix is not None:
        result = repair(
            data,
            key=context.read_file(key) if key else None,
            ca=context.read_file(ca) if ca else None,
            fqdn=fqdn,
            at=_moment(at) if at else None,
        )
        if result.data is not None:
            context.write_new(Path(fix).expanduser(), result.data)
            note(_("{path} is written").format(path=fix))
        else:
            note(str(result.reason))
    return print_report(report, as_json=as_json, strict=strict)


def cert_make(
    fqdn: Annotated[str, typer.Option("--fqdn", metavar="NAME", help="The name or address of the server.")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Folder to write into.")],
    as_json: Json = False,
) -> int:
    """Make a private CA and a server certificate for the FQDN; private keys are 0600, nothing is overwritten.

    Example: rancher-tui cert-make --fqdn rancher.example.com -o certificates
    """
    from rancher_tui.certificates.make import write_pair
    from rancher_tui.files import make_folder

    folder = Path(output).expanduser()
    try:
        make_folder(folder)
        written = write_pair(fqdn, folder)
    except ValueError as error:
        raise CallError(
            msg("{name} is neither a DNS name nor an address: {error}", name=fqdn, error=str(error))
        ) from error
    except FileExistsError as error:
        raise CallError(
            msg("{path} is there already and is not overwritten", path=str(error.filename or error))
        ) from error
    except OSError as error:
        raise CallError(
            msg("{path} cannot be written: {error}", path=output, error=error.strerror or str(error))
        ) from error
    if as_json:
        print_json({"folder": str(folder), "fqdn": fqdn, "files": {path.name: str(path) for path in written}})
    else:
        for path in written:
            say(str(path))
    return OK


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CallError(msg("{text} is no time; RFC 3339 such as 2026-11-23T02:00:00Z", text=text)) from error
    if moment.tzinfo is None:
        raise CallError(msg("{text} has no zone; end it in Z for UTC", text=text))
    return moment


def _served(target: str, fqdn: str | None) -> bytes:
    import asyncio
    import ssl

    from rancher_tui.transport.tls import fetch_chain

    host, _colon, port = target.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise CallError(msg("{target}: HOST:PORT was expected", target=target))
    try:
        chain = asyncio.run(fetch_chain(host, int(port), fqdn or host, 10.0))
    except OSError as error:
        raise CallError(msg("{target} showed no certificate: {error}", target=target, error=str(error))) from error
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain).encode()


def keys(as_json: Json = False) -> int:
    """List every key of the screens: what it does and where.

    Example: rancher-tui keys
    """
    from rancher_tui.actions import table as action_table

    if as_json:
        print_json(
            [
                {"action": item.id, "keys": list(item.keys), "title": item.title, "help": item.help}
                for item in action_table().actions
            ]
        )
        return OK
    rows = [[" ".join(item.keys), item.shown(), item.explained] for item in action_table().actions]
    for line in table(rows, [_("key"), _("action"), ""]):
        say(line)
    return OK
