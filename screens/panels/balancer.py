"""The configuration with what changed in it, and what a rehearsal saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

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
        texts = (shown(lines), _("The configuration stands here once that is known."))
        return [[(f" {line}", "dim")] for text in texts for line in wrap(text, cells - 2)]
    changed = sum(line.changed for line in lines)
    heading = _(" The configuration:")
    if changed:
        heading = ngettext(
            " The configuration, {number} line changed (+):",
            " The configuration, {number} lines changed (+):",
            changed,
        ).format(number=changed)
    rows: list[Line] = [[(f" {line}", "plain")] for note in notes for line in wrap(shown(note), cells - 2)]
    return [*rows, [(heading, "title")], *(row for line in lines for row in _line(line, cells))]


def _line(line: Marked, cells: int) -> list[Line]:
    """A line of the file; what is too long goes on below, four columns further in."""
    text = clean(line.text)
    body = text.lstrip(" ")
    ink = "warn" if line.changed else "dim" if body.startswith("#") else "plain"
    head = ("+ " if line.changed else "  ") + " " * (len(text) - len(body))
    first, *rest = wrap(body, max(20, cells - cell_len(head) - 5))
    return [[(head, ink), (first, ink)], *([(" " * (cell_len(head) + 4), ink), (more, ink)] for more in rest)]


def rehearsed(facts: Mapping[str, Any], cells: int) -> list[Line]:
    """The headers as they arrived with right and wrong, and which node answered how often."""
    if not facts:
        return [[(_(" Not rehearsed yet: X sends requests through the balancer to the nodes."), "dim")]]
    headers = facts.get("headers") or ()
    if not headers:
        return [[(_(" No request arrived at a node in the last rehearsal; below stands why."), "dim")]]
    rows: list[Line] = [[(_(" The headers as they arrived at a node:"), "title")]]
    for row in headers:
        right = bool(row.get("right"))
        told = clean(str(row.get("arrived") or "-"))
        if not right:
            told = _("{arrived}, not {expected}").format(
                arrived=told, expected=clean(str(row.get("expected", "")))
            )
        rows.append(
            [
                (f" {fit(_('right') if right else _('wrong'), 7)}", "pass" if right else "fail"),
                (fit(clean(str(row.get("header", ""))), 19), "plain"),
                (told, "plain" if right else "fail"),
            ]
        )
    spread = facts.get("spread") or {}
    if spread:
        rows += [[("", "plain")], [(_(" Requests that each node answered:"), "title")]]
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
