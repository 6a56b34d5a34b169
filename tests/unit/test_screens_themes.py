"""Every ink of every theme can be read: contrast by WCAG 2, at least 4.5 to 1, also in sixteen colours."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.theme import Theme

from screens.look.inks import _inks, ink
from screens.look.themes import THEMES

INKS = tuple(_inks(THEMES[0].name))


def luminance(color: Color) -> float:
    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = color.get_truecolor()
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)


def contrast(style: Style) -> float:
    assert style.color is not None and style.bgcolor is not None
    lighter, darker = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("name", INKS)
def test_an_ink_can_be_read(name: str, theme: str) -> None:
    assert contrast(ink(name, theme)) >= 4.5


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("name", INKS)
def test_an_ink_can_be_read_in_sixteen_colours(name: str, theme: str) -> None:
    style = ink(name, theme)
    assert style.color is not None and style.bgcolor is not None
    text, paper = style.color.downgrade(ColorSystem.STANDARD), style.bgcolor.downgrade(ColorSystem.STANDARD)
    assert text.number != paper.number


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_colours_that_style_sheets_use_can_be_read(theme: Theme) -> None:
    """Borders and what Textual draws itself: every colour of the theme on its background."""
    paper = Color.parse(theme.background or "")
    for name in ("primary", "secondary", "accent", "foreground", "success", "warning", "error"):
        assert contrast(Style(color=Color.parse(getattr(theme, name)), bgcolor=paper)) >= 4.5, name
