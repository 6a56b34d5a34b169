"""Commands about certificates: cert, cert-make, cert-replace."""

from __future__ import annotations

import getpass
import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName, Strict
from rancher_tui.commands.output import OK, CallError, note, print_json, print_report, say
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean

if TYPE_CHECKING:
    from rancher_tui.certificates.files import Files

CONNECT_SECONDS = 10.0
"""How long connecting and the handshake may take together."""
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def cert(
    chain: Annotated[str | None, typer.Argument(metavar="CHAIN", help="The chain file, in any form.")] = None,
    connect: Annotated[
        str | None, typer.Option("--connect", metavar="HOST:PORT", help="Judge the chain that is served there.")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="FILE", help="The private key.")] = None,
    ca: Annotated[str | None, typer.Option("--ca", metavar="FILE", help="The CA that Rancher publishes.")] = None,
    fqdn: Annotated[str | None, typer.Option("--fqdn", metavar="NAME", help="The name it must cover.")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="RFC3339", help="Judge at this time.")] = None,
    fix: Annotated[
        str | None, typer.Option("--fix", metavar="OUT", help="Write the repaired chain into this new file.")
    ] = None,
    passphrase: Annotated[
        str | None,
        typer.Option(
            "--passphrase",
            metavar="env:VAR|file:PATH|-",
            help="Opens a PKCS#12 file or an encrypted key (- is stdin); it is not kept.",
        ),
    ] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Judge a certificate chain: order, path, names, key, CA.

    Example: rancher-tui cert fullchain.pem --key privkey.pem --ca ca.pem --fqdn rancher.example.com
    """
    from rancher_tui.certificates.files import Files
    from rancher_tui.certificates.judge import judge, not_served
    from rancher_tui.certificates.system import roots

    if (chain is None) == (connect is None):
        raise CallError(msg("name a chain file, or --connect HOST:PORT"))
    moment = _moment(at) if at is not None else None
    target = _new_file(fix) if fix is not None else None
    files = Files(
        chain=context.read_file(chain) if chain is not None else b"",
        chain_name=chain or str(connect),
        key=context.read_file(key) if key is not None else None,
        key_name=key or "",
        ca=context.read_file(ca) if ca is not None else None,
        ca_name=ca or "",
        fqdn=fqdn,
        at=moment,
        passphrase=_secret(passphrase) if passphrase is not None else None,
        system=roots() if ca is None else (),
    )
    if connect is not None:
        served = _served(connect, fqdn)
        if isinstance(served, str):
            return print_report(not_served(files, served), as_json=as_json, strict=strict)
        files = files.with_chain(served)
    report = judge(files)
    if target is not None:
        _write_repaired(files, target)
    return print_report(report, as_json=as_json, strict=strict)


def _write_repaired(files: Files, target: Path) -> None:
    """Write the chain in right order; of a file without a server's certificate, its certificates as plain PEM."""
    from rancher_tui.certificates.repair import converted, repair

    repaired = repair(files)
    data = repaired.data or converted(files.chain, files.passphrase)
    if repaired.reason:
        note(str(repaired.reason))
    if data is not None:
        context.write_new(target, data)
        note(_("{path} is written").format(path=target))
    if repaired.remains:
        note(str(repaired.remains))


def _new_file(text: str) -> Path:
    """The path of a file that is not there yet; CallError where it is, before anything is judged."""
    path = Path(text).expanduser()
    if os.path.lexists(path):
        raise CallError(msg("{path} is there already and is not overwritten; name another file", path=str(path)))
    if not path.parent.is_dir():
        raise CallError(msg("{path}: there is no such folder", path=str(path.parent)))
    return path


def _secret(source: str) -> str:
    """The passphrase from a variable, a file, standard input or the terminal, never from the call itself."""
    from rancher_tui.install.secrets import SecretError, Secrets

    if source == "-":
        return getpass.getpass(_("Passphrase: ")) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not source.startswith(("env:", "file:")):
        raise CallError(msg("a passphrase on the command line can be seen by others; env:VAR, file:PATH or -"))
    try:
        return Secrets(Path(os.devnull)).resolve(source, pipes=True).rstrip("\r\n")
    except SecretError as error:
        raise CallError(error.message) from error


def cert_make(
    fqdn: Annotated[str, typer.Option("--fqdn", metavar="NAME", help="The name or address of the server.")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Folder to write into.")],
    as_json: Json = False,
) -> int:
    """Make a private CA and a server certificate for the FQDN; private keys are 0600, nothing is overwritten.

    Example: rancher-tui cert-make --fqdn rancher.example.com -o certificates
    """
    from rancher_tui.certificates.make import write_pair

    folder = Path(output).expanduser()
    try:
        written = write_pair(fqdn, folder)
    except ValueError as error:
        raise CallError(msg("{name} is neither a DNS name nor an address", name=fqdn)) from error
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


def cert_replace(
    session: SessionName,
    new_ca: Annotated[bool, typer.Option("--new-ca", help="The new chain comes from another CA.")] = False,
    as_json: Json = False,
) -> int:
    """Say how the served certificate, or the CA, is replaced later: steps and commands with this install's values.

    Example: rancher-tui cert-replace prod --new-ca
    """
    from rancher_tui.operations.certificates import later

    held, state = context.look_on(session)
    steps = later(state, held.reports().get("certificates"), new_ca=new_ca)
    if as_json:
        told = [{"text": step.text.english, "command": step.command, "why": step.why.english} for step in steps]
        print_json({"session": session, "new_ca": new_ca, "steps": told})
        return OK
    for number, step in enumerate(steps, 1):
        say(f"{number}. {clean(str(step.text))}")
        for line in (step.command, str(step.why)):
            if line:
                say(f"   {clean(line)}")
    return OK


def _moment(text: str) -> datetime:
    """A time by RFC 3339; CallError for anything else, a time without its zone too."""
    try:
        if _RFC3339.fullmatch(text):
            return datetime.fromisoformat(text.upper().replace(" ", "T"))
    except ValueError:
        pass
    raise CallError(msg("{text} is no time by RFC 3339 such as 2026-11-23T02:00:00Z", text=text))


def _served(target: str, fqdn: str | None) -> bytes | str:
    """The served chain as PEM; why there is none as text. CallError where `target` is no HOST:PORT."""
    from rancher_tui.certificates import names
    from rancher_tui.certificates.served import as_pem
    from rancher_tui.transport.tls import fetch_chain

    host, _colon, port = target.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if names.host(host.partition("%")[0]) is None or not re.fullmatch(r"[0-9]{1,5}", port):
        raise CallError(msg("{target}: HOST:PORT was expected", target=target))
    if not 0 < int(port) < 65536:
        raise CallError(msg("{target}: a port is a number from 1 to 65535", target=target))
    asked = names.host(fqdn) if fqdn is not None else None
    name = (asked.name or str(asked.address)) if asked is not None else host
    try:
        return as_pem(wait_for(fetch_chain(host, int(port), name, CONNECT_SECONDS)))
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
