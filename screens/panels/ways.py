"""The ways to one host as the others tried them: a row a sender, a column a port. A pure function of the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.widgets.lines import Line, fit

_CELLS = 7
_FROM = 19


def lines(ways: Sequence[Mapping[str, Any]], subject: str) -> list[Line]:
    """The table; empty where nothing was told of this host."""
    own = [way for way in ways if way["to"] == subject]
    ports = sorted({(str(way["protocol"]), int(way["port"])) for way in own})
    if not own:
        return []
    head = "".join(f"{port}/udp" if protocol == "udp" else fit(str(port), _CELLS) for protocol, port in ports)
    rows: list[Line] = [[(fit(_("from"), _FROM) + head, "dim")]]
    by_place = {(str(way["from"]), str(way["protocol"]), int(way["port"])): way for way in own}
    for source in dict.fromkeys(str(way["from"]) for way in own):
        row: Line = [(fit(clean(source), _FROM - 1) + " ", "plain")]
        row += [_cell(by_place.get((source, *place))) for place in ports]
        rows.append(row)
    free = any(way.get("good") and way["result"] == "refused" for way in own)
    told: Line = [(_("free: nothing listens there, and the way is open"), "dim")]
    return [*rows, [("", "plain")], *([told, [("", "plain")]] if free else [])]


def _cell(way: Mapping[str, Any] | None) -> tuple[str, str]:
    if way is None:
        return fit("", _CELLS), "dim"
    result = str(way["result"])
    if way.get("good"):
        return fit(_("free") if result == "refused" else _("open"), _CELLS), "pass"
    if way.get("good") is None:
        return fit(_("unknown"), _CELLS), "unknown"
    return fit(clean(result), _CELLS), "fail"
