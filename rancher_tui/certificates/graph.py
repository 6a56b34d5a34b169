"""Who issued whom among some certificates, the leaf, the way up and the right order (contract.md, Leaf and Order)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rancher_tui.certificates.certificate import Certificate

LONGEST = 24
WAYS = 400
"""Bounds of the search: a file of cross-signed certificates has more ways than anyone will look at."""


class Graph:
    """Distinct certificates with their issuers: names fit and the signature verifies, or cannot be checked."""

    def __init__(self, certificates: Iterable[Certificate]) -> None:
        self.certificates = list(dict.fromkeys(certificates))
        self._by_name: dict[object, list[Certificate]] = {}
        for certificate in self.certificates:
            self._by_name.setdefault(certificate.subject_key, []).append(certificate)
        self._issuers: dict[Certificate, list[Certificate]] = {}

    def named(self, name: object) -> list[Certificate]:
        """The certificates whose subject is `name`."""
        return [] if name is None else self._by_name.get(name, [])

    def issuers(self, certificate: Certificate) -> list[Certificate]:
        """The certificates, other than itself, that issued `certificate`."""
        known = self._issuers.get(certificate)
        if known is None:
            known = [
                other
                for other in self.named(certificate.issuer_key)
                if other != certificate and certificate.signed_by(other) is not False
            ]
            self._issuers[certificate] = known
        return known

    def ways(
        self, leaf: Certificate, ends: Callable[[Certificate], bool] = lambda _: False
    ) -> list[list[Certificate]]:
        """Every way from `leaf` up, each as far as it goes or to the first certificate that `ends` it."""
        ways: list[list[Certificate]] = []
        open_ways = [[leaf]]
        while open_ways and len(ways) < WAYS:
            way = open_ways.pop()
            above = [] if ends(way[-1]) or way[-1].self_signed else self.issuers(way[-1])
            above = [issuer for issuer in above if issuer not in way]
            if not above or len(way) >= LONGEST:
                ways.append(way)
            else:
                open_ways += [[*way, issuer] for issuer in reversed(above)]
        return ways


def leaves(certificates: Sequence[Certificate]) -> list[Certificate]:
    """Certificates that issued none of the others and are no CA, or are one that carries a DNS or IP name."""
    graph = Graph(certificates)
    issued_something = {issuer for certificate in graph.certificates for issuer in graph.issuers(certificate)}
    return [
        certificate
        for certificate in graph.certificates
        if certificate not in issued_something
        and (not certificate.marked_ca or certificate.dns_names or certificate.ip_addresses)
    ]


def choose_leaf(
    candidates: Sequence[Certificate],
    *,
    matches_key: Callable[[Certificate], bool],
    covers: Callable[[Certificate], bool],
    at: datetime,
) -> Certificate | None:
    """The leaf to judge: by the key, else by the name, else the first; among equals valid, then newest."""
    if not candidates:
        return None
    by_key = [certificate for certificate in candidates if matches_key(certificate)]
    by_name = [certificate for certificate in by_key or candidates if covers(certificate)]
    equals = by_name or by_key
    if not equals:
        return candidates[0]
    return max(equals, key=lambda certificate: (certificate.valid_at(at), certificate.not_before))


def right_way(graph: Graph, leaf: Certificate) -> tuple[list[Certificate], bool]:
    """The right order from `leaf` up, the longest and first in the file of several, and whether there are several."""
    ways = graph.ways(leaf)
    longest = max(ways, key=len)
    return longest, len(ways) > 1
