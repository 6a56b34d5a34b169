"""The chain as it stands in the file, and in the right order beside it, each edge with its three answers.

Pure functions of a report's facts; `chain_rows` gives lines, and which of them is a certificate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.look.signs import signs
from screens.widgets.lines import Line, fit, wrap

Certificate = Mapping[str, Any]
MOST = 300
"""Certificates that are drawn; the others are counted."""
_MANY = 1000
"""Days from which on only the years are told."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the drawing; `certificate` is its place in the file from 0, where it shows one."""

    line: Line
    certificate: int | None = None


def chain_rows(facts: Mapping[str, Any], cells: int) -> list[Row]:
    """Both orders side by side, then key, CA, agents' words; empty before the first check."""
    certificates = list(facts.get("certificates") or [])
    if not certificates:
        return []
    half = cells * 11 // 20
    left, right = _in_file(certificates, facts, half - 2), _in_order(certificates, facts, cells - half)
    head = _("right order: as in the file") if facts.get("order_ok") else _("right order")
    rows = [Row([(fit(_(" in the file"), half), "dim"), (fit(head, cells - half), "dim")])]
    for mine, theirs in zip_longest(left, right):
        line = mine.line if mine else [(" " * (half - 2), "plain")]
        rows.append(Row([*line, ("  ", "plain"), *(theirs or [])], mine.certificate if mine else None))
    return [*rows, *(Row(line) for line in told(facts, cells))]


def told(facts: Mapping[str, Any], cells: int) -> list[Line]:
    """What is known beside the order: agents' words, the CA that agents get, the template that fits."""
    rows: list[Line] = []
    for words in list(facts.get("agent_says") or [])[:3]:
        rows += beside(_(" agents  "), f'"{clean(str(words))}"', "fail", cells)
    checksum, encoded = facts.get("ca_checksum"), facts.get("ca_base64_normalised")
    if checksum and encoded:
        text = _("{number:,} characters in one line; agents' checksum {head}…{tail}")
        shown = text.format(number=len(str(encoded)), head=str(checksum)[:8], tail=str(checksum)[-8:])
        rows.append([(_(" CA      "), "dim"), (shown, "plain")])
    if template := facts.get("template"):
        rows.append([(_(" fits    "), "dim"), (_("template {name}").format(name=clean(str(template))), "plain")])
    return rows


def beside(head: str, text: str, ink: str, cells: int) -> list[Line]:
    """A text beside its head, going on below itself."""
    indent = cell_len(head)
    first, *rest = wrap(text, max(10, cells - indent - 1))
    return [[(head, "dim"), (first, ink)], *([(" " * indent, "plain"), (more, ink)] for more in rest)]


def _in_file(certificates: Sequence[Certificate], facts: Mapping[str, Any], cells: int) -> list[Row]:
    edges = _edges(facts, "file")
    rows: list[Row] = []
    drawn = certificates[:MOST]
    digits = max(2, len(str(len(drawn))))
    room = cells - digits - 3
    for index, certificate in enumerate(drawn):
        role = f"{role_word(certificate)} {days_word(certificate)}"
        name_cells = max(8, room - cell_len(role))
        rows.append(
            Row(
                [
                    (f" {certificate.get('position', ''):>{digits}} ", "dim"),
                    (fit(name_of(certificate), name_cells) + " ", "plain"),
                    (fit(role, room - name_cells), _role_ink(certificate)),
                ],
                index,
            )
        )
        if index < len(drawn) - 1:
            edge = edges[index] if index < len(edges) else {}
            rows.append(Row([(" " * digits, "plain"), *_edge(edge, cells - digits)]))
    if len(certificates) > MOST:
        more = _("and {number} more").format(number=len(certificates) - MOST)
        rows.append(Row([(fit(f"    {more}", cells), "dim")]))
    return rows


def _in_order(certificates: Sequence[Certificate], facts: Mapping[str, Any], cells: int) -> list[Line]:
    by_digest = {str(item.get("sha256")): item for item in reversed(certificates)}
    order = [by_digest[digest] for digest in facts.get("correct_order") or () if digest in by_digest]
    if not order:
        return [[(_("cannot be told: no server certificate"), "unknown")]]
    edges = _edges(facts, "right")
    rows: list[Line] = []
    for place, certificate in enumerate(order, 1):
        was = certificate.get("position")
        moved = _(" (was {number})").format(number=was) if was != place else ""
        rows.append(
            [
                (f"{place} ", "dim"),
                (fit(name_of(certificate), max(4, cells - 2 - cell_len(moved))), "plain"),
                (moved, "warn"),
            ]
        )
        if place < len(order):
            rows.append(_edge(edges[place - 1] if place <= len(edges) else {}, cells))
    return [*rows, _end(order[-1], facts, cells)]


def _edges(facts: Mapping[str, Any], which: str) -> list[Mapping[str, Any]]:
    return list((facts.get("edges") or {}).get(which) or [])


def _edge(edge: Mapping[str, Any], cells: int) -> Line:
    """The three answers of one edge: `name  key id  signature` and a sign, each denied one with its `no`."""
    words = {"names": _("name"), "key_ids": _("key id"), "signature": _("signature")}
    told = [(word, edge.get(key)) for key, word in words.items() if key != "key_ids" or edge.get(key) is not None]
    parts = [
        word if answer else _("{what} no").format(what=word) if answer is False else f"{word} ?"
        for word, answer in told
    ]
    proven = edge.get("signature") and edge.get("names")
    ink = "pass" if proven else "unknown" if edge.get("signature") is None else "fail"
    text = "  ".join(parts)
    room = cells - 4
    return [
        (f"{signs().bar} ", "dim"),
        (fit(text, room), ink),
        (f" {signs().done if proven else ' '}", ink),
    ]


def _end(certificate: Certificate, facts: Mapping[str, Any], cells: int) -> Line:
    """How the last certificate of the right order hangs on what is above it."""
    bar: Line = [(f"{signs().bar} ", "dim")]
    anchor = str(facts.get("anchor") or "")
    if facts.get("path_end") == "trusted" and anchor and facts.get("chain_valid"):
        if facts.get("root_included") or (certificate.get("details") or {}).get("self_signed"):
            return [
                *bar,
                (fit(_("its own root, in the CA file"), cells - 4), "pass"),
                (f" {signs().done}", "pass"),
            ]
        text = _("signed by {name} of the CA file").format(name=common_name(anchor))
        return [*bar, (fit(text, cells - 4), "pass"), (f" {signs().done}", "pass")]
    if (certificate.get("details") or {}).get("self_signed"):
        return [*bar, (fit(_("signed by itself"), cells - 2), "dim")]
    issuer = common_name(str(certificate.get("issuer") or ""))
    if facts.get("missing_intermediate"):
        return [*bar, (fit(_("missing: {name}").format(name=issuer), cells - 2), "fail")]
    return [*bar, (fit(_("issued by {name}").format(name=issuer), cells - 2), "dim")]


def summary(facts: Mapping[str, Any], chain: str, ca: str) -> list[tuple[str, str]]:
    """The files in one line: how many certificates, whose key, which CA."""
    if not facts.get("format"):
        return []
    number = len(facts.get("certificates") or [])
    parts = [(f"  {clean(_base(chain))}: {_count(number)}", "plain")]
    matches = facts.get("key_matches")
    if matches is not None:
        place = next((item.get("position") for item in facts["certificates"] if item.get("role") == "leaf"), "")
        told = _("key matches {number}").format(number=place) if matches else _("key does not match")
        parts.append((f"  {told}", "pass" if matches else "fail"))
    elif facts.get("key_state") not in (None, "absent", "ok"):
        parts.append((f"  {_('key: {state}').format(state=clean(str(facts['key_state'])))}", "fail"))
    if ca:
        parts.append((f"  {_('CA {name}').format(name=clean(_base(ca)))}", "plain"))
    return parts


def _count(number: int) -> str:
    return _("1 certificate") if number == 1 else _("{number} certificates").format(number=number)


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def name_of(certificate: Certificate) -> str:
    """What people call it: the common name, else the first DNS name, else the subject."""
    subject = str(certificate.get("subject") or "")
    names = certificate.get("names") or []
    return common_name(subject) if "CN=" in subject or not names else clean(str(names[0]))


def common_name(name: str) -> str:
    """The CN of a name by RFC 4514, else the name itself."""
    for part in name.replace("\\,", "\0").split(","):
        if part.strip().upper().startswith("CN="):
            return clean(part.strip()[3:].replace("\0", ","))
    return clean(name)


def role_word(certificate: Certificate) -> str:
    words = {
        "leaf": _("server"),
        "intermediate": _("intermediate"),
        "root": _("root"),
        "duplicate": _("copy"),
        "unrelated": _("unrelated"),
    }
    role = str(certificate.get("role") or "")
    return words.get(role, role)


def _role_ink(certificate: Certificate) -> str:
    if days_left(certificate) is None or (days_left(certificate) or 0) < 0:
        return "fail"
    return "fail" if certificate.get("role") in ("duplicate", "unrelated") else "dim"


def days_left(certificate: Certificate) -> int | None:
    """Whole days until it expires, negative once it has; None where that cannot be told."""
    try:
        return (datetime.fromisoformat(str(certificate.get("not_after"))) - datetime.now(UTC)).days
    except (ValueError, TypeError):
        return None


def days_word(certificate: Certificate) -> str:
    """Days left, of many the years, or that it has expired."""
    days = days_left(certificate)
    if days is None:
        return ""
    if days >= _MANY:
        return _("{number} y").format(number=days // 365)
    return _("{number} d").format(number=days) if days >= 0 else _("expired")
