"""Themes: colours that are exact in the sixteen of any terminal, and readable where only greys are drawn."""

from __future__ import annotations

from textual.theme import Theme

from rancher_tui import settings

DARK = Theme(
    name="rancher-dark",
    primary="#55ffff",
    secondary="#aaaaaa",
    accent="#55ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    success="#55ff55",
    warning="#ffff55",
    error="#ff5555",
    dark=True,
    variables={"dim": "#aaaaaa", "unknown": "#ff55ff", "over": "#000000"},
)

LIGHT = Theme(
    name="rancher-light",
    primary="#0000aa",
    secondary="#555555",
    accent="#0000aa",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#ffffff",
    success="#005500",
    warning="#7a3d00",
    error="#aa0000",
    dark=False,
    variables={"dim": "#555555", "unknown": "#aa00aa", "over": "#ffffff"},
)

THEMES = (DARK, LIGHT)


def chosen() -> Theme:
    """The one of the settings: dark, unless light was asked for."""
    return LIGHT if settings.chosen().light else DARK
