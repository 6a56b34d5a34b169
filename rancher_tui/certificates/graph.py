"""Who issued whom among some certificates, the leaf, the ways up from it (contract.md, Leaf and Order)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rancher_tui.certificates.certificate import Certificate

LONGEST = 1000
WAYS = 200
STEPS = 20_000
SIGNATURES = 2_000
"""Bounds of the search: a file of cross-signed look-alikes has more ways than anyone will look at."""


class Graph:
    """Distinct certificates with their issuers: names fit and the signature verifies, or cannot be checked."""

    def __init__(self, certificates: Iterable[Certificate]) -> None:
        self.certificates = list(dict.fromkeys(certificates))
        self._by_name: dict[object, list[Certificate]] = {}
        for certificate in self.certificates:
            self._by_name.setdefault(certificate.subject_key, []).append(certificate)
        self._issuers: dict[Certificate, list[Certificate]] = {}
        self._checked = 0

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
                if other != certificate and not renewed(other, certificate) and self._signed(certificate, other)
            ]
            self._issuers[certificate] = known
        return known

    def _signed(self, certificate: Certificate, issuer: Certificate) -> bool:
        """Whether the signature verifies or cannot be checked; no further signature is tried beyond SIGNATURES."""
        self._checked += 1
        return self._checked <= SIGNATURES and certificate.signed_by(issuer) is not False

    def above(self, certificate: Certificate) -> list[Certificate]:
        """Every certificate on any way up from `certificate`, itself left out, nearest first."""
        found: dict[Certificate, None] = {}
        queue = [certificate]
        while queue:
            for issuer in self.issuers(queue.pop(0)):
                if issuer not in found and issuer != certificate:
                    found[issuer] = None
                    queue.append(issuer)
        return list(found)

    def ways(
        self, leaf: Certificate, ends: Callable[[Certificate], bool] = lambda _: False
    ) -> list[list[Certificate]]:
        """Every way from `leaf` up, each as far as it goes or to the first certificate that `ends` it."""
        ways: list[list[Certificate]] = []
        open_ways = [[leaf]]
        steps = 0
        while open_ways and len(ways) < WAYS and steps < STEPS:
            steps += 1
            way = open_ways.pop()
            above = [] if ends(way[-1]) or way[-1].self_signed else self.issuers(way[-1])
            above = [issuer for issuer in above if issuer not in way]
            if not above or len(way) >= LONGEST:
                ways.append(way)
            else:
                open_ways += [[*way, issuer] for issuer in reversed(above)]
        return ways


def renewed(one: Certificate, other: Certificate) -> bool:
    """True for two certificates of one name and key: neither issued the other, whatever their signatures say."""
    return one.subject_key == other.subject_key and one.same_key(other)


def leaves(certificates: Sequence[Certificate]) -> list[Certificate]:
    """Certificates that issued none of the others and are no CA, or are one that carries a DNS or IP name."""
    graph = Graph(certificates)
    issued_something = {issuer for certificate in graph.certificates for issuer in graph.issuers(certificate)}
    found = [
        certificate
        for certificate in graph.certificates
        if certificate not in issued_something
        and (not certificate.can_be_ca or certificate.dns_names or certificate.ip_addresses)
    ]
    if not found and len(graph.certificates) == 1 and not graph.certificates[0].marked_ca:
        return graph.certificates
    return found


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
