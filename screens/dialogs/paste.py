"""A place to paste many lines into (hosts, certificates), for terminals that do not mark pasted text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from rancher_tui.i18n import _, msg_n
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.dialog import Dialog
from screens.widgets.lines import Text, wrap

AT_ONCE = 4_000
"""Characters up to which a text is judged at every key; a longer one in a thread, after a pause."""
PAUSE_S = 0.3
"""Seconds after the last key."""
NARROW = 60
"""Columns below which the last line has one key and one word for taking."""


class Area(TextArea):
    """Where the lines stand. Tab is text there, as pasted lists hold it; Escape closes the box."""

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.screen.dismiss(None)


class Paste(Dialog[str]):
    """Lines of text; F2 or Ctrl+S takes them. `judge` says what is made of them, below."""

    TALL = True
    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2,ctrl+s", "take", "take", show=False)]

    def __init__(self, about: str = "", take: str = "", judge: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self._judge = judge
        self._about = about or _(
            "Hosts as plain lines, CSV, /etc/hosts, an Ansible inventory or a YAML nodes: block."
        )
        self._take = take or _("take these hosts")
        self._understood = True
        """What stands below is about the text as it is now."""
        self._text = ""

    def body(self) -> Iterator[Widget]:
        yield Text([[(line, "strong")] for line in wrap(self._about, 72)], classes="short")
        area = Area(soft_wrap=False, tab_behavior="indent", compact=True, highlight_cursor_line=False)
        area.cursor_blink = False
        yield area
        if self._judge is not None:
            yield Text(
                [[(_("Paste here, or type; what is understood is told here."), "dim")]],
                id="known",
                classes="short",
            )

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self._text = text = event.text_area.text
        judge = self._judge
        self._understood = judge is None or not text.strip() or len(text) <= AT_ONCE
        if judge is not None and not self._understood:
            self._tell(self._reading())
            in_background(self.app, self._judge_long, text, judge, group="paste")
        elif judge is not None and text.strip():
            self._tell(judge(text))

    async def _judge_long(self, text: str, judge: Callable[[str], str]) -> None:
        await asyncio.sleep(PAUSE_S)
        if text is not self._text:
            return
        told = await asyncio.to_thread(judge, text)
        if text is self._text and self.is_mounted:
            self._understood = True
            self._tell(told)

    def _reading(self) -> str:
        lines = len(self._text.splitlines())
        return str(msg_n("reading {number} line …", "reading {number} lines …", lines))

    def _tell(self, text: str) -> None:
        self.query_one("#known", Text).show([[(clean(text), "strong")]])

    def keys(self) -> list[tuple[str, str, bool]]:
        take = ("f2", _("take"), True) if self.app.size.width < NARROW else ("f2, ctrl+s", self._take, True)
        return [take, ("esc", _("cancel"), True)]

    def action_take(self) -> None:
        """Take the text; of a long one not before it is told what was understood of it."""
        if self._understood:
            self.dismiss(self.query_one(TextArea).text)
        else:
            self._tell(_("{reading} then {key} takes them").format(reading=self._reading(), key="f2"))
