"""The list of sessions: the rehearsal, and every install that was begun. Opened, begun and deleted here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from textual.widget import Widget

from rancher_tui.engine import SessionLine
from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from screens.anatomy import NO_RAIL
from screens.background import in_background
from screens.dialogs.ask import Ask, TypedWord
from screens.frame import bindings
from screens.session_moves import SessionMoves
from screens.widgets.bars import Rule
from screens.widgets.lines import Line, Text
from screens.widgets.session_list import SessionList, known


class SessionsScreen(SessionMoves):
    """Which install?"""

    PLACE = "sessions"
    BINDINGS = bindings("sessions")
    RAIL_FROM = NO_RAIL
    AUTO_FOCUS = "SessionList"

    def body(self) -> Iterator[Widget]:
        yield SessionList()
        yield Rule(id="hint-rule")
        yield Text(id="hint")

    def draw(self) -> None:
        sessions = self.rancher.engine.sessions()
        self.query_one(SessionList).show(sessions)
        self._draw_hint()

    def _draw_hint(self) -> None:
        """What is known of the session under the cursor; where there is none yet, how to begin."""
        lists = self.query_one(SessionList)
        lines = known(lists.here, self.rancher.engine.home, self.app.size.width)
        if lists.count == 1:
            hints = [
                _(" Enter opens the rehearsal; a begins an install of your own."),
                _(" ? explains every screen, ctrl+p finds any action, Z speaks 中文."),
            ]
            lines += [[(hint, "plain")] for hint in hints]
        self.query_one("#hint", Text).show(lines)

    def on_session_list_moved(self) -> None:
        self.note("")
        self._draw_hint()
        self.draw_keys()

    def on_resize(self) -> None:
        if self.stands:
            self._draw_hint()

    def title_line(self) -> tuple[Line, Line]:
        return [(_(" Sessions"), "strong")], []

    def holding(self) -> set[str]:
        held = super().holding()
        if self.is_mounted and self.query_one(SessionList).here is None:
            held.add("rehearsal" if self.query_one(SessionList).count > 1 else "no-session")
        return held

    def here(self) -> SessionLine | None:
        return self.query_one(SessionList).here

    async def do_open(self) -> None:
        here = self.query_one(SessionList).here
        if here is None:
            self.note(_("starting the practice world"))
            in_background(self.app, self._rehearse, group="rehearsal")
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
        if here is None or not self.is_free(here):
            return
        lines: list[Line] = [
            [(_("Its state, reports, logs, backups and the cluster's kubeconfig go with it."), "plain")],
            [(_("The cluster itself is not touched."), "plain")],
        ]
        title = _("Delete the session {name} for good?").format(name=clean(here.name))
        self.app.push_screen(TypedWord(title, lines, here.name), lambda agreed: self._delete(here.name, agreed))

    def _delete(self, name: str, agreed: bool | None) -> None:
        if agreed:
            in_background(self, self._deleting, name, group="delete")

    async def _deleting(self, name: str) -> None:
        """A rehearsal's world is ended first, which takes its time."""
        trouble: Message = await asyncio.to_thread(self.rancher.engine.remove, name)
        self.draw()
        self.note(trouble or _("{name} is deleted").format(name=clean(name)), "fail" if trouble else "strong")
