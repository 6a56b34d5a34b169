"""Host names in certificates: reading the name asked for, and whether a certificate covers it (RFC 6125 6.4)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import idna

from rancher_tui.certificates.certificate import Certificate

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")


@dataclass(frozen=True, slots=True)
class Host:
    """A host as clients ask for it: a lower-case A-label name without its last dot, or an address."""

    name: str = ""
    address: Address | None = None


def host(text: str) -> Host | None:
    """The host that `text` names; None where it can be neither a DNS name nor an address."""
    stripped = text.strip()
    try:
        return Host(address=ipaddress.ip_address(stripped.removeprefix("[").removesuffix("]")))
    except ValueError:
        pass
    name = ascii_name(stripped)
    if name is None or not is_host_name(name):
        return None
    return Host(name=name)


def ascii_name(text: str) -> str | None:
    """`text` in lower case as A-labels without its last dot; None where it has no such form."""
    name = text.removesuffix(".")
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError, IndexError):
        return None


def is_host_name(name: str) -> bool:
    """True for labels of letters, digits, hyphens inside and underscores; the last one not all digits."""
    labels = name.split(".")
    return len(name) <= 253 and all(_LABEL.match(label) for label in labels) and not labels[-1].isdigit()


def pattern_covers(pattern: str, name: str) -> bool:
    """Whether a DNS entry covers `name`: equal, or `*` for exactly the first label."""
    pattern = ascii_name(pattern) or ""
    if pattern == name:
        return bool(name)
    star, _, parent = pattern.partition(".")
    _, _, above = name.partition(".")
    return star == "*" and "." in parent and parent == above


def covers(certificate: Certificate, asked: Host) -> bool:
    """Whether the alternative names cover the host; addresses are compared with iPAddress entries only."""
    if asked.address is not None:
        return asked.address in certificate.ip_addresses
    return any(pattern_covers(pattern, asked.name) for pattern in certificate.dns_names)


def common_name_covers(certificate: Certificate, asked: Host) -> bool:
    """Whether only the old place, the common name, would cover the host."""
    wanted = asked.name or str(asked.address)
    return any(name.lower() == wanted or pattern_covers(name, wanted) for name in certificate.common_names)


def bad_entries(certificate: Certificate) -> list[str]:
    """DNS entries that no client can match: URLs, ports, blanks, addresses, misplaced wildcards."""
    return [
        entry for entry in certificate.dns_names if not is_host_name(ascii_name(entry.removeprefix("*.")) or "")
    ]


def widest_entries(certificate: Certificate) -> list[str]:
    """Wildcards right below a top-level domain."""
    return [entry for entry in certificate.dns_names if re.match(r"\*\.[^.]+\.?\Z", entry)]
