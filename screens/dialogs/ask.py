"""Asking: a text, a step's number, or a word typed in full before something is destroyed or trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from rancher_tui.i18n import _
from rancher_tui.install.steps import StepState
from screens.dialogs.dialog import Dialog, Entry
from screens.look.words import status_ink, status_word, step_title
from screens.widgets.lines import Line, Text, fit, wrap


class Ask(Dialog[str]):
    """One line of text is asked for; `judge` says what is wrong with it, or nothing."""

    def __init__(self, question: str, text: str = "", judge: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self._question = question
        self._text = text
        self._judge = judge

    def body(self) -> Iterator[Widget]:
        yield Text([[(line, "strong")] for line in wrap(self._question, 72)])
        yield Entry(self._text, ">")
        yield Text([[("", "plain")]], id="wrong")

    def keys(self) -> list[tuple[str, str, bool]]:
        clear = [("ctrl+u", _("clear"), True)] if self._text else []
        return [("enter", _("take"), True), *clear, ("esc", _("cancel"), True)]

    def on_entry_entered(self, event: Entry.Entered) -> None:
        wrong = self._judge(event.text) if self._judge else ""
        if wrong:
            self.query_one("#wrong", Text).show([[(line, "fail")] for line in wrap(wrong, 72)])
        else:
            self.dismiss(event.text)


class Told(Text):
    """What there is to know before going on."""

    SCROLLED = True

    def __init__(self, lines: list[Line]) -> None:
        super().__init__([[("", "plain")], *lines, [("", "plain")]], id="told")


class TypedWord(Dialog[bool]):
    """Goes on only when the word was typed as it stands there."""

    def __init__(self, title: str, lines: list[Line], word: str) -> None:
        super().__init__()
        self._heading = title
        self._lines = lines
        self._word = word

    def body(self) -> Iterator[Widget]:
        yield Text([[(line, "fail")] for line in wrap(self._heading, 72)])
        yield Told(self._lines)
        yield Text([[(_("To go on, type  "), "plain"), (self._word, "strong")]])
        yield Entry("", ">")
        yield Text([[("", "plain")]], id="wrong")

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("enter", _("go on"), True), *self.scroll_key("pgup pgdn"), ("esc", _("cancel"), True)]

    def on_key(self, event: events.Key) -> None:
        distance = {"pageup": -8, "pagedown": 8}.get(event.key)
        if distance is not None:
            event.stop()
            self.query_one("#told", Text).scroll_by(distance)

    def on_entry_entered(self, event: Entry.Entered) -> None:
        if event.text.strip() == self._word:
            self.dismiss(True)
        else:
            self.query_one("#wrong", Text).show([[(_("that is another word; nothing was done"), "warn")]])


class Agree(Dialog[bool]):
    """Goes on with Enter: for what is begun on purpose and destroys nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "agree", "agree", show=False)]

    def __init__(self, title: str, lines: list[Line], word: str) -> None:
        super().__init__()
        self._heading = title
        self._lines = lines
        self._word = word

    def body(self) -> Iterator[Widget]:
        yield Text([[(line, "strong")] for line in wrap(self._heading, 72)])
        yield Told(self._lines)

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("enter", self._word, True), *self.scroll_key("pgup pgdn"), ("esc", _("cancel"), True)]

    def on_key(self, event: events.Key) -> None:
        distance = {"pageup": -8, "pagedown": 8}.get(event.key)
        if distance is not None:
            event.stop()
            self.query_one("#told", Text).scroll_by(distance)

    def action_agree(self) -> None:
        self.dismiss(True)


class AskStep(Dialog[str]):
    """The steps with their numbers, one of which is asked for."""

    def __init__(self, steps: tuple[StepState, ...]) -> None:
        super().__init__()
        self._steps = steps

    def body(self) -> Iterator[Widget]:
        low = self.app.size.height < len(self._steps) + 6
        rows: list[Line] = [self._row(item, 14 if low else 22) for item in self._steps]
        half = len(rows) // 2
        listed = [[*left, (" ", "plain"), *right] for left, right in zip(rows[:half], rows[half:], strict=True)]
        yield Text([[(" 0 ", "dim"), (_("Overview"), "plain")], *(listed if low else rows)])
        yield Entry("", _("step"))

    def keys(self) -> list[tuple[str, str, bool]]:
        return [("0-12 enter", _("go"), True), ("esc", _("cancel"), True)]

    def _row(self, item: StepState, cells: int) -> Line:
        return [
            (f"{item.step.number:>2} ", "dim"),
            (fit(step_title(item.step), cells), "plain"),
            (fit(status_word(item.status), 8), status_ink(item.status)),
        ]

    def on_entry_entered(self, event: Entry.Entered) -> None:
        self.dismiss(event.text.strip())
