"""Inks: the styles that text is drawn in, by name, for a theme. Every one says its background too."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

from screens.look.themes import DARK, THEMES

COLOURLESS = ""
"""In place of a theme's name where no colour is wanted (NO_COLOR): bold, underline and reverse have to do."""


def ink(name: str, theme: str) -> Style:
    """The style of an ink; KeyError for a name that is none."""
    return (_inks(theme) if theme else _colourless())[name]


@lru_cache(maxsize=1)
def _colourless() -> dict[str, Style]:
    bold, reverse = Style(bold=True), Style(reverse=True)
    marked = {"strong": bold, "title": bold, "warn": bold, "fail": bold, "cursor": reverse, "caret": reverse}
    marked |= {"edit": Style(underline=True), "moving": bold + reverse, "label": bold + reverse}
    return {name: marked.get(name, Style()) for name in _inks(DARK.name)}


@lru_cache(maxsize=4)
def _inks(name: str) -> dict[str, Style]:
    theme: Theme = next((theme for theme in THEMES if theme.name == name), DARK)
    text, paper = theme.foreground, theme.background
    dim, unknown = theme.variables["dim"], theme.variables["unknown"]
    return {
        "plain": Style(color=text, bgcolor=paper),
        "dim": Style(color=dim, bgcolor=paper),
        "strong": Style(color=text, bgcolor=paper, bold=True),
        "title": Style(color=theme.primary, bgcolor=paper, bold=True),
        "pass": Style(color=theme.success, bgcolor=paper),
        "warn": Style(color=theme.warning, bgcolor=paper),
        "fail": Style(color=theme.error, bgcolor=paper, bold=True),
        "unknown": Style(color=unknown, bgcolor=paper),
        "cursor": Style(color=paper, bgcolor=theme.primary),
        "edit": Style(color=text, bgcolor=paper, underline=True),
        "caret": Style(color=paper, bgcolor=text),
        "moving": Style(color=theme.primary, bgcolor=paper, bold=True, reverse=True),
        "label": Style(color=paper, bgcolor=theme.warning, bold=True),
    }
