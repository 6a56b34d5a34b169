"""The overview: the twelve steps, where each stands, what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.message import Message
from textual.widget import Widget

from rancher_tui.finding import Finding
from rancher_tui.i18n import _
from rancher_tui.install.state import Cursor
from rancher_tui.install.steps import StepState, StepStatus
from screens.anatomy import NO_RAIL
from screens.frame import Frame, bindings
from screens.look.signs import signs
from screens.look.words import shown, status_ink, step_title
from screens.under_way import RUN, UnderWay, standing
from screens.widgets.lines import Line, Lines, Text, fit, wrap

_TITLE_CELLS = 21
_STATUS_CELLS = 8


class StepList(Lines, can_focus=True):
    """Twelve rows under a cursor."""

    SCROLLED = True

    class Moved(Message):
        """The cursor went to another step."""

    def __init__(self) -> None:
        super().__init__(id="steps")
        self._steps: tuple[StepState, ...] = ()
        self._going_on: UnderWay = {}
        self.row = 0

    @property
    def count(self) -> int:
        return len(self._steps)

    @property
    def here(self) -> StepState:
        return self._steps[self.row]

    def show(self, steps: tuple[StepState, ...], going_on: UnderWay) -> None:
        if (steps, going_on) != (self._steps, self._going_on):
            self._steps, self._going_on = steps, going_on
            self.refresh()

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, as near as there is one."""
        before, self.row = self.row, max(0, min(row, 11))
        if self.row != before:
            self.repaint_line(before)
            self.repaint_line(self.row)
            self.keep_in_view(self.row)
            self.post_message(self.Moved())

    def line(self, number: int, cells: int) -> Line:
        item = self._steps[number]
        here = number == self.row
        _sign, word, ink = standing(item, self._going_on)
        mark = signs().cursor if here else " "
        note_cells = max(0, cells - _TITLE_CELLS - _STATUS_CELLS - 9)
        note_ink = "plain" if here else "dim"
        return [
            (f" {mark} ", "strong"),
            (f"{item.step.number:>2} ", "cursor" if here else "dim"),
            (fit(step_title(item.step), _TITLE_CELLS), "cursor" if here else "plain"),
            (" ", "plain"),
            (fit(word, _STATUS_CELLS) + " ", ink),
            (fit("" if item.step.number in self._going_on else shown(item.note), note_cells), note_ink),
        ]

    def on_key(self, event: events.Key) -> None:
        step = {"up": -1, "down": 1, "pageup": -12, "pagedown": 12, "home": -12, "end": 12}.get(event.key)
        if step is not None:
            event.stop()
            self.move_to(self.row + step)


class OverviewScreen(Frame):
    """Where am I, what is wrong, what comes next."""

    PLACE = "overview"
    BINDINGS = bindings("overview")
    RAIL_FROM = NO_RAIL
    AUTO_FOCUS = "StepList"

    def body(self) -> Iterator[Widget]:
        yield StepList()
        yield Text(id="next")

    def draw(self) -> None:
        if self.rancher.install is None:
            return
        self.query_one(StepList).show(self.rancher.steps, self.going_on)
        self.query_one("#next", Text).show([[("", "plain")], *self._next()])

    def _next(self) -> list[Line]:
        if RUN in self.going_on:
            return [self._way(_(" Now: "), self.rancher.steps[RUN - 1])]
        item = upcoming(self.rancher.steps)
        if item is None:
            return [[(_(" All twelve steps are proven."), "pass")]]
        lines = [self._way(_(" Next: "), item)]
        if item.note:
            told = wrap(shown(item.note), max(20, self.size.width - 4))
            lines += [[(f"   {text}", status_ink(item.status))] for text in told]
        return lines

    def _way(self, head: str, item: StepState) -> Line:
        """A step, and the keys that go there from where the cursor is."""
        here = self.query_one(StepList).row == item.step.number - 1
        told = _("enter opens it") if here else _("g {number} enter goes there").format(number=item.step.number)
        step = f"{item.step.number} {step_title(item.step)}"
        return [(head, "plain"), (step, "strong"), (f"  {told}", "plain")]

    def title_line(self) -> tuple[Line, Line]:
        return [(_(" The twelve steps"), "strong")], []

    def on_step_list_moved(self) -> None:
        self.rancher.remember()
        self.note("")
        self.draw()

    def cursor(self) -> Cursor:
        return Cursor(screen=self.PLACE, row=self.query_one(StepList).row)

    def place_cursor(self, cursor: Cursor) -> None:
        self.query_one(StepList).move_to(cursor.row)

    def problem_here(self) -> Finding | None:
        row = self.query_one(StepList).row
        findings = self.rancher.steps[row].findings if self.rancher.install else ()
        return next((finding for finding in findings if finding.bad), None)

    def holding(self) -> set[str]:
        held = super().holding()
        return held if self.problem_here() else held | {"no-finding"}

    def help_topic(self) -> str:
        return self.query_one(StepList).here.step.slug

    async def do_open(self) -> None:
        await self.rancher.go(self.query_one(StepList).here.step.slug)

    async def do_back(self) -> None:
        await self.rancher.leave_session()


def upcoming(steps: tuple[StepState, ...]) -> StepState | None:
    """The step to do next: the first that failed, else the first that is not proven; None when all are."""
    failed = (item for item in steps if item.status is StepStatus.FAILED)
    open_ = (item for item in steps if item.status is not StepStatus.DONE)
    return next(failed, None) or next(open_, None)
