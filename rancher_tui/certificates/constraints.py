"""Name constraints of a CA against the names of the certificates below it (RFC 5280 4.2.1.10)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from rancher_tui.certificates.certificate import Certificate

MOST = 250_000
"""Comparisons of names with constraints, as many as Go's crypto/x509 makes."""
_EMAIL = x509.NameOID.EMAIL_ADDRESS


def violation(authority: Certificate, below: Certificate) -> str | None:
    """The name of `below` that `authority`'s constraints do not allow, as text; None where all are allowed.

    More than MOST comparisons are not made: OpenSSL, Go and others refuse such a certificate too.
    """
    constraints = authority.extension(x509.NameConstraints)
    if constraints is None:
        return None
    permitted, excluded = constraints.permitted_subtrees or [], constraints.excluded_subtrees or []
    names = list(names_of(below))
    if len(names) * (len(permitted) + len(excluded)) > MOST:
        return f"{len(names)} names"
    for name in names:
        allowed = [base for base in permitted if type(base) is type(name)]
        refused = [base for base in excluded if type(base) is type(name)]
        if any(_within(name, base) or _reaches(name, base) for base in refused):
            return _shown(name)
        if allowed and not any(_within(name, base) for base in allowed):
            return _shown(name)
    return None


def _reaches(name: x509.GeneralName, base: x509.GeneralName) -> bool:
    """Whether a wildcard entry covers a name of the excluded subtree `base` (CVE-2025-61727)."""
    star, _, parent = str(name.value).lower().partition(".")
    _, _, above = str(base.value).lower().lstrip(".").partition(".")
    return isinstance(name, x509.DNSName) and star == "*" and bool(parent) and parent == above


def names_of(certificate: Certificate) -> Iterable[x509.GeneralName]:
    """The names that constraints speak of: alternative names, the subject, and its mail addresses."""
    yield from certificate.alternative_names
    subject = certificate.subject_name
    if subject is None or not subject.rdns:
        return
    yield x509.DirectoryName(subject)
    if not any(isinstance(name, x509.RFC822Name) for name in certificate.alternative_names):
        for attribute in subject.get_attributes_for_oid(_EMAIL):
            if isinstance(attribute.value, str) and attribute.value.isascii():
                yield x509.RFC822Name(attribute.value)


def _shown(name: x509.GeneralName) -> str:
    value = name.value
    return value.rfc4514_string() if isinstance(value, x509.Name) else str(value)


def _within(name: x509.GeneralName, base: x509.GeneralName) -> bool:
    """Whether `name` lies in the subtree `base`; other kinds than these never do, equal values apart."""
    compare = _COMPARE.get(type(name))
    return compare(name.value, base.value) if compare else name.value == base.value


def _dns(name: str, base: str) -> bool:
    name, base = name.lower().rstrip("."), base.lower()
    if not base:
        return True
    return name.endswith(base) if base.startswith(".") else name == base or name.endswith("." + base)


def _address(value: Any, base: Any) -> bool:
    if isinstance(base, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return bool(value == base)
    return value.version == base.version and value in base


def _mail(value: str, base: str) -> bool:
    local, _, domain = value.rpartition("@")
    base_local, at, base_domain = base.rpartition("@")
    if at:
        return local == base_local and domain.lower() == base_domain.lower()
    return _host(domain, base)


def _uri(value: str, base: str) -> bool:
    try:
        return _host(urlsplit(value).hostname or "", base)
    except ValueError:
        return False


def _host(value: str, base: str) -> bool:
    """A mail's or URI's host: exactly the base, or below it where it begins with a dot."""
    value, base = value.lower(), base.lower()
    return not base or (value.endswith(base) if base.startswith(".") else value == base)


def _directory(value: x509.Name, base: x509.Name) -> bool:
    return list(value.rdns[: len(base.rdns)]) == list(base.rdns)


_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    x509.DNSName: _dns,
    x509.IPAddress: _address,
    x509.RFC822Name: _mail,
    x509.UniformResourceIdentifier: _uri,
    x509.DirectoryName: _directory,
}
