"""What is done with an install's certificates: repaired, converted, pasted, made, replaced later.

What cannot be done is an `OperationError`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.finding import Report
from rancher_tui.i18n import Message, msg, msg_n
from rancher_tui.install.session import Session
from rancher_tui.install.state import Certificates, InstallState
from rancher_tui.proofs.certificates import read
from rancher_tui.proofs.inputs import OperationError

if TYPE_CHECKING:
    from rancher_tui.certificates.replace import Step


FOLDER: Final = "certificates"
"""In the session's folder: what was pasted or made here."""

RELOAD: Final = {
    "nginx": "nginx -s reload",
    "haproxy": "systemctl reload haproxy",
    "caddy": "systemctl reload caddy",
    "traefik": "touch the file provider's file",
    "envoy": "restart envoy, or update its SDS secret",
    "alb": "aws acm import-certificate --certificate-arn ARN --private-key fileb://new.key "
    "--certificate fileb://server.crt --certificate-chain fileb://issuers.crt",
}
"""How each kind of load balancer is made to read new files."""


def write_repaired(
    session: Session, state: InstallState, passphrase: str | None = None
) -> tuple[Certificates, Message]:
    """Write chain and CA as plain PEM beside the originals, never over a file; what the state names then."""
    from rancher_tui.certificates import ca
    from rancher_tui.certificates.repair import converted, repair

    files = read(state, passphrase)
    repaired = repair(files)
    named, written = state.certificates, []
    if repaired.data is not None and repaired.changed:
        path = _written(Path(files.chain_name).expanduser(), repaired.data)
        named, written = named.model_copy(update={"chain_path": str(path)}), [path]
    if files.ca is not None and ca.normalised(files.ca) is None:
        data = converted(files.ca, passphrase)
        if data is not None:
            path = _written(Path(files.ca_name).expanduser(), data)
            named, written = named.model_copy(update={"ca_path": str(path)}), [*written, path]
    if not written:
        raise OperationError(
            "nothing-to-repair",
            repaired.reason or msg("the file is as it should be; nothing was written"),
        )
    session.journal("repair-chain", files=[str(path) for path in written])
    told = msg("{paths} written and used from now on", paths=", ".join(path.name for path in written))
    return named, msg("{told}; {remains}", told=told, remains=repaired.remains) if repaired.remains else told


def _written(original: Path, data: bytes) -> Path:
    """`chain.fixed.pem` for `chain.pem`, with a number where that is taken."""
    ending = original.suffix if original.suffix in (".pem", ".crt", ".cer") else ".pem"
    names = (f"{original.stem}.fixed{number or ''}{ending}" for number in range(1000))
    return _new(next(path for path in (original.with_name(name) for name in names) if not path.exists()), data)


def _new(path: Path, data: bytes) -> Path:
    from rancher_tui.files import make_folder, write_atomic

    try:
        make_folder(path.parent)
        write_atomic(path, data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperationError(
            "cannot-write", msg("{path} cannot be written: {error}", path=str(path), error=reason)
        ) from error
    return path


def take_pasted(session: Session, state: InstallState, text: str) -> tuple[Certificates, Message]:
    """Keep the certificates of a pasted text in the session's folder, as the chain, or as the CA if all are CAs.

    A private key in it is not kept.
    """
    from rancher_tui.certificates import reading
    from rancher_tui.certificates.graph import leaves
    from rancher_tui.certificates.repair import to_pem

    found = reading.read(text.encode("utf-8", "surrogateescape"))
    if not found.certificates:
        raise OperationError("no-certificate", msg("no certificate was found in what was pasted"))
    field, name = ("chain_path", "chain") if leaves(found.certificates) else ("ca_path", "ca")
    folder = session.path / FOLDER
    paths = (folder / f"{name}{number or ''}.pem" for number in range(1000))
    path = _new(next(path for path in paths if not path.exists()), to_pem(found.certificates))
    session.journal("paste-certificates", file=str(path), number=len(found.certificates))
    told = msg_n(
        "{number} certificate pasted ({form}), kept as {path}",
        "{number} certificates pasted ({form}), kept as {path}",
        len(found.certificates),
        form=found.form,
        path=path.name,
    )
    if found.private_key:
        told = msg("{told}; the private key in it was not kept", told=told)
    return state.certificates.model_copy(update={field: str(path)}), told


def make_pair(session: Session, state: InstallState, folder: str) -> tuple[Certificates, Message]:
    """A private CA and a server certificate for the FQDN, written into a folder."""
    from rancher_tui.certificates.make import write_pair

    target = Path(folder.strip()).expanduser()
    try:
        paths = {path.name: str(path) for path in write_pair(state.fqdn.strip(), target)}
    except FileExistsError as error:
        raise OperationError(
            "exists",
            msg("{name} is there already; nothing was overwritten", name=Path(error.filename or folder).name),
        ) from error
    except ValueError as error:
        raise OperationError("bad-name", msg("the FQDN is needed first, a name or an address (step 8)")) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperationError(
            "cannot-write", msg("{path} cannot be written: {error}", path=folder, error=reason)
        ) from error
    session.journal("make-certificates", folder=str(target))
    named = Certificates(chain_path=paths["tls.crt"], key_path=paths["tls.key"], ca_path=paths["cacerts.pem"])
    return named, msg("made in {folder}; keep ca.key off the load balancer", folder=str(target))


def later(state: InstallState, report: Report | None, *, new_ca: bool) -> list[Step]:
    """How certificate or CA are replaced later, with this install's values."""
    from rancher_tui.balancer import paths
    from rancher_tui.certificates.replace import advice

    balancer = state.balancer
    certificate_path, key_path = ("", "") if balancer.kind == "alb" else paths.of(balancer)
    return advice(
        new_ca=new_ca,
        fqdn=state.fqdn.strip(),
        certificate_path=certificate_path,
        key_path=key_path,
        reload_command=RELOAD.get(balancer.kind, RELOAD["nginx"]),
        ca_path=state.certificates.ca_path.strip() or "ca.pem",
        checksum=str(report.facts.get("ca_checksum") or "") if report is not None else "",
        port=balancer.https_port.strip() or "443",
    )


def completions(text: str, limit: int = 200) -> list[str]:
    """Paths that begin with `text`, spelt as typed (`~` stays), folders with a slash, hidden ones if asked for."""
    head, slash, begin = text.rpartition("/")
    folder = Path(head + slash).expanduser() if slash else Path()
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
        return [
            f"{head}{slash}{entry.name}{'/' if entry.is_dir() else ''}"
            for entry in entries
            if entry.name.startswith(begin) and (begin.startswith(".") or not entry.name.startswith("."))
        ][:limit]
    except (OSError, RuntimeError, ValueError):
        return []
