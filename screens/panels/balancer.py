"""The configuration with what changed in it, and what a rehearsal saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rancher_tui.i18n import Message, _, ngettext
from rancher_tui.text import clean
from screens.look.signs import signs
from screens.look.words import shown
from screens.widgets.lines import Line, fit, wrap

if TYPE_CHECKING:
    from rancher_tui.desks.balancer import Marked


def configuration(lines: Sequence[Marked] | Message, notes: Sequence[Message], cells: int) -> list[Line]:
    """The text, lines that changed marked by a sign; or why there is none."""
    if isinstance(lines, Message):
        return [[(f" {line}", "dim")] for line in wrap(shown(lines), cells - 2)]
    changed = sum(line.changed for line in lines)
    heading = _(" The configuration (page keys scroll):")
    if changed:
        heading = ngettext(
            " The configuration, {number} line changed (page keys scroll):",
            " The configuration, {number} lines changed (page keys scroll):",
            changed,
        ).format(number=changed)
    rows: list[Line] = [[(heading, "dim")]]
    rows += [[(f" {line}", "dim")] for note in notes for line in wrap(shown(note), cells - 2)]
    return [*rows, *(_line(line) for line in lines)]


def _line(line: Marked) -> Line:
    if not line.changed:
        comment = line.text.lstrip().startswith("#")
        return [(f"  {clean(line.text)}", "dim" if comment else "plain")]
    return [("+ ", "warn"), (clean(line.text), "warn")]


def rehearsed(facts: Mapping[str, Any], cells: int) -> list[Line]:
    """The headers as they arrived with right and wrong, and which node answered how often."""
    if not facts:
        return [[(_(" Not rehearsed yet: X sends requests through the balancer to the nodes."), "dim")]]
    rows: list[Line] = [[(_(" The headers as they arrived at a node:"), "dim")]]
    room = max(10, (cells - 22 - 10) // 2)
    for row in facts.get("headers") or ():
        right = bool(row.get("right"))
        rows.append(
            [
                (f" {fit(clean(str(row.get('header', ''))), 18)} ", "plain"),
                (fit(clean(str(row.get("arrived") or "-")), room) + " ", "plain" if right else "fail"),
                (fit(_("right") if right else _("wrong"), 8), "pass" if right else "fail"),
                ("" if right else clean(str(row.get("expected", ""))), "dim"),
            ]
        )
    spread = facts.get("spread") or {}
    if spread:
        rows += [[("", "plain")], [(_(" Requests that each node answered:"), "dim")]]
        most = max(int(number) for number in spread.values()) or 1
        bar = max(4, cells - 40)
        for node, number in spread.items():
            length = round(int(number) * bar / most)
            rows.append(
                [
                    (f" {fit(clean(str(node)), 24)} {int(number):>3} ", "plain" if number else "fail"),
                    (signs().rule * length, "dim"),
                ]
            )
    return rows
