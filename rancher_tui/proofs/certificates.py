"""Step 7 proven: the files that the state names, and the chain that the load balancer serves, judged.

What cannot be had is an `OperationError`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.files import read_named
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import LARGEST, NO_FILE, OperationError

if TYPE_CHECKING:
    from rancher_tui.certificates.files import Files

RECOGNIZED: Final = ("external-recognized-ca", "ingress-recognized-ca")
SERVED: Final = "served"
"""The report of the chain on the wire."""


def _bytes(path: str) -> bytes | None:
    """The contents of a file of the state; None where none is named; OperationError where it cannot be read."""
    if not path.strip():
        return None
    try:
        return read_named(Path(path.strip()).expanduser(), LARGEST)
    except NO_FILE as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OperationError(
            "file-unreadable", msg("{path} cannot be read: {error}", path=path, error=reason)
        ) from error


def read(state: InstallState, passphrase: str | None = None) -> Files:
    """The files that the state names, read now; with a recognized CA no CA file, but this machine's store."""
    from rancher_tui.certificates.files import Files
    from rancher_tui.certificates.system import roots

    named = state.certificates
    recognized = state.template in RECOGNIZED
    chain = _bytes(named.chain_path)
    if chain is None:
        raise OperationError("file-unreadable", msg("no chain file is named"))
    return Files(
        chain=chain,
        chain_name=named.chain_path.strip(),
        key=_bytes(named.key_path),
        key_name=named.key_path.strip(),
        ca=None if recognized else _bytes(named.ca_path),
        ca_name=named.ca_path.strip(),
        fqdn=state.fqdn.strip() or None,
        passphrase=passphrase,
        system=roots(),
    )


def judge(state: InstallState, passphrase: str | None = None) -> Report:
    """The report for the files that the state names, read now."""
    from rancher_tui.certificates.judge import judge as judge_files

    unread = tuple(_unread(state))
    lost = {finding.subject for finding in unread}
    named = state.certificates
    chain = named.chain_path.strip()
    if not chain or chain in lost:
        return Report("certificates", unread or (_NO_CHAIN,))
    left_out = [field for field in _BESIDE if getattr(named, field).strip() in lost]
    readable = named.model_copy(update=dict.fromkeys(left_out, ""))
    files = read(state.model_copy(update={"certificates": readable}), passphrase)
    report = judge_files(files)
    if state.template in RECOGNIZED:
        report = _by_the_store(report, files.chain_name)
    told = {_BESIDE[field] for field in left_out}
    return replace(report, findings=(*unread, *(item for item in report.findings if item.code not in told)))


_NO_CHAIN: Final = Finding(Status.FAIL, "file-unreadable", "chain", msg("no chain file is named"))
_BESIDE: Final = {"key_path": "key-missing", "ca_path": "ca-missing"}
"""Fields of files beside the chain, and what a judgement without that file says of it."""


def _unread(state: InstallState) -> Iterator[Finding]:
    """A fail for each file that the state names and that cannot be read."""
    named = state.certificates
    wanted = (named.chain_path, named.key_path, "" if state.template in RECOGNIZED else named.ca_path)
    for path in dict.fromkeys(path.strip() for path in wanted if path.strip()):
        try:
            _bytes(path)
        except OperationError as error:
            yield Finding(Status.FAIL, error.code, path, error.message)


def _by_the_store(report: Report, subject: str) -> Report:
    """With a recognized CA no CA file is missing; a chain that this machine does not trust is not proven."""
    trusted = any(item.code == "system-store" and item.evidence.get("trusted") for item in report.findings)
    beside = ("ca-missing",) if trusted else ("ca-missing", "system-store")
    kept = tuple(item for item in report.findings if item.code not in beside)
    if trusted or not report.facts.get("correct_order"):
        return replace(report, findings=kept)
    unproven = Finding(
        Status.UNKNOWN,
        "not-publicly-trusted",
        subject,
        msg("this machine's own store does not trust it"),
        msg("a recognized CA is one that every client knows"),
        msg(
            "with a CA of your own: rancher-tui set SESSION template=NAME; else look at another machine's store"
        ).or_key("with a CA of your own {key:propose} takes its template; else look at another machine's store"),
    )
    return replace(report, findings=(*kept, unproven))


async def served(session: Session, state: InstallState) -> Report:
    """The chain that the load balancer serves for the FQDN, judged like a file and compared with it; kept."""
    import asyncio

    report = await _served(state)
    await asyncio.to_thread(session.save_report, report)
    return report


async def _served(state: InstallState) -> Report:
    import asyncio

    from rancher_tui.certificates import served as wire
    from rancher_tui.certificates.judge import judge as judge_files
    from rancher_tui.certificates.judge import not_served
    from rancher_tui.transport.tls import fetch_chain

    host, port = balancer_endpoint(state)
    endpoint = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    files = replace(await asyncio.to_thread(read, state), chain_name=endpoint, key=None)
    try:
        chain = await fetch_chain(host, int(port), state.fqdn.strip() or host)
    except OSError as error:
        number = error.errno or 0
        words = os.strerror(number) if number > 0 else str(error) or type(error).__name__
        report = not_served(files, words)
        return replace(report, check=SERVED, findings=report.findings[:1])
    judged = await asyncio.to_thread(judge_files, files.with_chain(wire.as_pem(chain)))
    about_chain = tuple(item for item in judged.findings if item.code != "key-missing")
    compared = tuple(wire.compare(chain, files.chain, endpoint=endpoint))
    facts = {**judged.facts, "endpoint": endpoint}
    return replace(judged, check=SERVED, findings=(*compared, *about_chain), facts=facts)


def balancer_endpoint(state: InstallState) -> tuple[str, str]:
    """Where clients reach the load balancer: its address, else the FQDN; OperationError where it is neither."""
    from rancher_tui.certificates import names

    host, port = state.balancer.address.strip() or state.fqdn.strip(), state.balancer.https_port.strip() or "443"
    if names.host(host) is None:
        raise OperationError("no-endpoint", msg("where the load balancer is must be known first (step 2)"))
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise OperationError("no-endpoint", msg("the load balancer's HTTPS port is none: {port}", port=port))
    return host, port


def locked(report: Report | None) -> Message:
    """What needs a password before it can be judged; empty where nothing does."""
    codes = {item.code for item in report.findings} if report is not None else set()
    facts = report.facts if report is not None else {}
    if facts.get("format") == "pkcs12" and not facts.get("certificates"):
        return msg("the PKCS#12 file")
    return msg("the private key") if "key-encrypted" in codes else EMPTY
