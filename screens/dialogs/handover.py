"""The bundle shown before it is written: its files, how large, what was taken out; each can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget

from rancher_tui.i18n import _
from rancher_tui.text import clean, clean_block
from screens.background import in_background
from screens.dialogs.ask import Ask
from screens.dialogs.dialog import Dialog
from screens.dialogs.reading import Reading
from screens.look.signs import signs
from screens.outcome import tell_findings
from screens.widgets.lines import Line, Lines, Text, fit

if TYPE_CHECKING:
    from rancher_tui.operations.bundling import Item
    from screens.app import RancherApp


class Contents(Lines, can_focus=True):
    """The files of a bundle under a cursor."""

    SCROLLED = True

    def __init__(self, items: list[Item]) -> None:
        super().__init__(id="contents", classes="focus-first")
        self.items = items
        self.row = 0

    @property
    def count(self) -> int:
        return len(self.items)

    def line(self, number: int, cells: int) -> Line:
        item, here = self.items[number], number == self.row
        removed = ", ".join(f"{count} {kind}" for kind, count in sorted(item.removed.items()))
        room = max(10, cells - 36)
        return [
            (f" {signs().cursor if here else ' '} ", "strong"),
            (fit(clean(item.name), room), "cursor" if here else "plain"),
            (f" {item.size:>9,} B ", "dim"),
            (fit(removed, 20), "warn" if removed else "dim"),
        ]

    def on_key(self, event: events.Key) -> None:
        page = max(1, self.content_size.height - 1)
        steps = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -self.count, "end": self.count}
        if event.key in steps:
            event.stop()
            self.row = max(0, min(self.count - 1, self.row + steps[event.key]))
            self.keep_in_view(self.row)
            self.refresh()


class ShowBundle(Dialog[bool]):
    """What would be written; `w` writes it, Enter shows the file under the cursor as it would be in it."""

    TALL = True

    def __init__(self, items: list[Item]) -> None:
        super().__init__()
        self._items = items

    def body(self) -> Iterator[Widget]:
        total = sum(item.size for item in self._items)
        removed = sum(sum(item.removed.values()) for item in self._items)
        text = _("A bundle for whoever helps: {count} files, {total:,} bytes, {removed} secrets taken out").format(
            count=len(self._items), total=total, removed=removed
        )
        yield Text([[(text, "strong")]], classes="short")
        yield Contents(self._items)

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("w", _("write it"), True), ("enter", _("read"), True), ("esc", _("cancel"), True)]

    def on_key(self, event: events.Key) -> None:
        if event.key == "w":
            event.stop()
            self.dismiss(True)
        elif event.key == "enter":
            event.stop()
            contents = self.query_one(Contents)
            item = contents.items[contents.row]
            lines: list[Line] = [[(line, "plain")] for line in clean_block(item.text).splitlines()]
            self.app.push_screen(Reading(clean(item.name), lines))


def show_bundle(app: RancherApp) -> None:
    """Collect the bundle, show it, write it when that is agreed to."""
    desk = app.session.handover

    async def collecting() -> None:
        items = await asyncio.to_thread(desk.bundle)

        def answered(agreed: bool | None) -> None:
            if agreed:
                tell_findings(app, desk.write_bundle(items))

        app.push_screen(ShowBundle(items), answered)

    app.tell(_("collecting"))
    in_background(app, collecting, group="bundle")


def ask_report(app: RancherApp) -> None:
    """Ask for the report's file (.md or .html), write it."""
    desk = app.session.handover

    def given(path: str | None) -> None:
        if path and path.strip():
            tell_findings(app, desk.write_report(path.strip()))

    app.push_screen(Ask(_("Write the report into (.md or .html)"), desk.report_file()), given)
