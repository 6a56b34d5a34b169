"""What every vantage answers, one answer as nslookup prints it, and the record to create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from rancher_tui.finding import Finding, Status, worst
from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from rancher_tui.wording import subjects
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_word, shown
from screens.widgets.lines import Line, fit, wrap

if TYPE_CHECKING:
    from rancher_tui.dns.records import Creation

SIDE_BY_SIDE = 84
"""Columns from which the answer stands beside the table."""
_LEFT, _WIDEST = 54, 90
"""Columns of the table beside an answer: as many as the answer leaves."""
_ROOMY = 70
"""Columns from which the time of an answer stands in the table; it is always told beside the answer."""


def verdict_line(findings: Sequence[Finding], facts: Mapping[str, Any]) -> Line:
    """All vantages in one sentence."""
    from rancher_tui.dns.verdict import verdict

    status = worst(findings)
    return [(f" {shown(verdict(findings, facts))}", "strong" if status is Status.PASS else finding_ink(status))]


def answers(
    facts: Mapping[str, Any], findings: Sequence[Finding], chosen: int, age: float, cells: int
) -> list[Line]:
    """The table of vantages with the answer of the chosen one beside it or below; TTLs are `age` seconds old."""
    vantages = facts.get("vantages") or []
    if not vantages:
        return []
    told = _told(vantages[chosen % len(vantages)])
    if cells < SIDE_BY_SIDE:
        return [*_table(vantages, findings, chosen, age, cells), [("", "plain")], *told]
    needed = max(sum(cell_len(text) for text, _ink in line) for line in told)
    left = max(_LEFT, min(_WIDEST, cells - needed - 4))
    table = _table(vantages, findings, chosen, age, left)
    rows = max(len(table), len(told))
    table += [[(" " * left, "plain")]] * (rows - len(table))
    told += [[("", "plain")]] * (rows - len(told))
    return [[*left, ("  ", "plain"), *right] for left, right in zip(table, told, strict=True)]


def _table(
    vantages: Sequence[Mapping[str, Any]], findings: Sequence[Finding], chosen: int, age: float, cells: int
) -> list[Line]:
    name_cells = min(26, 2 * cells // 5)
    time_cells = 6 if cells >= _ROOMY else 0
    answer_cells = max(8, cells - name_cells - 15 - time_cells)
    head = f" {fit(_('vantage'), name_cells + 1)}{fit(_('answer'), answer_cells)}{fit(_('TTL'), 6)}"
    head += fit(_("ms"), time_cells)
    rows: list[Line] = [[(fit(head, cells), "dim")]]
    for number, vantage in enumerate(vantages):
        name = str(vantage.get("vantage", ""))
        own = [finding for finding in findings if finding.subject == name]
        judged = bool(own) or any(finding.code == "resolves" for finding in findings)
        status = worst(own)
        here = number == chosen % len(vantages)
        rows.append(
            [
                (signs().cursor if here else " ", "title"),
                (f"{fit(clean(subjects.shown(name)), name_cells)} ", "strong" if here else "plain"),
                (
                    fit(_answer(vantage), answer_cells - 1) + " ",
                    "plain" if status is Status.PASS else finding_ink(status),
                ),
                (fit(_left(vantage, age), 6), "dim"),
                (fit(_number(vantage.get("rtt_ms")), time_cells), "dim"),
                (fit(finding_word(status) if judged else "", 7), finding_ink(status)),
            ]
        )
    return rows


def _left(vantage: Mapping[str, Any], age: float) -> str:
    """Seconds for which the answer may still be kept: an authority's do not run down."""
    ttl = vantage.get("ttl")
    if not isinstance(ttl, int | float):
        return ""
    return f"{ttl if vantage.get('authoritative') else max(0, ttl - age):.0f}"


def _answer(vantage: Mapping[str, Any]) -> str:
    """Addresses, the way to them, or what came instead."""
    addresses = [str(address) for address in vantage.get("addresses") or ()]
    chain = [str(name) for name in vantage.get("chain") or ()]
    if addresses:
        way = f"{chain[-1]}: " if chain else ""
        return clean(way + ", ".join(addresses))
    if chain and vantage.get("rcode") == "NOERROR":
        return clean(chain[-1])
    return clean(str(vantage.get("rcode") or _("no answer")))


def _number(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, int | float) else ""


def _told(vantage: Mapping[str, Any]) -> list[Line]:
    """The vantage's answer as nslookup prints it; a node and a file do not ask that way."""
    text = str(vantage.get("nslookup") or "").strip("\n")
    name = clean(str(vantage.get("vantage", "")))
    if not text:
        found = [str(address) for address in vantage.get("addresses") or (vantage.get("rcode") or "-",)]
        return [
            [(_(" {name} says").format(name=name), "dim")],
            *([(f" {clean(text)}", "plain")] for text in found),
        ]
    head: Line = [(_(" nslookup at {name}").format(name=name), "dim")]
    by: Line = [(f" {_how(vantage)}", "dim")]
    return [head, by, *([(f" {clean(line)}", "plain")] for line in text.split("\n"))]


def _how(vantage: Mapping[str, Any]) -> str:
    """By which protocol, how fast, and by whose authority an answer came."""
    words = [str(vantage.get("protocol") or "").upper(), f"{_number(vantage.get('rtt_ms'))} ms"]
    if vantage.get("authoritative"):
        words.append(_("authoritative"))
    elif vantage.get("addresses"):
        words.append(_("from a cache or resolver"))
    return ", ".join(word for word in words if word)


def record(made: Creation | Message, cells: int) -> list[Line]:
    """The record to create in its three forms; or why there is none."""
    if isinstance(made, Message):
        texts = (shown(made), _("The record to create stands here once that is known."))
        return [[(f" {line}", "dim")] for text in texts for line in wrap(text, cells - 2)]
    rows: list[Line] = [[(_(" The record to create, as zone line:"), "dim")]]
    rows += _block(made.bind.replace("\t", " "))
    if made.note:
        rows += [[(f"   {text}", "warn")] for text in wrap(shown(made.note), cells - 4)]
    rows += [[("", "plain")], [(_(" in a provider's console:"), "dim")], *_block(made.console)]
    rows += [[("", "plain")], [(_(" for aws route53 change-resource-record-sets:"), "dim")]]
    return [*rows, *_block(made.route53)]


def _block(text: str) -> list[Line]:
    return [[(f"   {clean(line)}", "plain")] for line in text.rstrip("\n").split("\n")]
