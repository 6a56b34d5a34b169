"""The codes (SGR) that bring a terminal from one style to another, as few bytes as they can be."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.color import Color, ColorSystem
from rich.style import Style

_ATTRIBUTES: Final = {
    "bold": ("1", "22"),
    "dim": ("2", "22"),
    "italic": ("3", "23"),
    "underline": ("4", "24"),
    "reverse": ("7", "27"),
    "strike": ("9", "29"),
}
"""What turns an attribute on and off (ECMA-48); `22` ends both bold and dim."""


@lru_cache(maxsize=1024)
def change(before: Style, after: Style, system: ColorSystem | None) -> str:
    """The sequence from one style to the other, empty where they look the same; without colours for no system."""
    held, wanted = _attributes(before), _attributes(after)
    ended = sorted({_ATTRIBUTES[name][1] for name in held - wanted})
    begun = wanted if "22" in ended else wanted - held
    bit_by_bit = [*ended, *_begin(begun), *_changed_colours(before, after, system)]
    if not bit_by_bit:
        return ""
    anew = ["0", *_begin(wanted), *_own_colours(after, system)]
    return f"\x1b[{min(';'.join(bit_by_bit), ';'.join(anew), key=len)}m"


@lru_cache(maxsize=1024)
def same_blank(before: Style, after: Style) -> bool:
    """Whether a blank looks the same in both: the letters' colour and weight are not seen in it."""
    seen = {"underline", "reverse", "strike"}
    return before.bgcolor == after.bgcolor and not (_attributes(before) | _attributes(after)) & seen


def _attributes(style: Style) -> frozenset[str]:
    return frozenset(name for name in _ATTRIBUTES if getattr(style, name))


def _begin(names: frozenset[str]) -> list[str]:
    return [on for name, (on, _off) in _ATTRIBUTES.items() if name in names]


def _changed_colours(before: Style, after: Style, system: ColorSystem | None) -> list[str]:
    """The codes of the colours that are other ones now."""
    pairs = ((before.color, after.color, True), (before.bgcolor, after.bgcolor, False))
    codes = ((_code(held, front, system), _code(wanted, front, system)) for held, wanted, front in pairs)
    return [wanted for held, wanted in codes if held != wanted]


def _own_colours(style: Style, system: ColorSystem | None) -> list[str]:
    """The codes of the colours that are not the terminal's own."""
    colours = ((style.color, True), (style.bgcolor, False))
    return [_code(color, front, system) for color, front in colours if color and system and not color.is_default]


def _code(color: Color | None, front: bool, system: ColorSystem | None) -> str:
    if color is None or color.is_default or system is None:
        return "39" if front else "49"
    return ";".join(color.downgrade(system).get_ansi_codes(foreground=front))
