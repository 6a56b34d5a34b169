"""Go durations (`6h`, `1h30m`), as RKE's snapshot settings take them."""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = {"ns": Fraction(1, 10**9), "us": Fraction(1, 10**6), "µs": Fraction(1, 10**6), "μs": Fraction(1, 10**6),
          "ms": Fraction(1, 1000), "s": Fraction(1), "m": Fraction(60), "h": Fraction(3600)}  # fmt: skip
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_MAX = Fraction(2**63 - 1, 10**9)


def seconds(text: str) -> Fraction | None:
    """The length of a Go duration in seconds; None for what Go's time.ParseDuration refuses (`1d`, `6`, ``)."""
    sign = -1 if text.startswith("-") else 1
    body = text[1:] if text[:1] in "+-" and text else text
    if body == "0":
        return Fraction(0)
    total, position = Fraction(0), 0
    while position < len(body):
        match = _PART.match(body, position)
        if not match:
            return None
        total += Fraction(match[1]) * _UNITS[match[2]]
        position = match.end()
    return sign * total if body and total <= _MAX else None


def whole_hours(text: str) -> int | None:
    """The hours of a duration of at least one and no broken hour, else None."""
    found = seconds(text)
    return int(found / 3600) if found is not None and found >= 3600 and found % 3600 == 0 else None
