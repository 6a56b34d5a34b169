"""The rail: the twelve steps with their statuses, beside every screen that is wide enough."""

from __future__ import annotations

from rancher_tui.install.steps import StepState
from screens.look.signs import signs
from screens.look.words import step_title
from screens.under_way import UnderWay, standing
from screens.widgets.lines import Line, Lines, fit


class Rail(Lines):
    """Twelve lines: sign, number, title, status in a word."""

    def __init__(self) -> None:
        super().__init__(id="rail")
        self._rows: tuple[tuple[str, str, str, str, str, bool], ...] = ()

    @property
    def count(self) -> int:
        return len(self._rows)

    def show(self, steps: tuple[StepState, ...], place: str, going_on: UnderWay) -> None:
        """Draw the steps; the one of `place` is marked."""
        rows = tuple(
            (*standing(item, going_on), str(item.step.number), step_title(item.step), item.step.slug == place)
            for item in steps
        )
        if rows != self._rows:
            self._rows = rows
            self.refresh()

    def line(self, number: int, cells: int) -> Line:
        sign, word, ink, step, title, here = self._rows[number]
        mark = signs().cursor if here else " "
        return [
            (f"{mark}{step:>2} ", "strong" if here else "plain"),
            (fit(title, cells - 15), "strong" if here else "plain"),
            (f" {sign} ", ink),
            (fit(word, 8), ink),
        ]
