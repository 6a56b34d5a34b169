"""Exporting the cluster file: judged first; with failing findings only after a typed yes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from rancher_tui.i18n import Message, _, msg_n
from screens.background import in_background
from screens.look.words import finding_ink, finding_text, finding_word, shown
from screens.outcome import tell_findings
from screens.widgets.lines import Line, wrap

if TYPE_CHECKING:
    from rancher_tui.finding import Finding
    from screens.app import RancherApp

SHOWN = 20
"""Failing findings that are told one by one."""


def export(app: RancherApp, then: Callable[[], None] | None = None) -> None:
    """Write the cluster file and tell what came of it; `then` is called when it was written."""
    in_background(app, _export, app, then, group="export")


async def _export(app: RancherApp, then: Callable[[], None] | None) -> None:
    found = await asyncio.to_thread(app.session.cluster.review)
    if isinstance(found, Message):
        app.tell(found, "warn")
        return
    if not found.bad:
        await _write(app, then)
        return

    def agreed(answer: bool | None) -> None:
        if answer:
            in_background(app, _write, app, then, group="export")

    from screens.dialogs.ask import TypedWord

    title = msg_n(
        "The file has {number} failing finding. Write it all the same?",
        "The file has {number} failing findings. Write it all the same?",
        len(found.bad),
    )
    app.push_screen(TypedWord(shown(title), _lines(found.bad), "yes"), agreed)


def _lines(findings: list[Finding]) -> list[Line]:
    rows: list[Line] = []
    for finding in findings[:SHOWN]:
        rows.append(
            [
                (f"{finding_word(finding.status)}  ", finding_ink(finding.status)),
                (shown(finding.subject), "strong"),
            ]
        )
        rows += [[(f"  {line}", "plain")] for line in wrap(finding_text(finding), 68)]
    if len(findings) > SHOWN:
        rows.append([(_("and {number} more").format(number=len(findings) - SHOWN), "dim")])
    return rows


async def _write(app: RancherApp, then: Callable[[], None] | None) -> None:
    findings = await asyncio.to_thread(app.session.cluster.export)
    tell_findings(app, findings)
    if then is not None and not any(finding.bad for finding in findings):
        then()
