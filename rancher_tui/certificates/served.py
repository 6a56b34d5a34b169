"""On the wire: the chain that a load balancer serves, against the file that it should serve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rancher_tui.certificates import reading
from rancher_tui.certificates.certificate import Certificate, NotACertificateError
from rancher_tui.certificates.repair import to_pem
from rancher_tui.certificates.rule import finding, name_of, shown_time
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg


def as_pem(served: Sequence[bytes]) -> bytes:
    """A served chain as a PEM file, so that `judge` can take it. What is no certificate is left out."""
    return to_pem(_loaded(served))


def compare(served: Sequence[bytes], chain: bytes, *, endpoint: str) -> Iterator[Finding]:
    """Whether `endpoint` (HOST:PORT) serves the file's certificates, in its order."""
    there, here = _loaded(served), reading.read(chain).certificates
    if there == here:
        yield finding(Status.PASS, "served-as-file", endpoint, msg("serves exactly the chain of the file"))
        return
    if not there or not here:
        yield finding(Status.UNKNOWN, "served-nothing", endpoint, msg("there is nothing to compare"))
        return
    if there[0] != here[0]:
        yield _other_leaf(endpoint, there[0], here[0])
        return
    missing = [item for item in here if item not in there]
    extra = [item for item in there if item not in here]
    if missing:
        yield finding(
            Status.FAIL,
            "served-incomplete",
            endpoint,
            msg("{name} is in the file but is not served", name=name_of(missing[0])),
            remedy=msg("give the load balancer the whole chain file, then reload it"),
            missing=[item.subject for item in missing],
        )
    if extra:
        yield finding(
            Status.WARN,
            "served-extra",
            endpoint,
            msg("{name} is served but is not in the file", name=name_of(extra[0])),
            extra=[item.subject for item in extra],
        )
    if not missing and not extra:
        yield finding(
            Status.FAIL,
            "served-order",
            endpoint,
            msg("serves the file's certificates in another order or number"),
            remedy=msg("give the load balancer the repaired chain, then reload it"),
            served=[item.subject for item in there],
        )


def _other_leaf(endpoint: str, there: Certificate, here: Certificate) -> Finding:
    return finding(
        Status.FAIL,
        "served-other",
        endpoint,
        msg("serves another certificate: {name}", name=name_of(there)),
        detail=msg(
            "served is valid until {served}, the file's until {file}",
            served=shown_time(there)[1],
            file=shown_time(here)[1],
        ),
        remedy=msg("put the file on the load balancer and reload it; check which virtual host answers"),
        served=there.sha256,
        file=here.sha256,
    )


def _loaded(served: Sequence[bytes]) -> list[Certificate]:
    found = []
    for der in served:
        try:
            found.append(Certificate(der))
        except NotACertificateError:
            continue
    return found
