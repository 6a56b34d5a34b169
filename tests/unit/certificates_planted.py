"""Planted: files with one thing wrong, and what must be told of them, known from what was planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from rancher_tui.finding import Report, Status
from tests.unit.certificates_pki import FQDN, NOW, Issued, pem

Expected = dict[str, str]
"""Code to status: every finding that is no pass, and no other."""


@dataclass(frozen=True)
class Planted:
    """Files, the findings they must give, facts that must hold; `openssl` is False where it is known to differ."""

    name: str
    chain: bytes
    expect: Expected = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    key: bytes | None = None
    ca: bytes | None = None
    fqdn: str | None = FQDN
    at: datetime = NOW
    passphrase: str | None = None
    openssl: bool = True

    def judged(self) -> Report:
        return judge(
            Files(
                self.chain,
                chain_name="chain.pem",
                key=self.key,
                key_name="key.pem",
                ca=self.ca,
                ca_name="ca.pem",
                fqdn=self.fqdn,
                at=self.at,
                passphrase=self.passphrase,
            )
        )

    def differences(self) -> list[str]:
        """What the report says otherwise than expected; empty where all is as planted."""
        report = self.judged()
        told = {(item.code, item.status.value) for item in report.findings if item.status is not Status.PASS}
        wanted = set(self.expect.items())
        found = [f"{code} [{status}] is not told" for code, status in sorted(wanted - told)]
        found += [f"{code} [{status}] is told" for code, status in sorted(told - wanted)]
        for name, value in self.facts.items():
            if report.facts[name] != value:
                found.append(f"{name} is {report.facts[name]!r}, not {value!r}")
        return found


def order(*issued: Issued) -> list[str]:
    return [item.sha256 for item in issued]


def roles(report: Report) -> list[str]:
    return [item["role"] for item in report.facts["certificates"]]


def planted(
    name: str, *issued: Issued, leaf: Issued | None, ca: tuple[Issued, ...] | None, **more: Any
) -> Planted:
    """A case of plain PEM files; the key is `leaf`'s."""
    return Planted(
        name,
        pem(*issued),
        key=leaf.key_pem if leaf else None,
        ca=None if ca is None else pem(*ca),
        **more,
    )
