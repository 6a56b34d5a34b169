"""What a screen and the field under the cursor are for (assets/help/), and every key that acts there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from assets import FOLDER
from rancher_tui import actions
from rancher_tui.i18n import _, language
from rancher_tui.wording.subjects import title
from screens.dialogs.dialog import Dialog, Pager
from screens.widgets.lines import Line, fit, wrap

_CELLS = 74
BLANK: Line = [("", "plain")]
FEW_PLACES = 12
"""An action of more places than these belongs to every screen; help lists it behind those of its own."""


class Help(Dialog[None]):
    """Text to read: the field first, then the screen, then the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1", "close", "close", show=False)]
    TALL = True

    def __init__(self, place: str, topic: str) -> None:
        super().__init__()
        self._place = place
        self._topic = topic

    def body(self) -> Iterator[Widget]:
        lines = [*help_lines(help_text(self._place), self._topic), *key_lines(self._place)]
        yield Pager([line for before, line in pairwise([[], *lines]) if line != BLANK or before != BLANK])

    def keys(self) -> list[tuple[str, str, bool]]:
        return [*self.scroll_key("↑↓ pgup pgdn"), ("esc", _("close"), True)]


def help_text(place: str) -> str:
    """The help page of a place, in the operator's language or else in English; empty when there is none."""
    folder = FOLDER / "help"
    pages = (folder / language() / f"{place}.md", folder / f"{place}.md")
    return next((page.read_text("utf-8") for page in pages if page.is_file()), "")


def sections(text: str) -> dict[str, str]:
    """The parts of a page by their second-level headings; what stands before the first one has the name ``."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("## "):
            name = line[3:].strip()
        else:
            found[name] = f"{found.get(name, '')}{line}\n"
    return {heading: part.strip() for heading, part in found.items()}


def help_lines(text: str, topic: str) -> Iterator[Line]:
    """The section of the topic, if the page has one, then the page's opening and the rest."""
    parts = sections(text)
    opening = parts.pop("", "")
    if topic in parts:
        yield [(title(topic), "title")]
        yield from _paragraphs(parts.pop(topic))
        yield BLANK
    yield from _paragraphs(opening)
    for heading, part in parts.items():
        yield BLANK
        yield [(title(heading), "title")]
        yield from _paragraphs(part)


def _paragraphs(text: str) -> Iterator[Line]:
    for block in text.split("\n\n"):
        lines = block.splitlines()
        if lines and lines[0].startswith("# "):
            yield [(lines[0][2:], "title")]
            lines = lines[1:]
        yield from _block(lines)
        yield BLANK


def _block(lines: list[str]) -> Iterator[Line]:
    """A paragraph, a list, or lines that stand as they are: what is indented by four."""
    items: list[str] = []
    for line in lines:
        if items and not line.startswith(("- ", "    ")) and not items[-1].startswith("    "):
            items[-1] += f" {line.strip()}"
        else:
            items.append(line)
    for item in items:
        indent = "  " if item.startswith("- ") else ""
        first, *rest = wrap(item, _CELLS - len(indent))
        yield [(first, "plain")]
        for text in rest:
            yield [(indent + text, "plain")]


def key_lines(place: str) -> Iterator[Line]:
    """Every key that acts at a place: first those of few screens, then those of all."""
    here = actions.table().at(place)
    own = [action for action in here if len(action.places) <= FEW_PLACES]
    for heading, listed in (
        (_("Keys here"), own),
        (_("Keys of all screens"), [action for action in here if action not in own]),
    ):
        if listed:
            yield BLANK
            yield [(heading, "title")]
        for action in listed:
            yield from _key_line(action)


def _key_line(action: actions.Action) -> Iterator[Line]:
    keys = ", ".join(actions.shown_key(key) for key in action.keys)
    first, *rest = wrap(action.explained, _CELLS - 16)
    yield [(fit(keys, 16), "strong"), (first, "plain")]
    for text in rest:
        yield [(" " * 16, "plain"), (text, "plain")]
