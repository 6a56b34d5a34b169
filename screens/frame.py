"""Frame: what every screen has in common: header, title, rail, body, note, keys, and the actions of the table.

A screen gives `PLACE` (its name in the table of actions), `body` (its widgets) and `draw` (show the state), and a
method `do_NAME` for each action of its own. It keeps no copy of the state: it draws what the App holds.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.widget import Widget

from rancher_tui import actions, i18n, settings
from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, _
from rancher_tui.install.state import Cursor
from rancher_tui.install.steps import STEPS, Step, StepState, StepStatus
from rancher_tui.text import clean
from rancher_tui.wording import edits
from screens.look import themes
from screens.look.words import moment, shown, status_ink, status_word
from screens.widgets.bars import Bar, Keys, Rule, key_of
from screens.widgets.findings import Findings
from screens.widgets.lines import Line
from screens.widgets.rail import Rail

if TYPE_CHECKING:
    from screens.app import RancherApp


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


class Frame(Screen[None]):
    """A screen of the program."""

    PLACE: ClassVar[str] = ""
    AUTO_FOCUS = "EditingLines, .focus-first"
    _noted = ""

    @property
    def rancher(self) -> RancherApp:
        """The App with its own type."""
        return cast("RancherApp", self.app)

    @property
    def stands(self) -> bool:
        """True while all of its widgets are there: not before it was composed, nor once its session is left."""
        if (self.PLACE != "sessions" and self.rancher.install is None) or self not in self.app.screen_stack:
            return False
        framing = len(self.query("#header, #title, #note, #keys, Rail"))
        return self.is_mounted and framing == 5 and len(self.query_one("#body").children) > 1

    @property
    def step(self) -> Step | None:
        """The step that this screen is for; None on the overview, the list and the options."""
        return next((step for step in STEPS if step.slug == self.PLACE), None)

    @property
    def step_state(self) -> StepState | None:
        """Where this screen's step stands."""
        step = self.step
        return self.rancher.steps[step.number - 1] if step and self.rancher.install else None

    def body(self) -> Iterator[Widget]:
        """The widgets between title and keys."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show the state as it is now."""

    def mode(self) -> str:
        """The mode's word for the last line; empty on screens without modes."""
        return ""

    def edit_keys(self) -> list[tuple[str, str, bool]]:
        """The last line while a cell is edited; empty while moving."""
        return []

    def holding(self) -> set[str]:
        """The reasons that hold just now (assets/actions.yml); screens add their own."""
        return self.rancher.holding()

    def cursor(self) -> Cursor:
        """Where the operator is on this screen."""
        return Cursor(screen=self.PLACE)

    def place_cursor(self, cursor: Cursor) -> None:
        """Put the operator where he was."""

    def show_problem(self, finding: Finding) -> None:
        """Bring a finding of this step into view."""

    def show_field(self, path: str) -> None:
        """Put the cursor on the field of that path."""

    def problem_here(self) -> Finding | None:
        """The finding that is chosen on this screen."""
        return None

    def help_topic(self) -> str:
        """The heading in this screen's help that is about what is under the cursor."""
        return ""

    def keep_draft(self) -> None:
        """Keep what is being typed, because the program leaves."""

    def compose(self) -> ComposeResult:
        yield Bar(id="header")
        yield Bar(id="title")
        with Horizontal(id="middle"):
            yield Rail()
            with Vertical(id="body"):
                yield Rule(id="top-rule")
                yield from self.body()
        yield Rule(id="note")
        yield Keys(id="keys")

    def on_mount(self) -> None:
        self.watch(self.app, "state", self.redraw, init=False)
        self.watch(self.app, "reports", self.redraw, init=False)
        self.watch(self.app, "live", self.redraw, init=False)
        self.set_interval(1.0, self.tick)
        self.redraw()

    def on_screen_resume(self) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Draw what frames the screen, then the screen."""
        if not self.stands:
            return
        self._draw_header()
        self._draw_title()
        if self.rancher.install:
            self.query_one(Rail).show(self.rancher.steps, self.PLACE)
        self.draw()
        self.draw_keys()

    def note(self, text: str | Message, ink: str = "strong") -> None:
        """Tell something in the rule above the keys; it stands until the next key that does something.

        After it comes what is under way, until that has ended.
        """
        if not self.stands:
            return
        self._noted = shown(text)
        self.query_one("#note", Rule).show(self._noted or self.standing(), ink)

    def standing(self) -> str:
        """What is under way and for how long; empty while nothing is."""
        return shown(self.rancher.checks.standing)

    def tick(self) -> None:
        """Draw the time of what is under way, where nothing else is told."""
        if self.stands and (text := self.standing()) and (not self._noted or text.startswith(self._noted)):
            self.query_one("#note", Rule).show(text)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Draw the findings below their rule; neither takes a line while there are none."""
        self.query_one(Findings).show(findings)
        self.query_one("#findings-rule", Rule).display = bool(findings)

    def draw_keys(self) -> None:
        """The last line for what can be done now."""
        keys = self.edit_keys()
        editing = bool(keys)
        if not editing:
            table, holding = actions.table(), self.holding()
            keys = [
                key_of(action, self.PLACE, not table.refusal(action, holding, holder=""))
                for action in table.footer_of(self.PLACE)
            ]
        self.query_one(Keys).show(self.mode(), keys, editing)

    def _draw_header(self) -> None:
        left: Line = [(" rancher-tui", "title")]
        right: Line = []
        install, state = self.rancher.install, self.rancher.state
        if install and state:
            left = [(f" {clean(install.name)}", "title")]
            if state.label:
                left += [("  ", "plain"), (f" {clean(state.label)} ", "label")]
            left.append((f"  {clean(state.fqdn) or _('no FQDN yet')}", "plain" if state.fqdn else "dim"))
            right = [*self._counts(), *self._saved(), (" ", "plain")]
        self.query_one("#header", Bar).show(left, right)

    def _counts(self) -> Line:
        steps = self.rancher.steps
        done = sum(item.status is StepStatus.DONE for item in steps)
        failed = sum(item.status is StepStatus.FAILED for item in steps)
        parts: Line = [(_("{number} of 12 done").format(number=done), "plain")]
        if failed:
            parts += [(" · ", "dim"), (_("{number} failed").format(number=failed), "fail")]
        return [("  ", "plain"), *parts, (" · ", "dim")]

    def _saved(self) -> Line:
        install = self.rancher.install
        if install is None:
            return []
        if install.store.unsaved is not None:
            error = install.store.unsaved
            return [(_("NOT SAVED: {error}").format(error=clean(error.strerror or str(error))), "fail")]
        if not install.store.writable:
            return [(_("looked on only"), "warn")]
        return [(_("saved"), "dim")]

    def title_line(self) -> tuple[Line, Line]:
        """What stands left and right in the second line: the step, where it stands, its neighbours."""
        item = self.step_state
        if item is None:
            return [(f" {_(actions.table().places.get(self.PLACE, ''))}", "strong")], []
        left: Line = [
            (f" {item.step.number} {item.step.title}", "strong"),
            (f"  {status_word(item.status)}", status_ink(item.status)),
            (f"  {shown(item.note)}", "dim"),
        ]
        return left, [*self._age(item), *self._neighbours(item.step.number)]

    def _age(self, item: StepState) -> Line:
        """When the step was last looked at."""
        if item.taken_at is None:
            return []
        return [(f"  {moment(item.taken_at, self.rancher.utc)}", "dim")]

    def _neighbours(self, number: int) -> Line:
        if self.app.size.width >= 100:
            return []
        before = f"[ {number - 1} " if number > 1 else ""
        after = f"] {number + 1} " if number < 12 else ""
        return [("  ", "plain"), (before, "dim"), (after, "dim")]

    def _draw_title(self) -> None:
        self.query_one("#title", Bar).show(*self.title_line())

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

    def action_help_quit(self) -> None:
        """Ctrl+C does not quit: it may be meant for copying, or for a run."""
        self.note(_("q leaves; a run goes on without us"))

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

        opened = with_open_keys(self.rancher, lambda: self.rancher.start_checks(numbers))
        self.app.run_worker(opened, group="passphrases", exit_on_error=False)

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
