"""Shapes of names and addresses, as pure predicates: no look-up, no I/O."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def ip_address(text: str) -> Address | None:
    """The IP address that `text` is, or None."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The network in CIDR form that `text` is (host bits may be set, as Go takes them), or None."""
    if not re.fullmatch(r"[^/%]+/[0-9]{1,3}", text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def is_dns_name(text: str) -> bool:
    """True for a lower-case RFC 1123 name: labels of 1 to 63 of a-z 0-9 -, at most 253 in all."""
    return 0 < len(text) <= 253 and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in text.split("."))


def looks_like_ip(text: str) -> bool:
    """True when a name is made of digits and dots only, so that programs read it as an address."""
    return bool(text) and all(character.isdigit() or character == "." for character in text)


def port_number(text: str) -> int | None:
    """The TCP port 1 to 65535 that `text` is (ASCII digits only), or None."""
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        return None
    number = int(text)
    return number if 1 <= number <= 65535 else None
