"""What a YAML scalar means to RKE: the rules of Go's yaml 2.x, which are neither YAML 1.1's nor 1.2's.

Source: RKE v0.1.18, v0.2.8, v0.3.2 and v1.2.0, observed; their YAML library's table of plain words.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Any, Final

PREFIX: Final = "tag:yaml.org,2002:"
STR, BOOL, INT, FLOAT, NULL, BINARY, MERGE, TIMESTAMP = (
    "!!str", "!!bool", "!!int", "!!float", "!!null", "!!binary", "!!merge", "!!timestamp",
)  # fmt: skip

_WORDS: Final[dict[str, tuple[str, Any]]] = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], (BOOL, True)),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], (BOOL, False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (NULL, None)),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], (FLOAT, math.nan)),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], (FLOAT, math.inf)),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], (FLOAT, -math.inf)),
    "<<": (MERGE, "<<"),
}
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_PREFIXED = re.compile(r"([-+]?)0([xXbBoO]?)([0-9a-fA-F]+)")
_BASES = {"x": 16, "b": 2, "o": 8, "": 8}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OLD_FLOAT = re.compile(r"[-+]?[0-9]*\.?[0-9]+([eE][-+][0-9]+)?")
_TIME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?)?")
_RESOLVABLE = {"", STR, BOOL, INT, FLOAT, NULL, TIMESTAMP}


class BadScalar(ValueError):  # noqa: N818 - a problem of the file, shown as a finding
    """A scalar that its own tag forbids (`!!int abc`, broken `!!binary`): the file is refused as a whole."""


def short(tag: str) -> str:
    """`!!int` for the long form of a standard tag; other tags as they are."""
    return "!!" + tag[len(PREFIX) :] if tag.startswith(PREFIX) else tag


def resolve(text: str, tag: str = "", plain: bool = True, old: bool = False) -> tuple[str, Any]:
    """The tag and value of a scalar: `plain` is false for a quoted or block one without a tag.

    `old` reads as RKE before v0.3.0: no dates, fewer forms of a float.
    Raises BadScalar for a value that its tag forbids.
    """
    tag = short(tag)
    if not tag and not plain:
        return STR, text
    if tag == BINARY:
        try:
            return BINARY, base64.b64decode(text.encode().translate(None, b"\r\n"), validate=True).decode(
                "latin-1"
            )
        except (binascii.Error, ValueError):
            raise BadScalar("!!binary value contains invalid base64 data") from None
    if tag not in _RESOLVABLE or (old and tag == TIMESTAMP):
        return tag, text
    if tag == STR:
        return STR, text
    found, value = _plain(text, old)
    if tag in ("", found):
        return found, value
    if tag == FLOAT and found == INT and not old:
        return FLOAT, float(value)
    raise BadScalar(f"cannot decode {found} `{text}` as a {tag}")


def _plain(text: str, old: bool = False) -> tuple[str, Any]:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return (FLOAT, float(text)) if _FLOAT.fullmatch(text) else (STR, text)
    if text[0] not in "+-0123456789":
        return STR, text
    if not old and _TIME.fullmatch(text):
        return TIMESTAMP, text
    return _number(text.replace("_", ""), text, _OLD_FLOAT if old else _FLOAT)


def _number(digits: str, text: str, floats: re.Pattern[str]) -> tuple[str, Any]:
    whole: int | None = None
    if _DECIMAL.fullmatch(digits):
        whole = int(digits) if len(digits) < 40 else None
    elif match := _PREFIXED.fullmatch(digits):
        try:
            whole = int(match[1] + match[3][:40], _BASES[match[2].lower()])
        except ValueError:
            whole = None
    if whole is not None and -(2**63) <= whole < 2**64:
        return INT, whole
    if floats.fullmatch(digits):
        value = float(digits)
        if not math.isinf(value):
            return FLOAT, value
    return STR, text


def is_text(text: str) -> bool:
    """Whether `text`, written without quotes, is read as this very text by every YAML reader (1.1, 1.2, Go's)."""
    return bool(text) and _plain(text)[0] == STR and not _SEXAGESIMAL.fullmatch(text) and text not in ("=",)


_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
