"""Chains of random depth with one fault in a random place: what must be told, of which certificate."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from tests.unit.certificates_pki import DAY, FQDN, NOW, Issued, issue, server

SECOND = timedelta(seconds=1)
UNKNOWN = "1.3.6.1.4.1.55555.7"


@dataclass(frozen=True)
class Faulty:
    """A chain without its root, what must be told of it, and whether it is valid all the same."""

    chain: list[Issued]
    root: Issued
    told: set[tuple[str, str, str]]
    valid: bool


@dataclass(frozen=True)
class Fault:
    """Changes to one certificate; `where` are the places it may have: leaf, middle, root. `spoils`: chain_valid."""

    code: str
    status: str
    where: tuple[str, ...]
    changes: dict[str, Any]
    spoils: bool = True


EVERY, ABOVE = ("leaf", "middle", "root"), ("middle", "root")
FAULTS: dict[str, Fault] = {
    "expired long ago": Fault("expired", "fail", EVERY, {"begin": NOW - 800 * DAY, "end": NOW - 300 * DAY}),
    "expired a second ago": Fault("expired", "fail", EVERY, {"end": NOW - SECOND}),
    "begins in a second": Fault("not-yet-valid", "fail", EVERY, {"begin": NOW + SECOND}),
    "ends soon": Fault("expires-soon", "warn", EVERY, {"end": NOW + 30 * DAY - SECOND}, False),
    "ends in thirty days": Fault("", "", EVERY, {"end": NOW + 30 * DAY}, False),
    "long validity": Fault("long-validity", "warn", ("leaf",), {"end": NOW + 730 * DAY}, False),
    "just not too long": Fault("", "", ("leaf",), {"end": NOW + 725 * DAY}, False),
    "no CA flag": Fault("bad-ca-flag", "fail", ("middle",), {"ca": False}),
    "no basic constraints": Fault("bad-ca-flag", "fail", ("middle",), {"ca": None}),
    "may not sign": Fault("bad-key-usage", "fail", ABOVE, {"key_usage": ("digital_signature", "crl_sign")}),
    "may not serve": Fault("bad-key-usage", "fail", ("leaf",), {"key_usage": ("data_encipherment",)}),
    "no key usage": Fault("missing-key-usage", "warn", ("leaf", "middle"), {"key_usage": None}, False),
    "root without key usage": Fault("", "", ("root",), {"key_usage": None}, False),
    "for clients": Fault("eku-no-serverauth", "fail", EVERY, {"eku": (Usage.CLIENT_AUTH, Usage.EMAIL_PROTECTION)}),
    "for servers and clients": Fault("", "", EVERY, {"eku": (Usage.CLIENT_AUTH, Usage.SERVER_AUTH)}, False),
    "for anything": Fault("eku-any", "warn", ("leaf", "middle"), {"eku": (Usage.ANY_EXTENDED_KEY_USAGE,)}, False),
    "no extended key usage": Fault("missing-eku", "warn", ("leaf",), {"eku": None}, False),
    "unknown critical extension": Fault("unknown-critical-extension", "fail", EVERY, {"critical": UNKNOWN}),
    "no issuer key id": Fault("missing-aki", "warn", ("leaf", "middle"), {"aki": False}, False),
    "no own key id": Fault("", "", EVERY, {"ski": False}, False),
    "names not permitted": Fault(
        "name-constraint-violated", "fail", ABOVE, {"permitted": (x509.DNSName("example.net"),)}
    ),
    "names permitted": Fault("", "", ABOVE, {"permitted": (x509.DNSName("example.com"),)}, False),
    "names excluded": Fault(
        "name-constraint-violated", "fail", ABOVE, {"excluded": (x509.DNSName("example.com"),)}
    ),
    "other names excluded": Fault("", "", ABOVE, {"excluded": (x509.DNSName("ple.com"),)}, False),
    "RSA of 1024 bits": Fault("weak-key", "fail", EVERY, {"kind": "rsa1024"}, False),
    "RSA of 2048 bits": Fault("", "", EVERY, {"kind": "rsa2048"}, False),
    "EC of 224 bits": Fault("weak-key", "fail", EVERY, {"kind": "p224"}, False),
    "EC of 384 bits": Fault("", "", EVERY, {"kind": "p384"}, False),
    "Ed25519": Fault(
        "unsupported-key", "warn", ("leaf",), {"kind": "ed25519", "key_usage": ("digital_signature",)}, False
    ),
    "no names": Fault("no-san", "warn", ("leaf",), {"san": None}, False),
    "an address too": Fault("", "", ("leaf",), {"san": (FQDN, "192.0.2.1")}, False),
}


def faulty(name: str, dice: random.Random) -> Faulty:
    """A chain with that fault in one place that it may have."""
    fault = FAULTS[name]
    depth = dice.choice([1, 2, 3])
    places = [place for place in range(depth + 2) if _kind(place, depth) in fault.where]
    chosen = dice.choice(places)
    made: list[Issued] = []
    for place in range(depth + 1, -1, -1):
        by = made[0] if made else None
        changes = fault.changes if place == chosen else {}
        label = f"{name} {dice.random()} {place}"
        maker: Callable[..., Issued] = server if place == 0 else issue
        made.insert(
            0, maker(FQDN if place == 0 else label, by, key_name=f"fault {place}", **{**_own(place), **changes})
        )
    subject = "ca certificate 1" if chosen == depth + 1 else f"chain certificate {chosen + 1}"
    told = {(fault.code, fault.status, subject)} if fault.code else set()
    if name == "no names":
        told |= {("fqdn-not-covered", "fail", subject), ("cn-only", "warn", subject)}
    return Faulty(made[:-1], made[-1], told, not fault.spoils)


def _kind(place: int, depth: int) -> str:
    return "leaf" if place == 0 else "root" if place == depth + 1 else "middle"


def _own(place: int) -> dict[str, Any]:
    return {} if place == 0 else {"end": NOW + 1500 * DAY}
