"""One certificate in full, as lines for reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.look.words import moment
from screens.panels.certificates import days_word, name_of, role_word
from screens.widgets.lines import Line, wrap

TITLE_CELLS = 16


def heading(certificate: Mapping[str, Any]) -> str:
    """Its place and what it is called."""
    place = certificate.get("position", "")
    return _("certificate {place}: {name}").format(place=place, name=name_of(certificate))


def lines(certificate: Mapping[str, Any], cells: int = 74, *, utc: bool = True) -> list[Line]:
    """Everything that is known of it, one thing a line; times in UTC or local."""
    details = certificate.get("details") or {}
    names = certificate.get("names") or []
    authority = _("yes") if details.get("ca") else _("no")
    if details.get("path_length") is not None:
        authority = _("yes, {number} CAs below it at most").format(number=details["path_length"])
    rows = [
        (_("role"), f"{role_word(certificate)}, {days_word(certificate)}"),
        (_("subject"), certificate.get("subject")),
        (_("issuer"), _("itself") if details.get("self_signed") else certificate.get("issuer")),
        (_("names"), ", ".join(str(name) for name in names)),
        (_("valid from"), _time(certificate.get("not_before"), utc)),
        (_("valid until"), _time(certificate.get("not_after"), utc)),
        (_("key"), details.get("key")),
        (_("signature"), details.get("signature")),
        (_("is a CA"), authority if details else ""),
        (_("may be used to"), ", ".join(details.get("key_usage") or [])),
        (_("may be used as"), ", ".join(details.get("extended_key_usage") or [])),
        (_("key id"), details.get("key_id")),
        (_("issuer's key id"), details.get("issuer_key_id")),
        (_("serial number"), details.get("serial")),
        (_("SHA-256"), certificate.get("sha256")),
    ]
    return [line for title, value in rows for line in _row(title, clean(str(value or "")), cells)]


def _time(text: object, utc: bool) -> str:
    """A time of RFC 3339 as it is shown; what is none as it is."""
    try:
        return moment(datetime.fromisoformat(str(text)), utc, day=True)
    except ValueError:
        return str(text or "")


def _row(title: str, value: str, cells: int) -> list[Line]:
    if not value:
        return []
    first, *rest = wrap(value, cells - TITLE_CELLS)
    return [
        [(f"{title:<{TITLE_CELLS}}", "dim"), (first, "plain")],
        *([(" " * TITLE_CELLS, "plain"), (text, "plain")] for text in rest),
    ]
