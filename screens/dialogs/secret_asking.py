"""Asking for a passphrase: what is typed is never shown and never stored."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from rancher_tui.i18n import _
from screens.dialogs.dialog import Dialog, Entry
from screens.dialogs.passphrases import SecretEntry
from screens.widgets.lines import Text, wrap


class AskSecret(Dialog[str]):
    """A passphrase, asked for twice where it is a new one; Escape gives none."""

    AUTO_FOCUS = "SecretEntry"

    def __init__(self, question: str, *, twice: bool = True) -> None:
        super().__init__()
        self._question = question
        self._twice = twice
        self._first = ""

    def body(self) -> Iterator[Widget]:
        yield Text([[(line, "strong")] for line in wrap(self._question, 72)])
        yield SecretEntry()
        yield Text([[("", "plain")]], id="wrong")

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("enter", _("take"), True), ("esc", _("cancel"), True)]

    def on_entry_entered(self, event: Entry.Entered) -> None:
        told = self.query_one("#wrong", Text)
        if not event.text:
            told.show([[(_("an empty passphrase protects nothing"), "warn")]])
        elif not self._twice or self._first == event.text:
            self.dismiss(event.text)
        elif self._first:
            self._first = ""
            told.show([[(_("the two are not the same; type it anew"), "fail")]])
        else:
            self._first = event.text
            told.show([[(_("and once more"), "strong")]])
        self._empty()

    def _empty(self) -> None:
        entry = self.query_one(SecretEntry)
        entry.editor.text, entry.editor.cursor = "", 0
        entry.refresh()
