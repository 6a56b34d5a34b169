"""Frame: what can be done on every screen, from the table of actions.

A screen gives `PLACE` (its name in the table), `body` (its widgets) and `draw` (show the state), and a method
`do_NAME` for each action of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from textual import events
from textual.binding import Binding, BindingType
from textual.keys import _character_to_key

from rancher_tui import actions, i18n, settings
from rancher_tui.i18n import _
from rancher_tui.install.steps import STEPS
from rancher_tui.wording import edits
from screens import elsewhere
from screens.anatomy import Anatomy
from screens.background import in_background
from screens.look import themes


def bindings(place: str) -> list[BindingType]:
    """The bindings of a place, from the table of actions."""
    return [
        Binding(
            ",".join(_spelled(key) for key in action.keys),
            f"do('{action.id}')",
            action.title,
            show=False,
            id=action.id,
        )
        for action in actions.table().at(place)
    ]


def _spelled(key: str) -> str:
    """A key of the table as Textual names it: a sign by its name."""
    before, plus, sign = key.rpartition("+") if len(key) > 1 else ("", "", key)
    return f"{before}{plus}{_character_to_key(sign) if len(sign) == 1 else sign}"


class Frame(Anatomy):
    """A screen of the program."""

    async def action_do(self, name: str) -> None:
        """Do an action of the table, or say why it cannot be done now."""
        if not self.stands:
            return
        table = actions.table()
        action = table.action(name)
        refusal = table.refusal(action, self.holding(), holder=self.rancher.holder_text())
        if refusal:
            self.note(refusal, "warn")
            return
        self.note("")
        try:
            answer: Any = getattr(self, f"do_{name.replace('-', '_')}")()
            if inspect.isawaitable(answer):
                await answer
        except Exception as error:
            self.rancher.unexpected(error)
        if self.is_mounted and self.is_current:
            self._draw_header()
            self.draw_keys()

    def on_key(self, event: events.Key) -> None:
        """Of a key that does nothing here, tell what it is for."""
        told = elsewhere.told(self.PLACE, event.key, event.character)
        if told:
            self.note(told, "dim")

    async def do_back(self) -> None:
        await self.rancher.go("overview")

    async def do_next_step(self) -> None:
        await self.rancher.going.by(1)

    async def do_previous_step(self) -> None:
        await self.rancher.going.by(-1)

    def do_go_to(self) -> None:
        self.rancher.going.ask_step()

    async def do_next_problem(self) -> None:
        await self.rancher.going.to_problem(1)

    async def do_previous_problem(self) -> None:
        await self.rancher.going.to_problem(-1)

    def do_details(self) -> None:
        from screens.dialogs.details import Details

        finding = self.problem_here()
        if finding is not None:
            self.app.push_screen(Details(finding))

    def do_palette(self) -> None:
        from screens.dialogs.palette import Palette

        self.app.push_screen(Palette(self))

    def do_help(self) -> None:
        from screens.dialogs.help import Help

        self.app.push_screen(Help(self.PLACE, self.help_topic()))

    def do_leave(self) -> None:
        self.rancher.leave()

    def do_redraw(self) -> None:
        self.rancher.draw_anew()

    def do_clock(self) -> None:
        self.rancher.utc = not self.rancher.utc
        self.redraw()
        self.note(_("times in UTC") if self.rancher.utc else _("times in local time"))

    async def do_language(self) -> None:
        names = i18n.LANGUAGES
        language = names[(names.index(i18n.language()) + 1) % len(names)]
        settings.change(language=language)
        await self.rancher.going.anew()
        self.app.call_after_refresh(self.rancher.tell, i18n.NAMES[language])

    def do_theme(self) -> None:
        settings.change(theme="dark" if settings.chosen().light else "light")
        self.app.theme = themes.chosen().name
        self.rancher.draw_anew()

    def do_undo(self) -> None:
        change = self.rancher.session.store.undo()
        self.note(_("undone: {name}").format(name=edits.shown(change.name) if change else ""))

    def do_redo(self) -> None:
        change = self.rancher.session.store.redo()
        self.note(_("made again: {name}").format(name=edits.shown(change.name) if change else ""))

    def do_export(self) -> None:
        self.rancher.export()

    def do_take_over(self) -> None:
        self.rancher.take_over()

    def do_report(self) -> None:
        from screens.dialogs.handover import ask_report

        ask_report(self.rancher)

    def do_bundle(self) -> None:
        from screens.dialogs.handover import show_bundle

        show_bundle(self.rancher)

    async def do_options(self) -> None:
        await self.rancher.go("options")

    def do_check(self) -> None:
        step = self.step
        self.check_steps([step.number] if step else [item.number for item in STEPS])

    def check_steps(self, numbers: Sequence[int]) -> None:
        """Check these steps; the passphrases of SSH keys are asked before hosts are looked at."""
        if not {1, 6} & set(numbers):
            self.rancher.start_checks(numbers)
            return
        from screens.dialogs.passphrases import with_open_keys

        in_background(
            self.app,
            with_open_keys,
            self.rancher,
            lambda: self.rancher.start_checks(numbers),
            group="passphrases",
            exclusive=False,
        )

    async def do_add(self) -> None:
        await self._at_the_table("add")

    async def do_paste(self) -> None:
        await self._at_the_table("paste")

    async def _at_the_table(self, action: str) -> None:
        """Do something that belongs to the node table, there."""
        await self.rancher.go("nodes")
        if self.rancher.frame is not None:
            await self.rancher.frame.action_do(action)

    def do_preflight(self) -> None:
        self.check_steps([1])

    def do_stop(self) -> None:
        self.rancher.stop_checks()
