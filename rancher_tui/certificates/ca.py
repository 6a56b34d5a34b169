"""The CA for Rancher: the text that the cluster file gets, its base64 and the checksum that agents compare."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from rancher_tui.certificates import pem, reading
from rancher_tui.certificates.certificate import Certificate

GUIDE_SAMPLE = "cd3b641348e29b1bab6f7e336cf3a20a99645a6edecfb388ddbbb226ae43eb4f"
"""SHA-256 fingerprint of the install guide's sample CA: CN=test-ca, X.509 v1, expired on 2018-07-05."""


_ORDER_MARKS = re.compile(rb"^(?:" + pem.BOM + rb")+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A CA file for Rancher: base64 of its bytes, of its normalised text, the checksum; None where none."""

    given: str | None
    normalised: str | None
    checksum: str | None


def normalise(data: bytes) -> str:
    """PEM text without any BOM (joined files have several), LF line ends, no blank edges, one final newline."""
    text = _ORDER_MARKS.sub(b"", data).decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"


def normalised(data: bytes) -> str | None:
    """`normalise` for a CA file; None where it is no PEM of certificates or holds a private key."""
    read = reading.read(data)
    return normalise(data) if read.form == "pem" and not read.private_key else None


def checksum(text: str) -> str:
    """CATTLE_CA_CHECKSUM of a normalised text (Rancher v2.0.8 pkg/systemtemplate/import.go, package/run.sh)."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def one_line(text: str) -> str:
    """The base64 of a text on one line, for a Secret."""
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def encode(data: bytes) -> Encoded:
    """What a CA file gives; nothing of one that holds a private key, for Rancher publishes it."""
    read = reading.read(data)
    if read.private_key:
        return Encoded(None, None, None)
    given = base64.b64encode(data).decode()
    if read.form != "pem":
        return Encoded(given, None, None)
    text = normalise(data)
    return Encoded(given, one_line(text), checksum(text))


def guide_sample(certificate: Certificate) -> bool:
    """True for the CA that the install guide shows as an example."""
    return certificate.sha256 == GUIDE_SAMPLE
