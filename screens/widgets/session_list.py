"""SessionList: the rehearsal in the first row, then the sessions; what is known of the one under the cursor."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.message import Message

from rancher_tui.engine import SessionLine
from rancher_tui.i18n import _
from rancher_tui.install.steps import STEPS
from rancher_tui.text import clean
from rancher_tui.wording.vocabulary import word
from screens.look.signs import signs
from screens.look.words import moment
from screens.widgets.lines import Line, Lines, Part, fit, wrap

MARK_CELLS = 3
STEPS_CELLS = 7
STANDING_CELLS = 22
NAME_CELLS, FQDN_CELLS = 16, 20
"""The least that names and FQDNs get; what is left over goes to them where they need it."""

MOST_NAME_CELLS = 40


class SessionList(Lines, can_focus=True):
    """Rows of sessions, the last saved first; the first line names the columns."""

    SCROLLED = True

    class Moved(Message):
        """The cursor went to another row."""

    def __init__(self) -> None:
        super().__init__(id="sessions")
        self._sessions: list[SessionLine] = []
        self.row = 0

    @property
    def count(self) -> int:
        return 1 + len(self._sessions)

    @property
    def here(self) -> SessionLine | None:
        """The session under the cursor; None on the rehearsal."""
        return self._sessions[self.row - 1] if self.row else None

    def show(self, sessions: list[SessionLine]) -> None:
        first = not self._sessions
        self._sessions = sessions
        self.row = min(max(self.row, 1 if first and sessions else 0), len(sessions))
        self._keep_row()
        self.refresh()

    @property
    def lines_in_view(self) -> int:
        return max(1, self.content_size.height - 1)

    def line_in_view(self, y: int, cells: int) -> Line:
        return self._heads(cells) if y == 0 else super().line_in_view(y - 1, cells)

    def _widths(self, cells: int) -> tuple[int, int]:
        """Columns of the names and of the FQDNs, a blank after each."""
        room = max(0, cells - MARK_CELLS - STEPS_CELLS - STANDING_CELLS - NAME_CELLS - FQDN_CELLS - 2)
        longest = min(MOST_NAME_CELLS, max((cell_len(item.name) for item in self._sessions), default=0))
        more = min(max(0, longest - NAME_CELLS), room)
        longest = max((cell_len(item.fqdn) for item in self._sessions), default=0)
        return NAME_CELLS + more + 1, FQDN_CELLS + min(max(0, longest - FQDN_CELLS), room - more) + 1

    def _heads(self, cells: int) -> Line:
        if not self._sessions:
            return []
        name, fqdn = self._widths(cells)
        heads = fit(_("session"), name) + fit(_("FQDN"), fqdn) + fit(_("steps"), STEPS_CELLS) + _("state")
        return [(" " * MARK_CELLS + heads, "dim")]

    def line(self, number: int, cells: int) -> Line:
        here = number == self.row
        mark = (f" {signs().cursor if here else ' '} ", "strong")
        if number == 0:
            text = _("the whole job on this machine; nothing else is needed")
            title = _("new rehearsal")
            return [
                mark,
                (title, "cursor" if here else "plain"),
                (f"  {fit(text, max(0, cells - MARK_CELLS - cell_len(title) - 3))}", "dim"),
            ]
        item = self._sessions[number - 1]
        name, fqdn = self._widths(cells)
        told, ink = standing(item)
        label = f"  {clean(item.label)}" if item.label else ""
        room = max(0, cells - MARK_CELLS - name - fqdn - STEPS_CELLS - 1)
        return [
            mark,
            (fit(clean(item.name), name - 1), "cursor" if here else "plain"),
            (f" {fit(clean(item.fqdn) or signs().empty, fqdn - 1)} ", "plain"),
            (fit(signs().empty if item.damage else f"{item.done}/{len(STEPS)}", STEPS_CELLS), "plain"),
            (fit(told, min(room, cell_len(told))), ink),
            (fit(label, max(0, room - cell_len(told))), "dim"),
        ]

    def _keep_row(self) -> None:
        last = max(0, self.count - self.lines_in_view)
        self.top = max(min(self.top, self.row, last), self.row - self.lines_in_view + 1, 0)

    def on_resize(self) -> None:
        self._keep_row()
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        page = self.lines_in_view
        step = {
            "up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -self.count, "end": self.count,
        }.get(event.key)  # fmt: skip
        if step is not None:
            event.stop()
            self.row = max(0, min(self.count - 1, self.row + step))
            self._keep_row()
            self.refresh()
            self.post_message(self.Moved())


def standing(item: SessionLine) -> Part:
    """The gravest that is known of a session in a word or two; else when it was last saved."""
    if item.damage:
        return _("damaged"), "fail"
    if item.newer:
        return _("newer program"), "warn"
    if item.earlier:
        return _("earlier state"), "warn"
    if item.run == "running":
        return _("rke runs"), "strong"
    if item.held_by:
        return _("held elsewhere"), "warn"
    if item.verdict in ("up", "not-up"):
        return word(item.verdict), "pass" if item.verdict == "up" else "fail"
    if item.failed:
        return _("{number} failed").format(number=item.failed), "fail"
    return moment(item.saved_at, utc=False), "dim"


def known(item: SessionLine | None, home: str, cells: int) -> list[Line]:
    """What is known of the session under the cursor, and what can be done where that is not plain."""
    if item is None:
        told = _(
            "Hosts, name server, load balancer, rke and Rancher are played on loopback. Nothing real is touched."
        )
        return [[(f" {text}", "dim")] for text in wrap(told, max(20, cells - 2))]
    parts: list[Part] = []
    if item.damage:
        parts.append((clean(item.damage), "fail"))
        parts.append((_("+ takes a backup or an archive of it in again; d deletes what is left."), "plain"))
    else:
        parts.append((_about(item), "plain"))
    if item.earlier:
        told = _("The last saved state is damaged; {name} is loaded instead, and nothing is thrown away.")
        parts.append((told.format(name=clean(item.earlier)), "warn"))
    if item.newer:
        parts.append((_("Saved by a newer rancher-tui: here it is looked on only."), "warn"))
    if item.held_by:
        told = _("Held by {holder}: enter looks on, T there takes it over.")
        parts.append((told.format(holder=clean(item.held_by)), "warn"))
    saved = _("Saved {time} in {folder}")
    parts.append((saved.format(time=moment(item.saved_at, utc=False), folder=clean(f"{home}/{item.name}")), "dim"))
    return [[(f" {text}", ink)] for told, ink in parts for text in wrap(told, max(20, cells - 2))]


def _about(item: SessionLine) -> str:
    """Name, label and FQDN in full, how far it is, how its last run stands."""
    failed = _("{number} failed").format(number=item.failed) if item.failed else ""
    run = _("rke {state}").format(state=word(item.run)) if item.run and item.run != "none" else ""
    verdict = _("Rancher {verdict}").format(verdict=word(item.verdict)) if item.verdict else ""
    done = _("{number} of 12 done").format(number=item.done)
    first = "  ".join(part for part in (clean(item.name), clean(item.label), clean(item.fqdn)) if part)
    return " · ".join(part for part in (first, done, failed, run, verdict) if part)
