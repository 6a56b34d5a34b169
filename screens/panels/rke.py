"""What is known of the rke binary beside its form: where it was found, what it said, what it installs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.widgets.lines import Line, fit, wrap

if TYPE_CHECKING:
    from rancher_tui.desks.rke import Found

_HEAD = 25


def lines(found: Found | None, facts: Mapping[str, Any], cells: int) -> list[Line]:
    """`facts` of the last look at the binary; empty before the first."""
    if found is None:
        texts = (
            _("No rke was found: no path is entered, and it is neither in the session's folder nor on PATH."),
            _("_ fetches a release into the session and holds it against its published SHA-256."),
        )
        inks = ("warn", "plain")
        return [
            [("", "plain")],
            *(
                [(f" {line}", ink)]
                for text, ink in zip(texts, inks, strict=True)
                for line in wrap(text, cells - 2)
            ),
        ]
    rows = [(_("found"), clean(found.path), "plain")]
    if facts.get("path") != found.path:
        rows.append(("", _("not run yet: c asks it for its version"), "dim"))
    else:
        rows += _looked_at(facts)
    if found.carried:
        rows.append((_("Kubernetes unless named"), found.default, "plain"))
        rows.append((_("carries"), ", ".join(found.carried), "dim"))
    return [[("", "plain")], *(line for row in rows for line in _row(*row, cells))]


def _looked_at(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    kind = _("a script") if facts.get("script") else clean(str(facts.get("architecture") or ""))
    said = clean(str(facts.get("output") or "").strip())
    return [row for row in ((_("built for"), kind, "plain"), (_("said"), said, "plain")) if row[1]]


def _row(head: str, text: str, ink: str, cells: int) -> list[Line]:
    first, *rest = wrap(text, max(10, cells - _HEAD - 1))
    return [
        [(f" {fit(head, _HEAD - 1)}", "dim"), (first, ink)],
        *([(" " * _HEAD, "plain"), (more, ink)] for more in rest),
    ]
