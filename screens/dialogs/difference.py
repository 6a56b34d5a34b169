"""What an export would change: against the exported file, the one last applied, or any file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from textual import events
from textual.widget import Widget

from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.ask import Ask
from screens.dialogs.dialog import Dialog, Pager
from screens.look.words import shown
from screens.widgets.lines import Line, Text, wrap

if TYPE_CHECKING:
    from screens.app import RancherApp


class Difference(Dialog[None]):
    """A unified diff without secrets; e, a and f choose what is compared with."""

    TALL = True

    def __init__(self) -> None:
        super().__init__()
        self._file = ""

    @property
    def rancher(self) -> RancherApp:
        return cast("RancherApp", self.app)

    def body(self) -> Iterator[Widget]:
        yield Text([[(_("comparing"), "dim")]], id="against", classes="short")
        yield Pager([])

    def keys(self) -> list[tuple[str, str, bool]]:
        return [
            ("e", _("exported"), True),
            ("a", _("last applied"), True),
            ("f", _("any file"), True),
            *self.scroll_key("↑↓"),
            ("esc", _("close"), True),
        ]

    def on_mount(self) -> None:
        super().on_mount()
        self._compare()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("e", "a"):
            event.stop()
            self._compare(applied=event.key == "a")
        elif event.key == "f":
            event.stop()
            self.app.push_screen(Ask(_("The cluster file to compare with"), self._file), self._with_file)

    def _with_file(self, file: str | None) -> None:
        if file and file.strip():
            self._file = file.strip()
            self._compare(self._file)

    def _compare(self, file: str = "", *, applied: bool = False) -> None:
        in_background(self, self._comparing, file, applied, group="work")

    async def _comparing(self, file: str, applied: bool) -> None:
        desk = self.rancher.session.cluster
        found = await asyncio.to_thread(lambda: desk.compared(file, applied=applied))
        if isinstance(found, Message):
            self._show(_("cannot be compared"), [[(line, "warn")] for line in wrap(shown(found), 70)])
        elif found.lines:
            heading = _("{path} (-) and what is entered now (+)").format(path=clean(found.against))
            self._show(heading, [[(clean(line), _ink(line))] for line in found.lines[2:]])
        else:
            same = _("An export would change nothing: this file is what is entered now.")
            told = same if found.against else shown(found.told)
            self._show(clean(found.against) or _("nothing to compare with"), [[(told, "plain")]])

    def _show(self, heading: str, lines: list[Line]) -> None:
        self.query_one("#against", Text).show([[(heading, "strong")]])
        pager = self.query_one(Pager)
        pager.top = 0
        pager.show(lines)
        self.call_after_refresh(self.draw_keys)


def _ink(line: str) -> str:
    return {"+": "pass", "-": "fail", "@": "dim"}.get(line[:1], "plain")
