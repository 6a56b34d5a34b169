"""Case: everything that the rules judge, worked out once: files, leaf, order, roles, the path and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from rancher_tui.certificates import names
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.graph import Graph, choose_leaf, leaves
from rancher_tui.certificates.keys import KeyReading
from rancher_tui.certificates.path import Problem, problems, weak_hash
from rancher_tui.certificates.reading import Reading


@dataclass
class Case:
    """The files of one judgement and the questions asked of them."""

    chain: Reading
    chain_name: str
    key: KeyReading
    key_name: str
    key_data: bytes | None
    ca: Reading | None
    ca_name: str
    ca_data: bytes | None
    fqdn: str | None
    at: datetime
    system: Sequence[Certificate] = field(default_factory=tuple)

    @cached_property
    def host(self) -> names.Host | None:
        """The name asked for; None without one and where it is no name."""
        return names.host(self.fqdn) if self.fqdn is not None else None

    @cached_property
    def distinct(self) -> list[Certificate]:
        """The chain file's certificates, each once, in file order."""
        return list(dict.fromkeys(self.chain.certificates))

    @cached_property
    def held(self) -> list[Certificate]:
        """The CA file's certificates, each once."""
        return list(dict.fromkeys(self.ca.certificates)) if self.ca else []

    @cached_property
    def leaves(self) -> list[Certificate]:
        return leaves(self.distinct)

    def matches_key(self, certificate: Certificate) -> bool:
        return self.key.public is not None and self.key.public == certificate.public_key_der

    def covers(self, certificate: Certificate) -> bool:
        return self.host is not None and names.covers(certificate, self.host)

    @cached_property
    def leaf(self) -> Certificate | None:
        """The server's certificate that is judged."""
        return choose_leaf(self.leaves, matches_key=self.matches_key, covers=self.covers, at=self.at)

    @cached_property
    def file_graph(self) -> Graph:
        """Who issued whom within the chain file."""
        return Graph(self.distinct)

    @cached_property
    def graph(self) -> Graph:
        """Who issued whom over chain file and CA file; a CA file without a CA counts as none."""
        return Graph([*self.distinct, *(self.held if self.usable_ca else [])])

    @cached_property
    def file_ways(self) -> list[list[Certificate]]:
        return self.file_graph.ways(self.leaf) if self.leaf else []

    @cached_property
    def order(self) -> list[Certificate]:
        """The right order: of several ways up the good one, then the longest, then the first in the file."""
        good = set(self.path) if self.chain_valid else set()
        return max(self.file_ways, key=lambda way: (len(good & set(way)), len(way)), default=[])

    @cached_property
    def on_the_way(self) -> set[Certificate]:
        """Every certificate of either file on any way up from the leaf, the leaf included."""
        return {self.leaf, *self.graph.above(self.leaf)} if self.leaf else set()

    @cached_property
    def usable_ca(self) -> bool:
        """True where the CA file holds a CA, or the self-signed leaf itself."""
        return any(certificate.can_be_ca for certificate in self.held) or self.own_ca

    @cached_property
    def own_ca(self) -> bool:
        """True for a self-signed server certificate that is in the CA file."""
        return self.leaf is not None and self.leaf.self_signed and self.leaf in self.held

    @cached_property
    def trusted_paths(self) -> list[list[Certificate]]:
        """Ways from the leaf to the first certificate that the CA file holds; its last is the anchor.

        A leaf that is no CA and is in the CA file is an end only where there is no other: Go and OpenSSL take it.
        """
        if self.leaf is None or not self.usable_ca:
            return []
        leaf_alone = self.leaf in self.held and not self.own_ca and not self.leaf.can_be_ca
        anchors = set(self.held) - ({self.leaf} if leaf_alone else set())
        ways = self.graph.ways(self.leaf, ends=lambda certificate: certificate in anchors)
        trusted = [way for way in ways if way[-1] in anchors]
        return trusted or ([[self.leaf]] if leaf_alone else [])

    @cached_property
    def _judged_paths(self) -> list[tuple[list[Certificate], list[Problem]]]:
        judged = [(path, problems(path, self.at)) for path in self.trusted_paths]
        return sorted(judged, key=lambda item: (len(item[1]), any(map(weak_hash, item[0][:-1]))))

    @cached_property
    def chain_valid(self) -> bool | None:
        """Whether one path is good; None without a leaf or a usable CA file."""
        if self.leaf is None or not self.usable_ca:
            return None
        return any(not found for _, found in self._judged_paths)

    @cached_property
    def path(self) -> list[Certificate]:
        """The path that is judged: the best to the CA file, else the way up as far as it goes."""
        if self._judged_paths:
            return self._judged_paths[0][0]
        return self.longest_way

    @cached_property
    def longest_way(self) -> list[Certificate]:
        """The longest way up over both files, whatever is trusted; of equals one that ends at a root."""
        ways = self.graph.ways(self.leaf) if self.leaf else []
        return max(ways, key=lambda way: (len(way), way[-1].self_signed), default=[])

    @cached_property
    def problems(self) -> list[Problem]:
        """What is wrong on the judged path."""
        return self._judged_paths[0][1] if self._judged_paths else problems(self.path, self.at)

    @cached_property
    def needed(self) -> set[Certificate]:
        """Certificates that the judged path needs: an untrusted root at its end is not."""
        path = self.path
        if not self._judged_paths and len(path) > 1 and path[-1].self_signed:
            path = path[:-1]
        return set(path)

    @cached_property
    def mismatch(self) -> tuple[Certificate, Certificate] | None:
        """A certificate and the one of its issuer's name whose key did not sign it (contract.md, Missing)."""
        for certificate in self._climbed:
            wrong = self._impostor(certificate)
            if wrong is not None:
                return certificate, wrong
        return None

    @cached_property
    def _climbed(self) -> list[Certificate]:
        """The way up as far as it is judged: to the trusted end, else as far as it goes."""
        return self.path if self._judged_paths else self.longest_way

    def _impostor(self, certificate: Certificate) -> Certificate | None:
        if certificate not in self.distinct or certificate.self_signed:
            return None
        named = [other for other in self.file_graph.named(certificate.issuer_key) if other != certificate]
        index = self.chain.certificates.index(certificate) + 1
        following = self.chain.certificates[index : index + 1]
        candidates = [other for other in named if other in following] or (named if len(named) == 1 else [])
        return next((other for other in candidates if certificate.signed_by(other) is False), None)

    @cached_property
    def end(self) -> str:
        """How the path ends: `trusted`, `missing`, `untrusted`, `mismatch`, or empty where nothing is judged."""
        if self.leaf is None or not self.usable_ca:
            return ""
        if self._judged_paths:
            return "trusted"
        if self.mismatch is not None:
            return "mismatch"
        last = self.longest_way[-1]
        in_circle = any(issuer in self.longest_way for issuer in self.graph.issuers(last))
        other_key = any(item.subject_key == last.issuer_key for item in self.held)
        return "untrusted" if last.self_signed or in_circle or other_key else "missing"

    @cached_property
    def missing_in_chain(self) -> Certificate | None:
        """An intermediate that only the CA file holds, on the judged path; the chain file should serve it."""
        if self.end != "trusted":
            return None
        return next((item for item in self.path[1:] if item not in self.distinct and not item.self_signed), None)

    @cached_property
    def missing_intermediate(self) -> bool:
        return self.end == "missing" or self.missing_in_chain is not None

    @cached_property
    def beyond_gap(self) -> set[Certificate]:
        """CAs of the chain file that a missing link keeps from the leaf but that lead to the CA file."""
        if self.end not in ("missing", "mismatch"):
            return set()
        apart = [item for item in self.distinct if item not in self.on_the_way and item not in self.leaves]
        return {item for item in apart if item in self.held or self._leads_to_ca(item)}

    def _leads_to_ca(self, certificate: Certificate) -> bool:
        return any(issuer in self.held for issuer in self.graph.above(certificate))

    @cached_property
    def strangers(self) -> list[Certificate]:
        """CA certificates of the chain file that issued nothing on the way up and are no copy."""
        if self.leaf is None:
            return []
        named = {self.mismatch[1], *self.graph.above(self.mismatch[1])} if self.mismatch else set()
        return [
            item
            for item in self.distinct
            if item not in self.on_the_way | self.beyond_gap | named and item not in self.leaves
        ]

    @cached_property
    def _issued_nothing(self) -> set[Certificate]:
        """Strangers, and the look-alike that a mismatch names."""
        return {*self.strangers, *(self.mismatch[1:] if self.mismatch else ())}

    @cached_property
    def system_trusts(self) -> bool:
        """Whether one path to what this machine trusts is good."""
        if self.leaf is None or not self.system:
            return False
        anchors = set(self.system)
        ways = Graph([*self.distinct, *self.system]).ways(self.leaf, ends=lambda item: item in anchors)
        return any(way[-1] in anchors and not problems(way, self.at) for way in ways)

    @cached_property
    def order_ok(self) -> bool | None:
        """Whether the file is exactly the right order; None where that cannot be told (contract.md, Order)."""
        if self.leaf is None:
            return None
        certificates = self.chain.certificates
        if certificates[0] != self.leaf:
            return False
        if self._two_ways or self._gap_inside:
            return None
        return certificates == self.order

    @cached_property
    def _two_ways(self) -> bool:
        return len(self.file_ways) > 1

    @cached_property
    def _gap_inside(self) -> bool:
        """A link is missing in the file while certificates from above it are there."""
        reached = {item for way in self.file_ways for item in way}
        above = [item for item in self.distinct if item not in reached and item not in self.leaves]
        if self.mismatch is not None and self.mismatch[0] == self.order[-1]:
            return bool(above)
        return any(item in self.on_the_way | self.beyond_gap for item in above)

    @cached_property
    def disorder_is_mild(self) -> bool:
        """True where taking out copies and strangers alone leaves the right order, and the leaf stands first."""
        kept = [
            item for item in self.distinct if self._role(item) != "unrelated" and item not in self.other_leaves
        ]
        in_order = [item for item in kept if item in self.order] == self.order
        return in_order and kept[0] == self.leaf and self.chain.certificates[0] not in self.other_leaves

    @cached_property
    def other_leaves(self) -> list[Certificate]:
        return [item for item in self.leaves if item != self.leaf]

    @cached_property
    def roots(self) -> list[Certificate]:
        """Self-signed certificates of the chain file on the way up, the leaf left out."""
        if self.leaf is None:
            return []
        ours = self.on_the_way | self.beyond_gap
        return [item for item in self.distinct if item in ours and item.self_signed and item != self.leaf]

    def roles(self) -> list[str]:
        """contract.md's role of every certificate in the file, in file order."""
        seen: set[Certificate] = set()
        found = []
        for certificate in self.chain.certificates:
            found.append("duplicate" if certificate in seen else self._role(certificate))
            seen.add(certificate)
        return found

    def _role(self, certificate: Certificate) -> str:
        if certificate == self.leaf or certificate in self.leaves:
            return "leaf"
        if certificate in self._issued_nothing:
            return "unrelated"
        return "root" if certificate.self_signed else "intermediate"

    def subject(self, certificate: Certificate) -> str:
        """`chain.pem certificate 2`: where the certificate first stands, the chain file before the CA file."""
        place = self._chain_places.get(certificate)
        return f"{self.chain_name} certificate {place}" if place else self.ca_subject(certificate)

    def ca_subject(self, certificate: Certificate) -> str:
        """The certificate's place in the CA file."""
        place = self._ca_places.get(certificate)
        return f"{self.ca_name} certificate {place}" if place else self.ca_name

    @cached_property
    def _chain_places(self) -> dict[Certificate, int]:
        return _places(self.chain.certificates)

    @cached_property
    def _ca_places(self) -> dict[Certificate, int]:
        return _places(self.ca.certificates if self.ca else [])


def _places(certificates: Sequence[Certificate]) -> dict[Certificate, int]:
    """Where each certificate first stands, counted from 1."""
    return {item: place for place, item in reversed(list(enumerate(certificates, 1)))}
