"""Host names in certificates: reading the name asked for, and whether a certificate covers it (RFC 6125 6.4)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import idna
import yaml

from rancher_tui.certificates.certificate import Certificate

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LABEL = re.compile(r"[a-z0-9_-]{1,63}\Z")


@dataclass(frozen=True, slots=True)
class Host:
    """A host as clients ask for it: a lower-case A-label name without its last dot, or an address."""

    name: str = ""
    address: Address | None = None


def host(text: str) -> Host | None:
    """The host that `text` names; None where it can be neither a DNS name nor an address."""
    try:
        return Host(address=ipaddress.ip_address(text)) if "%" not in text else None
    except ValueError:
        pass
    name = ascii_name(text)
    return Host(name=name) if name is not None and is_host_name(name) else None


def ascii_name(text: str) -> str | None:
    """`text` in lower case as A-labels without its last dot; None where it has no such form."""
    name = text if text.isascii() else _encoded(text)
    return None if name is None else name.lower().removesuffix(".")


def _encoded(text: str) -> str | None:
    try:
        return idna.encode(text, uts46=True).decode()
    except (idna.IDNAError, UnicodeError, IndexError):
        return None


def is_host_name(name: str) -> bool:
    """True for labels of letters, digits, hyphens, underscores; 63 each, 253 in all, the last not all digits."""
    labels = name.split(".")
    return len(name) <= 253 and all(_LABEL.match(label) for label in labels) and not labels[-1].isdigit()


def pattern_covers(pattern: str, name: str) -> bool:
    """Whether a DNS entry covers `name`: equal, or `*` for exactly the first label (RFC 9525 6.3).

    An entry is an A-label already and has no last dot; what is neither covers nothing.
    """
    pattern = pattern.lower()
    star, _, parent = pattern.partition(".")
    first, _, above = name.partition(".")
    if star == "*":
        return bool(first) and is_host_name(parent) and parent == above
    return is_host_name(pattern) and pattern == name


def patterns_meet(one: str, other: str) -> bool:
    """Whether two DNS entries cover a name in common."""
    one, other = one.lower(), other.lower()
    return one == other or pattern_covers(one, other) or pattern_covers(other, one)


def covers(certificate: Certificate, asked: Host) -> bool:
    """Whether the alternative names cover the host; addresses are compared with iPAddress entries only."""
    if asked.address is not None:
        return asked.address in certificate.ip_addresses
    return any(pattern_covers(pattern, asked.name) for pattern in certificate.dns_names)


def common_name_covers(certificate: Certificate, asked: Host) -> bool:
    """Whether the old place, a common name, would cover the host."""
    if asked.address is not None:
        return any(_same_address(name, asked.address) for name in certificate.common_names)
    return any(pattern_covers(name.lower().removesuffix("."), asked.name) for name in certificate.common_names)


def _same_address(text: str, address: Address) -> bool:
    try:
        return ipaddress.ip_address(text) == address
    except ValueError:
        return False


def bad_entries(certificate: Certificate) -> list[str]:
    """DNS entries that no client can match: URLs, ports, blanks, addresses, U-labels, misplaced wildcards."""
    return [entry for entry in certificate.dns_names if not is_host_name(entry.lower().removeprefix("*."))]


def widest_entries(certificate: Certificate) -> list[str]:
    """Wildcards right below a public suffix: a top-level domain, or a registry's second level like `co.uk`."""
    wildcards = [entry for entry in certificate.dns_names if entry.startswith("*.")]
    return [entry for entry in wildcards if _is_public_suffix(entry[2:].lower())]


def _is_public_suffix(name: str) -> bool:
    first, _, country = name.partition(".")
    return not country or (len(country) == 2 and first in second_levels())


@lru_cache(maxsize=1)
def second_levels() -> frozenset[str]:
    """Second levels under which country registries sell names."""
    text = (resources.files("assets") / "certificates" / "second_levels.yml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text))
