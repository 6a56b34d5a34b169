"""A place to paste many lines into (hosts, certificates), for terminals that do not mark pasted text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.dialogs.dialog import Dialog
from screens.widgets.lines import Text, wrap

JUDGED = 100_000
"""Characters up to which a text is judged at every key."""


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
        text = event.text_area.text
        if self._judge is not None and text.strip() and len(text) <= JUDGED:
            self.query_one("#known", Text).show([[(clean(self._judge(text)), "strong")]])

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("f2, ctrl+s", self._take, True), ("esc", _("cancel"), True)]

    def action_take(self) -> None:
        self.dismiss(self.query_one(TextArea).text)
