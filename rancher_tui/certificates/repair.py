"""The chain as it should be: right order, nothing twice, no stranger, no root; plain PEM with LF line ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from rancher_tui.certificates import reading
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import open_case
from rancher_tui.i18n import EMPTY, Message, msg


@dataclass(frozen=True, slots=True)
class Repaired:
    """The file's new content, or None with the `reason`. `remains` says what the new content still lacks."""

    data: bytes | None
    reason: Message = EMPTY
    remains: Message = EMPTY
    changed: bool = True


def repair(files: Files) -> Repaired:
    """Repair a chain file in any form; an intermediate that only the CA file holds is put in."""
    case = open_case(files)
    if not case.chain.certificates:
        return Repaired(None, msg("no certificate can be read from it"))
    if case.leaf is None:
        return Repaired(None, msg("it holds no server certificate, only CAs"))
    data = to_pem(_served(case))
    return Repaired(data, remains=_remains(case), changed=data != files.chain)


def _served(case: Case) -> list[Certificate]:
    """What a server should send: the leaf, then the intermediates up to the root, which is left out."""
    path = case.path if case.end == "trusted" and case.missing_in_chain is not None else case.order
    return [item for item in path if item == case.leaf or not item.self_signed]


def _remains(case: Case) -> Message:
    if case.end == "missing":
        return msg("the certificate of {issuer} is still missing", issuer=case.longest_way[-1].issuer)
    if case.end == "mismatch" and case.mismatch is not None:
        return msg("the certificate that really issued {name} is still missing", name=case.mismatch[0].subject)
    return EMPTY


def to_pem(certificates: Iterable[Certificate]) -> bytes:
    """Certificates as plain PEM, one after the other."""
    return b"".join(item.x509.public_bytes(Encoding.PEM) for item in certificates)


def converted(data: bytes, passphrase: str | None = None) -> bytes | None:
    """Every certificate of a file in any form as plain PEM, each once, in file order; None where there is none."""
    certificates = dict.fromkeys(reading.read(data, passphrase).certificates)
    return to_pem(certificates) if certificates else None
