"""What is on offer for the node table: a list to choose from, nothing taken by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget

from rancher_tui.i18n import _, msg
from rancher_tui.text import clean
from rancher_tui.wording import subjects
from screens.dialogs.dialog import Dialog
from screens.look.signs import signs
from screens.look.words import shown
from screens.widgets.lines import Line, Lines, Text, fit, wrap

if TYPE_CHECKING:
    from rancher_tui.operations.node_offers import Offer
    from screens.frame import Frame


class Choices(Lines, can_focus=True):
    """Two lines an offer: what would be put where, and where it comes from; a mark for those that are chosen."""

    SCROLLED = True

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__(classes="focus-first")
        self._offers = offers
        self.chosen = [True] * len(offers)
        self._row = 0

    @property
    def count(self) -> int:
        return 2 * len(self._offers)

    def on_key(self, event: events.Key) -> None:
        page = max(1, self.content_size.height // 2 - 1)
        step = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}.get(event.key)
        if step is not None:
            self._row = max(0, min(self._row + step, len(self._offers) - 1))
            self.keep_in_view(2 * self._row + 1)
            self.keep_in_view(2 * self._row)
        elif event.key == "space":
            self.chosen[self._row] = not self.chosen[self._row]
        elif event.key == "a":
            self.chosen = [not all(self.chosen)] * len(self._offers)
        else:
            return
        event.stop()
        self.refresh()

    def line(self, number: int, cells: int) -> Line:
        index, second = divmod(number, 2)
        offer = self._offers[index]
        if second:
            return [(fit(f"       {shown(offer.why)}", cells), "dim")]
        here = index == self._row
        where = subjects.title(offer.path.split(".", 2)[-1] if offer.row else offer.path)
        place = str(msg("node {number}, {field}", number=offer.row, field=where)) if offer.row else where
        before = f"{clean(offer.now)} -> " if offer.now else ""
        mark = "[x] " if self.chosen[index] else "[ ] "
        text = f"{signs().cursor if here else ' '} {mark}{place}: {before}{clean(offer.value)}"
        return [(fit(text, cells), "strong" if here else "plain")]


class Offers(Dialog["tuple[Offer, ...]"]):
    """All offers; Enter takes the chosen ones."""

    TALL = True

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self._offers = offers

    def body(self) -> Iterator[Widget]:
        heading = _("Take over into the node table? One undo takes all of it back.")
        yield Text([[(line, "strong")] for line in wrap(heading, 72)], classes="short")
        yield Choices(self._offers)

    def keys(self) -> list[tuple[str, str, bool]]:
        return [
            ("enter", _("take the chosen"), True),
            ("space", _("choose"), True),
            ("a", _("all, none"), True),
            ("esc", _("cancel"), True),
        ]

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            chosen = self.query_one(Choices).chosen
            self.dismiss(tuple(offer for offer, taken in zip(self._offers, chosen, strict=True) if taken))


async def offer_what_was_learnt(frame: Frame) -> None:
    """Show what is on offer; what is chosen becomes one edit."""
    rancher = frame.rancher
    offers = await rancher.session.hosts.offers()
    if not offers:
        frame.note(_("nothing is on offer: p looks at the hosts, and ~/.ssh/config names none of them"))
        return

    def take(chosen: tuple[Offer, ...] | None) -> None:
        if chosen:
            rancher.session.hosts.take(chosen)
            frame.note(_("{number} taken over; u takes it back").format(number=len(chosen)))

    rancher.push_screen(Offers(offers), take)
