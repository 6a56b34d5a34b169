"""Passphrases of SSH keys, asked before the hosts are looked at. They are held in memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.widget import Widget

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.dialog import Dialog, Entry
from screens.look.signs import signs
from screens.widgets.lines import Line, Text, wrap

if TYPE_CHECKING:
    from screens.app import RancherApp


class SecretEntry(Entry):
    """One line to type in that shows only how much was typed."""

    def line(self, number: int, cells: int) -> Line:
        before, under, after = self.editor.masked(max(4, cells - 2), signs().secret)
        return [("> ", "dim"), (before, "edit"), (under, "caret"), (after, "edit")]


class AskPassphrase(Dialog[str]):
    """One key's passphrase; nothing typed, or Escape, leaves the key locked."""

    AUTO_FOCUS = "SecretEntry"

    def __init__(self, key: str, *, again: bool) -> None:
        super().__init__()
        self._key = key
        self._again = again

    def body(self) -> Iterator[Widget]:
        question = _("The passphrase of {key}, to look at the hosts with it.").format(key=clean(self._key))
        about = _("It is held in memory only. RKE itself can use such a key only through an agent.")
        yield Text([[(line, "strong")] for line in wrap(question, 72)])
        yield Text([[(line, "dim")] for line in wrap(about, 72)])
        yield SecretEntry()
        if self._again:
            yield Text([[(_("That does not open it."), "fail")]])

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("enter", _("take"), True), ("esc", _("without it"), True)]

    def on_entry_entered(self, event: Entry.Entered) -> None:
        self.dismiss(event.text)


async def with_open_keys(app: RancherApp, go_on: Callable[[], None], tried: str = "") -> None:
    """Ask for the passphrases that are needed, one key after the other, then go on.

    `tried` is the key that a passphrase was given for just now.
    """
    desk = app.session.hosts
    keys = await desk.locked()
    if not keys:
        go_on()
        return

    def given(passphrase: str | None) -> None:
        desk.open_key(keys[0], passphrase or "")
        in_background(app, with_open_keys, app, go_on, keys[0], group="passphrases", exclusive=False)

    app.push_screen(AskPassphrase(keys[0], again=keys[0] == tried), given)
