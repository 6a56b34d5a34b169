"""Files: what one judgement looks at, as bytes with their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rancher_tui.certificates.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Files:
    """Chain, key and CA file (None: not given), the name and the time asked about, what this machine trusts.

    `at` is now where it is None, and UTC where it has no zone. `system` is used to propose a template.
    `passphrase` opens an encrypted key or a PKCS#12 file and is not kept.
    """

    chain: bytes
    chain_name: str = "chain"
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
