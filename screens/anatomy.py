"""Anatomy: what every screen shows: header, title, rail, body, note, keys; and what a screen says of itself.

It keeps no copy of the state: it draws what the App holds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget

from rancher_tui import actions
from rancher_tui.actions import Action, shown_key
from rancher_tui.finding import Finding
from rancher_tui.i18n import Message, _
from rancher_tui.install.state import Cursor
from rancher_tui.install.steps import STEPS, Step, StepState
from screens import heading
from screens.look.words import shown
from screens.under_way import UnderWay, under_way
from screens.widgets.bars import Bar, Keys, Rule
from screens.widgets.findings import Findings
from screens.widgets.lines import Line
from screens.widgets.rail import Rail

if TYPE_CHECKING:
    from screens.app import RancherApp


NO_RAIL = sys.maxsize
"""For screens that list the steps themselves, or have none."""


class Anatomy(Screen[None]):
    """The parts of a screen, without what can be done on it."""

    PLACE: ClassVar[str] = ""
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (8, "-low"), (16, "-high")]  # noqa: RUF012 - Textual's way
    RAIL_FROM: ClassVar[int] = 100
    """Columns from which on the rail of steps stands beside the screen."""
    AUTO_FOCUS = "EditingLines, .focus-first"
    going_on: UnderWay = MappingProxyType({})
    """What is being done just now, as it was last drawn."""
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
        return self.is_mounted and framing == 5 and bool(self.query_one("#body").children)

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
        yield Rule(id="top-rule")
        with Horizontal(id="middle"):
            yield Rail()
            with Vertical(id="body"):
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

    @property
    def rail_stands(self) -> bool:
        """True where the rail of steps is beside the screen; else the title names the neighbours."""
        return self.app.size.width >= self.RAIL_FROM

    def on_resize(self) -> None:
        for rail in self.query(Rail):
            rail.display = self.rail_stands
        if self.stands:
            self._draw_title()

    def redraw(self) -> None:
        """Draw what frames the screen, then the screen."""
        if not self.stands:
            return
        self.going_on = under_way(self.rancher)
        self._draw_header()
        self._draw_title()
        if self.rancher.install:
            self.query_one(Rail).show(self.rancher.steps, self.PLACE, self.going_on)
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
        """Draw what began or ended by itself, and the time of what is under way, where nothing else is told."""
        if self.stands and under_way(self.rancher) != self.going_on:
            self.redraw()
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
                (shown_key(action.key), self.title_of(action), not table.refusal(action, holding, holder=""))
                for action in table.footer_of(self.PLACE)
            ]
        self.query_one(Keys).show(self.mode(), keys, editing)

    def title_of(self, action: Action) -> str:
        """What an action is called here, in the last line."""
        return action.shown(self.PLACE)

    def _draw_header(self) -> None:
        self.query_one("#header", Bar).show(*heading.header(self.rancher, self.going_on))

    def title_line(self) -> tuple[Line, Line]:
        """What stands left and right in the second line: the step, where it stands, its neighbours."""
        item = self.step_state
        if item is None:
            return [(f" {_(actions.table().places.get(self.PLACE, ''))}", "strong")], []
        return heading.step_line(item, self.going_on, utc=self.rancher.utc, rail=self.rail_stands)

    def _draw_title(self) -> None:
        self.query_one("#title", Bar).show(*self.title_line())
