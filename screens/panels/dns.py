"""What every vantage answers, and the record to create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rancher_tui.finding import Finding, Status, worst
from rancher_tui.i18n import _
from rancher_tui.install.state import InstallState
from rancher_tui.text import clean
from screens.widgets.lines import Line, fit, wrap
from screens.words import finding_ink, finding_word, shown


def lines(state: InstallState, findings: Sequence[Finding], facts: Mapping[str, Any], cells: int) -> list[Line]:
    """The table of vantages; before the first check the record to create."""
    vantages = facts.get("vantages") or []
    rows = _table(vantages, findings, cells) if vantages else []
    return [*rows, *_record(state, cells)]


def _table(vantages: Sequence[Mapping[str, Any]], findings: Sequence[Finding], cells: int) -> list[Line]:
    answer_cells = max(12, cells - 28 - 24 - 12)
    head = f" {fit(_('vantage'), 27)}{fit(_('answer'), answer_cells)}{fit(_('TTL'), 7)}{fit(_('ms'), 7)}"
    rows: list[Line] = [[(head, "dim")]]
    for vantage in vantages:
        name = str(vantage.get("vantage", ""))
        own = [finding for finding in findings if finding.subject == name]
        judged = bool(own) or any(finding.code == "resolves" for finding in findings)
        status = worst(own)
        rows.append(
            [
                (f" {fit(clean(name), 26)} ", "plain"),
                (
                    fit(_answer(vantage), answer_cells - 1) + " ",
                    "plain" if status is Status.PASS else finding_ink(status),
                ),
                (fit(_number(vantage.get("ttl")), 7), "dim"),
                (fit(_number(vantage.get("rtt_ms")), 7), "dim"),
                (finding_word(status) if judged else "", finding_ink(status)),
            ]
        )
    return rows


def _answer(vantage: Mapping[str, Any]) -> str:
    """Addresses, the way to them, or what came instead."""
    addresses = [str(address) for address in vantage.get("addresses") or ()]
    chain = [str(name) for name in vantage.get("chain") or ()]
    if addresses:
        way = f"{chain[-1]}: " if chain else ""
        return clean(way + ", ".join(addresses))
    return clean(str(vantage.get("rcode") or _("no answer")))


def _number(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, int | float) else ""


def _record(state: InstallState, cells: int) -> list[Line]:
    """The record to create, as a zone file has it."""
    name, balancer = state.fqdn.strip(), state.balancer.address.strip()
    if not name or not balancer:
        return []
    from rancher_tui.dns.names import BadNameError
    from rancher_tui.dns.records import creation

    try:
        record = creation(name, balancer)
    except (BadNameError, ValueError):
        return []
    rows: list[Line] = [[("", "plain")], [(_(" The record to create:"), "dim")]]
    rows += [[(f"   {clean(text)}", "plain")] for text in record.bind.splitlines()]
    if record.note:
        rows += [[(f"   {text}", "warn")] for text in wrap(shown(record.note), cells - 4)]
    return rows
