"""What Rancher's agents will say: their own error words for each failure (Rancher v2.0.8, Go's crypto/x509)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import resources

import yaml

from rancher_tui.certificates.case import Case


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    text = (resources.files("assets") / "certificates" / "agent.yml").read_text(encoding="utf-8")
    words: dict[str, str] = yaml.safe_load(text)
    return words


def says(case: Case) -> list[str]:
    """The errors to expect, the one that comes first at the front; empty where agents will be content."""
    return [_words()[word].format(**_values(case)) for word, true in _TRUE.items() if true(case)]


def _values(case: Case) -> dict[str, str]:
    leaf = case.leaf
    carried = [*leaf.dns_names, *map(str, leaf.ip_addresses)] if leaf else []
    return {"fqdn": case.fqdn or "FQDN", "names": ", ".join(carried), "shown": _first_shown(case)}


def _first_shown(case: Case) -> str:
    return next((problem.shown for problem in case.problems if problem.code == "name-constraint-violated"), "")


def _has(code: str) -> Callable[[Case], bool]:
    return lambda case: any(item.code == code and item.certificate in case.needed for item in case.problems)


def _uncovered(case: Case) -> bool:
    return case.leaf is not None and case.host is not None and not case.covers(case.leaf)


def _carries(case: Case, of_addresses: bool) -> bool:
    leaf = case.leaf
    return leaf is not None and bool(leaf.ip_addresses if of_addresses else leaf.dns_names or leaf.ip_addresses)


def _asked_for_address(case: Case) -> bool:
    return case.host is not None and case.host.address is not None


def _out_of_order(case: Case) -> bool:
    """Where more than a copy or a stranger is out of place: later agents ask for the correct order."""
    return case.order_ok is False and not case.disorder_is_mild


def _no_ca_published(case: Case) -> bool:
    return case.ca is not None and not case.ca.certificates


_TRUE: dict[str, Callable[[Case], bool]] = {
    "not-a-certificate": _no_ca_published,
    "incomplete": lambda case: case.end == "missing" or _out_of_order(case),
    "unknown-authority": lambda case: case.end in ("missing", "untrusted", "mismatch"),
    "expired": lambda case: _has("expired")(case) or _has("not-yet-valid")(case),
    "cannot-sign": lambda case: _has("bad-ca-flag")(case),
    "too-many": _has("pathlen-violated"),
    "name-not-allowed": _has("name-constraint-violated"),
    "usage": _has("eku-no-serverauth"),
    "critical": _has("unknown-critical-extension"),
    "no-ip": lambda case: _uncovered(case) and _asked_for_address(case) and not _carries(case, True),
    "no-names": lambda case: _uncovered(case) and not _asked_for_address(case) and not _carries(case, False),
    "other-name": lambda case: _uncovered(case) and _carries(case, _asked_for_address(case)),
}
