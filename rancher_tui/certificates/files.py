"""Files: what one judgement looks at, as bytes with their names; judged, repaired, compared as one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.judge import judge
from rancher_tui.certificates.repair import Repaired, repair
from rancher_tui.certificates.rule import finding
from rancher_tui.finding import Report, Status
from rancher_tui.i18n import msg


@dataclass(frozen=True, slots=True)
class Files:
    """Chain, key and CA file (None: not given), the name and time asked about, what this machine trusts."""

    chain: bytes
    chain_name: str
    key: bytes | None = None
    key_name: str = ""
    ca: bytes | None = None
    ca_name: str = ""
    fqdn: str | None = None
    at: datetime | None = None
    passphrase: str | None = None
    system: Sequence[Certificate] = ()

    def with_chain(self, chain: bytes) -> Files:
        """The same with another chain."""
        return replace(self, chain=chain)

    def judged(self) -> Report:
        """What `judge` says of them."""
        return judge(
            self.chain,
            chain_name=self.chain_name,
            key=self.key,
            key_name=self.key_name,
            ca=self.ca,
            ca_name=self.ca_name,
            fqdn=self.fqdn,
            at=self.at,
            passphrase=self.passphrase,
            system=self.system,
        )

    def repaired(self) -> Repaired:
        """The chain as it should be."""
        return repair(self.chain, key=self.key, ca=self.ca, fqdn=self.fqdn, at=self.at, passphrase=self.passphrase)

    def not_served(self, error: str) -> Report:
        """The judgement of a chain that could not be fetched: unknown, and what is known without it."""
        report = self.with_chain(b"").judged()
        unseen = finding(
            Status.UNKNOWN,
            "not-served",
            self.chain_name,
            msg("showed no certificate: {error}", error=error),
            remedy=msg("check address, port and firewall; the load balancer must be running"),
        )
        known = (item for item in report.findings if item.code != "no-certificate")
        return replace(report, findings=(unseen, *known))
