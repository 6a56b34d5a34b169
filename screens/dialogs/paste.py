"""A place to paste many lines into (hosts, certificates), for terminals that do not mark pasted text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from rancher_tui.i18n import _
from screens.dialogs.dialog import Dialog
from screens.widgets.lines import Text, wrap


class Area(TextArea):
    """Where the lines stand. Tab is text there, as pasted lists hold it; Escape closes the box."""

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.screen.dismiss(None)


class Paste(Dialog[str]):
    """Lines of text; F2 or Ctrl+S takes them."""

    TALL = True
    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2,ctrl+s", "take", "take", show=False)]

    def __init__(self, about: str = "", take: str = "") -> None:
        super().__init__()
        self._about = about or _(
            "Hosts as plain lines, CSV, /etc/hosts, an Ansible inventory or a YAML nodes: block."
        )
        self._take = take or _("take these hosts")

    def body(self) -> Iterator[Widget]:
        yield Text([[(line, "strong")] for line in wrap(self._about, 72)], classes="short")
        area = Area(soft_wrap=False, tab_behavior="indent", compact=True, highlight_cursor_line=False)
        area.cursor_blink = False
        yield area

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("f2, ctrl+s", self._take, True), ("esc", _("cancel"), True)]

    def action_take(self) -> None:
        self.dismiss(self.query_one(TextArea).text)
