"""The chain as it stands in the file, and in the right order beside it; key and CA below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.signs import signs
from screens.widgets.lines import Line, fit


def lines(facts: Mapping[str, Any], cells: int) -> list[Line]:
    """Both orders side by side; empty before the first check."""
    certificates = facts.get("certificates") or []
    if not certificates:
        return []
    half = cells // 2
    left, right = _in_file(certificates, half - 1), _in_order(certificates, facts, cells - half)
    rows: list[Line] = [[(fit(_(" in the file"), half), "dim"), (_("right order"), "dim")]]
    for index in range(max(len(left), len(right))):
        begin = left[index] if index < len(left) else [(" " * (half - 1), "plain")]
        end = right[index] if index < len(right) else []
        rows.append([*begin, (" ", "plain"), *end])
    return [*rows, [("", "plain")], *_key_and_ca(facts)]


def _in_file(certificates: Sequence[Mapping[str, Any]], cells: int) -> list[Line]:
    rows: list[Line] = []
    for certificate in certificates:
        role = f"{_role(certificate)} {_left(certificate)}"
        name_cells = max(10, cells - 4 - len(role) - 1)
        rows.append(
            [
                (f" {certificate.get('position', '')} ", "dim"),
                (fit(_name(certificate), name_cells) + " ", "plain"),
                (fit(role, cells - 4 - name_cells), "dim"),
            ]
        )
        issued = _("issued by {name}").format(name=_issuer(certificate))
        rows.append([(f" {signs().bar} ", "dim"), (fit(issued, cells - 3), "dim")])
    return rows


def _in_order(certificates: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], cells: int) -> list[Line]:
    by_digest = {str(item.get("sha256")): item for item in reversed(certificates)}
    order = [by_digest[digest] for digest in facts.get("correct_order") or () if digest in by_digest]
    if not order:
        return [[(_("cannot be told"), "unknown")]]
    rows: list[Line] = []
    for place, certificate in enumerate(order, 1):
        was = certificate.get("position")
        moved = _(" (was {number})").format(number=was) if was != place else ""
        rows.append(
            [
                (f"{place} ", "dim"),
                (fit(_name(certificate), cells - 3 - len(moved)), "plain"),
                (moved, "warn"),
            ]
        )
        rows.append([(f"{signs().bar} ", "dim"), _link(certificate, order[place:], facts, cells - 3)])
    return rows


def _link(
    certificate: Mapping[str, Any], rest: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], cells: int
) -> tuple[str, str]:
    """How a certificate of the right order hangs on what is above it."""
    if rest:
        return fit(_("signed by the next one {sign}").format(sign=signs().done), cells), "pass"
    if certificate.get("subject") == certificate.get("issuer"):
        return fit(_("signed by itself"), cells), "dim"
    if facts.get("chain_valid"):
        return fit(_("signed by the CA file {sign}").format(sign=signs().done), cells), "pass"
    if facts.get("missing_intermediate"):
        return fit(_("its issuer is missing"), cells), "fail"
    return fit(_("issued by {name}").format(name=_issuer(certificate)), cells), "dim"


def _key_and_ca(facts: Mapping[str, Any]) -> list[Line]:
    matches = facts.get("key_matches")
    key = _("fits the certificate") if matches else _("is for another certificate") if matches is False else ""
    told = key or clean(str(facts.get("key_state") or ""))
    rows: list[Line] = [[(_(" key   "), "dim"), (told, "fail" if matches is False else "plain")]]
    checksum, encoded = facts.get("ca_checksum"), facts.get("ca_base64_normalised")
    if checksum and encoded:
        text = _("{number:,} characters in one line; agents' checksum {head}…{tail}")
        told = text.format(number=len(str(encoded)), head=str(checksum)[:8], tail=str(checksum)[-8:])
        rows.append([(_(" CA    "), "dim"), (told, "plain")])
    return rows


def _name(certificate: Mapping[str, Any]) -> str:
    return _common_name(str(certificate.get("subject") or ""))


def _issuer(certificate: Mapping[str, Any]) -> str:
    return _common_name(str(certificate.get("issuer") or ""))


def _common_name(name: str) -> str:
    """The CN of a name by RFC 4514, else the name itself."""
    for part in name.split(","):
        if part.strip().upper().startswith("CN="):
            return clean(part.strip()[3:])
    return clean(name)


def _role(certificate: Mapping[str, Any]) -> str:
    words = {
        "leaf": _("server"),
        "intermediate": _("intermediate"),
        "root": _("root"),
        "duplicate": _("copy"),
        "unrelated": _("unrelated"),
    }
    role = str(certificate.get("role") or "")
    return words.get(role, role)


def _left(certificate: Mapping[str, Any]) -> str:
    """Days until it expires, or that it has."""
    try:
        end = datetime.fromisoformat(str(certificate.get("not_after")))
    except ValueError:
        return ""
    days = (end - datetime.now(UTC)).days
    return _("{number} d").format(number=days) if days >= 0 else _("expired")
