"""What this machine trusts: the certificates of its own store, for comparison."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Final

from rancher_tui.certificates import reading
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.files import read_named

LARGEST: Final = 64_000_000


def roots() -> Sequence[Certificate]:
    """The certificates of OpenSSL's default CA file; none where there is no such file."""
    path = ssl.get_default_verify_paths().cafile
    for candidate in (path, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"):
        try:
            data = read_named(candidate, LARGEST) if candidate else b""
        except OSError:
            continue
        if data:
            return reading.read(data).certificates
    return ()
