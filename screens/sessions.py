"""The list of sessions: the rehearsal, and every install that was begun. Opened, begun and deleted here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from textual import events
from textual.widget import Widget

from rancher_tui.engine import SessionLine
from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from screens.dialogs.ask import Ask, TypedWord
from screens.frame import Frame, bindings
from screens.look.signs import signs
from screens.look.words import moment
from screens.session_moves import SessionMoves
from screens.widgets.lines import Line, Lines, Text, fit


class SessionList(Lines, can_focus=True):
    """The rehearsal in the first row, then the sessions, the last saved first."""

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
        self.refresh()

    def line(self, number: int, cells: int) -> Line:
        here = number == self.row
        mark = (f" {signs().cursor if here else ' '} ", "strong")
        if number == 0:
            text = _("the whole job on this machine; nothing else is needed")
            return [
                mark,
                (fit(_("new rehearsal"), 20), "cursor" if here else "plain"),
                (fit(f"  {text}", cells - 23), "dim"),
            ]
        item = self._sessions[number - 1]
        name, fqdn = (20, 26) if cells >= 100 else (16, 20)
        return [
            mark,
            (fit(clean(item.name), name), "cursor" if here else "plain"),
            (f"  {fit(clean(item.fqdn) or signs().empty, fqdn)}", "plain"),
            (f" {item.done:>2}/12 ", "plain"),
            (
                fit(self._standing(item), max(0, cells - name - fqdn - 12)),
                "warn" if item.damage or item.held_by else "dim",
            ),
        ]

    def _standing(self, item: SessionLine) -> str:
        if item.damage:
            return clean(item.damage)
        parts = [f"rke {item.run}" if item.run else "", clean(item.label), moment(item.saved_at, utc=False)]
        if item.held_by:
            parts.insert(0, _("held by {holder}").format(holder=clean(item.held_by)))
        return ", ".join(part for part in parts if part)

    def on_key(self, event: events.Key) -> None:
        step = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10, "home": -self.count, "end": self.count}.get(
            event.key
        )
        if step is not None:
            event.stop()
            self.row = max(0, min(self.count - 1, self.row + step))
            self.keep_in_view(self.row)
            self.refresh()
            if isinstance(self.screen, Frame):
                self.screen.draw_keys()


class SessionsScreen(SessionMoves):
    """Which install?"""

    PLACE = "sessions"
    BINDINGS = bindings("sessions")
    AUTO_FOCUS = "SessionList"

    def body(self) -> Iterator[Widget]:
        yield SessionList()
        yield Text(id="hint")

    def on_mount(self) -> None:
        self.add_class("no-rail")
        super().on_mount()

    def draw(self) -> None:
        sessions = self.rancher.engine.sessions()
        self.query_one(SessionList).show(sessions)
        hints = [_(" Sessions lie in {home}").format(home=clean(self.rancher.engine.home))]
        if not sessions:
            hints = [
                _(" Enter opens the rehearsal; a begins an install of your own."),
                _(" ? explains every screen, ctrl+p finds any action, Z speaks 中文."),
            ]
        self.query_one("#hint", Text).show([[(hint, "dim")] for hint in hints])

    def title_line(self) -> tuple[Line, Line]:
        return [(_(" Sessions"), "strong")], []

    def holding(self) -> set[str]:
        held = super().holding()
        if self.is_mounted and self.query_one(SessionList).here is None:
            held.add("rehearsal")
        return held

    def here(self) -> SessionLine | None:
        return self.query_one(SessionList).here

    async def do_open(self) -> None:
        here = self.query_one(SessionList).here
        if here is None:
            self.note(_("starting the practice world"))
            self.app.run_worker(self._rehearse(), exclusive=True, group="rehearsal", exit_on_error=False)
        else:
            await self.rancher.use(self.rancher.engine.open(here.name))

    async def _rehearse(self) -> None:
        opened = await self.rancher.engine.rehearsal()
        self.app.call_later(self.rancher.use, opened)

    async def do_add(self) -> None:
        question = _("A name for the new session: letters, digits, '.', '-', '_'")
        self.app.push_screen(Ask(question, judge=self.rancher.engine.wrong_name), self._create)

    def _create(self, name: str | None) -> None:
        if name:
            self.app.call_later(self.rancher.use, self.rancher.engine.create(name.strip()))

    def do_read_in(self) -> None:
        from screens import reading_in

        reading_in.into_new_session(self.rancher)

    def do_delete(self) -> None:
        here = self.query_one(SessionList).here
        if here is None:
            return
        lines: list[Line] = [
            [(_("Its state, reports, logs, backups and the cluster's kubeconfig go with it."), "plain")],
            [(_("The cluster itself is not touched."), "plain")],
        ]
        title = _("Delete the session {name} for good?").format(name=clean(here.name))
        self.app.push_screen(TypedWord(title, lines, here.name), lambda agreed: self._delete(here.name, agreed))

    def _delete(self, name: str, agreed: bool | None) -> None:
        if agreed:
            self.run_worker(self._deleting(name), exclusive=True, group="delete", exit_on_error=False)

    async def _deleting(self, name: str) -> None:
        """A rehearsal's world is ended first, which takes its time."""
        trouble: Message = await asyncio.to_thread(self.rancher.engine.remove, name)
        self.draw()
        self.note(trouble or _("{name} is deleted").format(name=clean(name)), "fail" if trouble else "strong")
